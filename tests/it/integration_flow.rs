//! The vendor's Example Integration Flow (without KYC) in all its status outcomes: the answer, the
//! webhooks, and what reading the account shows in the end.

use serde_json::{Value as Json, json};

use crate::support::{
    Engine, Partner, TestSim, enrollment, guid, on_both_engines, standing, webhooks,
};

const SUCCESS: &str = "normal healthy passed passed healthy";
const PENDING: &str = "pending registrationNotComplete passed pending manual";
const DECLINED: &str = "locked registrationFailed passed failed none";

async fn body(sim: &TestSim, outcome: &str) -> Json {
    let mut body = enrollment(&sim.person_with("wf", outcome).await);
    body["executeKycFlag"] = json!(false);
    body
}

/// The welcome bonus and the history, as the guide goes on: an account in use has both, another
/// one takes no money. Tells whether there is a webhook to be heard.
async fn credited(partner: &Partner, account: &str, stands: Option<&str>) -> bool {
    let bonus = json!({
        "adjustmentIdentifier": guid(), "amount": 25, "currency": "USD", "adjustmentType": "promo",
        "adjustmentDescription": "Welcome bonus",
    });
    let path = format!("/accounts/{account}/adjustments");
    let answer = partner.call("POST", &path, &guid(), bonus).await;
    let history = partner.get(&format!("/accounts/{account}/transactions")).await.expect(200);
    if stands != Some(SUCCESS) {
        answer.expect_refused(200, "4/105");
        assert_eq!(history.body["totalRecordCount"], 0);
        return false;
    }
    assert_eq!(answer.expect(200).body["adjustmentStatus"], "completed");
    let row = &history.body["transactions"][0];
    assert_eq!(row["transactionTypeDescription"], "Promotional Credit");
    assert_eq!(row["postedInternalTransactionData"]["description"], "Welcome bonus");
    true
}

on_both_engines! {
    // Proves ENR-40, ENR-43, ENR-45, OFC-1, OFC-2, OFC-3, ACC-1, ADJ-1.
    async fn the_flow_of_the_guide_runs_in_each_of_its_outcomes(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let mut heard = 0;
        for (outcome, code, review, told) in [
            ("approved", "0/0", None, vec![SUCCESS]),
            ("ofacMatch", "1/31", Some("clearOfac"), vec![PENDING, SUCCESS]),
            ("ofacMatch", "1/31", Some("failOfac"), vec![PENDING, DECLINED]),
        ] {
            let answer = partner.enroll(&guid(), &body(&sim, outcome).await).await.expect(200);
            assert_eq!(answer.code(), code);
            let account = answer.account_id();
            if let Some(action) = review {
                sim.act("wf", &account, json!({ "action": action })).await.expect(200);
            }
            let received = webhooks(&receiver, heard + told.len()).await;
            let stands: Vec<String> = received[heard..]
                .iter()
                .map(|one| {
                    let message = &one.body["accounts"][0];
                    // The id of the answer is that of every webhook.
                    assert_eq!(message["accountIdentifier"], account);
                    assert_eq!(message["events"][0]["eventType"], "accountUpdated");
                    standing(&message["events"][0]["account"])
                })
                .collect();
            assert_eq!(stands, told);
            heard += told.len();
            let read = partner.get(&format!("/accounts/{account}")).await.expect(200);
            assert_eq!(Some(standing(&read.body["account"]).as_str()), told.last().copied());
            heard += usize::from(credited(&partner, &account, told.last().copied()).await);
            webhooks(&receiver, heard).await;
        }
        // Invalid input and a failure of the server make no webhook.
        let invalid = body(&sim, "inputInvalid").await;
        partner.enroll(&guid(), &invalid).await.expect_refused(400, "700/0");
        let fault = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let failed = body(&sim, "approved").await;
        partner.enroll(&guid(), &failed).await.expect_refused(503, "503/0");
        sim.settled("wf").await;
        assert_eq!((receiver.total(), sim.events("wf").await.len()), (heard, heard));
    }
}
