//! Samples of Enrollments API Endpoints: enrolling, repeating, limits, reading.

use serde_json::{Value as Json, json};

use crate::cards_after_issue::sealing;
use crate::support::{Partner, TestSim, enrollment, guid};

/// The body of an enrollment with the terms of the samples.
async fn asked(sim: &TestSim) -> Json {
    let mut body = enrollment(&sim.person("wf").await);
    let terms = [("privPlcy", false), ("daa", true), ("eca", true)];
    let terms = terms.map(
        |(name, accepted)| json!({ "termsIdentifier": name, "termsAcceptanceFlag": accepted }),
    );
    body["account"]["termsAcceptances"] = json!(terms);
    body
}

/// A partner, and the account of somebody who was approved.
async fn account(sim: &TestSim) -> (Partner, String) {
    let partner = sim.partner("wf").await;
    let account = partner.enroll(&guid(), &asked(sim).await).await.expect(200).account_id();
    (partner, account)
}

async fn read(partner: &Partner, account: &str) -> Json {
    partner.get(&format!("/enrollments/accounts/{account}")).await.expect(200).body
}

/// With cards sealed to the partner, and a PIN.
pub async fn enrolled(sim: &TestSim) -> Json {
    sealing(sim).await;
    let masked = json!({ "directDeposit": { "mask": true } });
    sim.control("PUT", "wf", masked).await.expect(200);
    sim.partner("wf").await.enroll(&guid(), &asked(sim).await).await.expect(200).body
}

async fn interrupted(sim: &TestSim) -> (Partner, String, Json) {
    let rule = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
    sim.control("POST", "wf/faults", rule).await.expect(201);
    (sim.partner("wf").await, guid(), asked(sim).await)
}

/// It stops half-way.
pub async fn half_way(sim: &TestSim) -> Json {
    let (partner, id, body) = interrupted(sim).await;
    partner.enroll(&id, &body).await.expect_refused(503, "503/0").body
}

/// The same call completes what stopped half-way.
pub async fn completed(sim: &TestSim) -> Json {
    let (partner, id, body) = interrupted(sim).await;
    partner.enroll(&id, &body).await.expect(503);
    partner.enroll(&id, &body).await.expect(200).body
}

/// By somebody who has an active account.
pub async fn enrolled_again(sim: &TestSim) -> Json {
    let (partner, body) = (sim.partner("wf").await, asked(sim).await);
    partner.enroll(&guid(), &body).await.expect(200);
    partner.enroll(&guid(), &body).await.expect_refused(200, "2/60").body
}

/// By somebody who has the number of an active account, and another birth date.
pub async fn enrolled_by_a_stranger(sim: &TestSim) -> Json {
    let (partner, mut body) = (sim.partner("wf").await, asked(sim).await);
    partner.enroll(&guid(), &body).await.expect(200);
    body["user"]["userData"]["identifyingData"]["dateOfBirth"] = json!("1971-02-03");
    partner.enroll(&guid(), &body).await.expect_refused(200, "2/60").body
}

/// Two phones claim to be the default.
pub async fn two_default_phones(sim: &TestSim) -> Json {
    let mut body = asked(sim).await;
    let phone = |number: &str| json!({ "number": number, "type": "mobile", "isDefault": true });
    body["user"]["userData"]["phoneNumbers"] = json!([phone("6265550101"), phone("6265550102")]);
    let refused = sim.partner("wf").await.enroll(&guid(), &body).await;
    assert_eq!(refused.description(), "There can only be one default phone.");
    refused.expect_refused(400, "1040/0").body
}

/// A Matricula and a number exclude each other.
pub async fn matricula_with_ssn(sim: &TestSim) -> Json {
    let mut body = asked(sim).await;
    body["user"]["userData"]["identifyingData"]["onboardingID"] = json!(guid());
    let refused = sim.partner("wf").await.enroll(&guid(), &body).await;
    assert_eq!(refused.description(), "Cannot pass both matriculaId and SSN or last4ssn");
    refused.expect_refused(400, "630/0").body
}

/// Two holders, the second one with a virtual card alone.
pub async fn with_two_holders(sim: &TestSim) -> Json {
    let (partner, account) = account(sim).await;
    let joining = json!({
        "currency": "USD", "requestPhysicalCard": false, "userProfile": sim.person("wf").await,
    });
    let path = format!("/accounts/{account}/AccountHolder");
    partner.call("POST", &path, &guid(), joining).await.expect(200);
    read(&partner, &account).await
}

/// Restricted by the partner, with masked numbers.
pub async fn restricted(sim: &TestSim) -> Json {
    let masked = json!({ "directDeposit": { "mask": true } });
    sim.control("PUT", "wf", masked).await.expect(200);
    let (partner, account) = account(sim).await;
    let hold = json!({ "status": "restricted", "statusReason": "potentialFraud", "notes": "n" });
    let path = format!("/accounts/{account}/status");
    partner.call("PUT", &path, &guid(), hold).await.expect(200);
    read(&partner, &account).await
}

/// Its cards stayed blocked in all tries, in a program with the older envelope.
pub async fn under_review(sim: &TestSim) -> Json {
    let settings = json!({ "clock": { "mode": "frozen" }, "answers": { "responseHeader": true } });
    sim.control("PUT", "wf", settings).await.expect(200);
    let (partner, account) = account(sim).await;
    sim.act("wf", &account, json!({ "action": "lockForFraud" })).await.expect(200);
    let unlock = json!({ "action": "unlockFraud", "cardUnblock": "never" });
    sim.act("wf", &account, unlock).await.expect(200);
    sim.advance("wf", "PT15M").await;
    let shown = read(&partner, &account).await;
    assert_eq!(shown["account"]["statusReasons"], json!(["underReview"]));
    shown
}
