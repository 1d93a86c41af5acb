//! Every row of the status matrix: reached and left through the public surface, by the vendor's
//! calls where the partner decides and by a control action where the outside world does.

use std::collections::BTreeSet;

use piebox::domains::accounts::positions::Position;
use serde_json::{Value as Json, json};

use crate::support::{Engine, Partner, TestSim, enrollment, guid, on_both_engines, standing};

struct Walk {
    sim: TestSim,
    partner: Partner,
    seen: BTreeSet<String>,
}

/// An account with its primary holder.
struct Who {
    account: String,
    user: String,
}

impl Walk {
    /// Enrolls somebody whose SSN begins so.
    async fn enroll(&mut self, prefix: &str, kyc: bool, stands_at: &str) -> Who {
        let mut person = self.sim.person("wf").await;
        let ssn = person["identifyingData"]["ssn"].as_str().unwrap().to_owned();
        let ssn = format!("{prefix}{}", &ssn[prefix.len()..]);
        person["identifyingData"]["ssn"] = json!(ssn);
        let mut body = enrollment(&person);
        body["executeKycFlag"] = json!(kyc);
        let answer = self.partner.enroll(&guid(), &body).await.expect(200);
        let user = &answer.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
        let user = user.as_str().unwrap().to_owned();
        let who = Who { account: answer.account_id(), user };
        self.at(&who, stands_at).await;
        who
    }

    /// The account stands there, and both readings of the partner say so.
    async fn at(&mut self, who: &Who, name: &str) {
        let path = format!("wf/accounts/{}", who.account);
        let detail = self.sim.control("GET", &path, Json::Null).await.expect(200).body;
        assert_eq!(detail["position"], name, "{detail}");
        let mut shown = Vec::new();
        for family in ["accounts", "enrollments/accounts"] {
            let path = format!("/{family}/{}", who.account);
            let read = self.partner.get(&path).await.expect(200);
            shown.push(standing(&read.body["account"]));
        }
        assert_eq!(shown[0], shown[1]);
        let is_row =
            Position::all().any(|position| position.name() == name && row(position) == shown[0]);
        assert!(is_row, "{name}: {}", shown[0]);
        self.seen.insert(shown[0].clone());
    }

    async fn post(&self, path: &str, body: Json) -> crate::support::Answer {
        self.partner.call("POST", path, &guid(), body).await
    }

    async fn gate(&self, who: &Who, gate: &str, body: Json) {
        let path = match gate {
            "kyc2" => format!("/users/{}/kycGates/kyc2", who.user),
            _ => format!("/accounts/{}/users/{}/kycGates/{gate}", who.account, who.user),
        };
        self.post(&path, body).await.expect(201);
    }

    async fn document(&self, who: &Who) {
        let body = json!({ "identityDocumentation": { "documentFrontImage": "QUJD" } });
        self.gate(who, "idv", body).await;
    }

    async fn act(&self, who: &Who, action: Json) {
        self.sim.act("wf", &who.account, action).await.expect(200);
    }

    async fn put(&self, who: &Who, what: &str, body: Json) {
        let path = format!("/accounts/{}/{what}", who.account);
        self.partner.call("PUT", &path, &guid(), body).await.expect(200);
    }

    async fn vendor(&self, name: &str) {
        let setting = json!({ "kyc": { "vendor": name } });
        self.sim.control("PUT", "wf", setting).await.expect(200);
    }
}

/// As `standing` tells it.
fn row(position: Position) -> String {
    let (standing, kyc) = position.shown();
    let gate = kyc.gate.map_or("-", |gate| gate.as_str());
    format!("{} {} {} {} {gate}", standing.status, standing.reason, kyc.kyc, kyc.ofac)
}

async fn half_way(walk: &mut Walk) {
    let fault = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
    walk.sim.control("POST", "wf/faults", fault).await.expect(201);
    let (id, body) = (guid(), enrollment(&walk.sim.person("wf").await));
    walk.partner.enroll(&id, &body).await.expect_refused(503, "503/0");
    let pending = walk.sim.control("GET", "wf/accounts?status=pending", Json::Null).await.body;
    let account =
        pending["accounts"].as_array().unwrap().last().unwrap()["accountIdentifier"].clone();
    let who = Who { account: account.as_str().unwrap().to_owned(), user: String::new() };
    walk.at(&who, "Unfinished").await;
    walk.partner.enroll(&id, &body).await.expect(200);
    walk.at(&who, "Healthy").await;
}

async fn gates(walk: &mut Walk) {
    let who = walk.enroll("991", true, "IdvNeeded").await;
    walk.document(&who).await;
    walk.at(&who, "Approved").await;
    walk.post(&format!("/accounts/{}/paymentInstruments", who.account), json!({}))
        .await
        .expect(200);
    walk.at(&who, "Healthy").await;

    let who = walk.enroll("554", true, "Kyc2Needed").await;
    for number in ["451000001", "451000002", "451000003"] {
        walk.gate(&who, "kyc2", json!({ "ssn": number })).await;
    }
    walk.at(&who, "IdvNeededOfacPending").await;
    walk.document(&who).await;
    walk.at(&who, "OfacReview").await;
    walk.act(&who, json!({ "action": "clearOfac" })).await;
    walk.at(&who, "Healthy").await;

    let who = walk.enroll("554", true, "Kyc2Needed").await;
    walk.gate(&who, "kyc2", json!({ "ssn": "108888888" })).await;
    walk.at(&who, "OfacReview").await;

    let who = walk.enroll("992", true, "IdvNeededOfacMatched").await;
    walk.document(&who).await;
    walk.at(&who, "OfacReviewLocked").await;
    walk.act(&who, json!({ "action": "clearOfac" })).await;
    walk.at(&who, "Healthy").await;
}

async fn ends_of_screening(walk: &mut Walk) {
    walk.enroll("451", true, "KycFailed").await;
    let who = walk.enroll("401", false, "OfacReview").await;
    walk.act(&who, json!({ "action": "failOfac" })).await;
    walk.at(&who, "OfacDeclined").await;
    let who = walk.enroll("992", true, "IdvNeededOfacMatched").await;
    walk.act(&who, json!({ "action": "nextDocument", "outcome": "reject" })).await;
    walk.document(&who).await;
    walk.at(&who, "BothDeclined").await;

    walk.vendor("idology").await;
    let who = walk.enroll("401", true, "OfacReviewFailed").await;
    walk.act(&who, json!({ "action": "clearOfac" })).await;
    walk.at(&who, "Healthy").await;
    let who = walk.enroll("452", true, "BothFailed").await;
    walk.act(&who, json!({ "action": "failOfac" })).await;
    walk.at(&who, "BothDeclined").await;
    walk.vendor("socure").await;

    let fault = json!({ "effect": { "kind": "processorTimeout" }, "times": 4 });
    walk.sim.control("POST", "wf/faults", fault).await.expect(201);
    let who = walk.enroll("10", true, "Approved").await;
    walk.sim.advance("wf", "PT2H").await;
    walk.at(&who, "ProcessorFailed").await;
}

async fn holds_and_ends(walk: &mut Walk) {
    let who = walk.enroll("10", true, "Healthy").await;
    let reasons =
        ["potentialFraud", "confirmedFraud", "potentialAccountTakeover", "verificationNeeded"];
    for status in ["restricted", "locked"] {
        for reason in reasons {
            for cure in ["none", "idv", "manual"] {
                let hold = json!({
                    "status": status, "statusReason": reason, "cure": cure, "notes": "n",
                });
                walk.put(&who, "status", hold).await;
                walk.at(&who, "Held").await;
            }
        }
        let release = json!({ "status": "normal", "statusReason": "healthy", "notes": "n" });
        walk.put(&who, "status", release).await;
        walk.at(&who, "Healthy").await;
    }
    walk.act(&who, json!({ "action": "lockForFraud" })).await;
    walk.act(&who, json!({ "action": "unlockFraud", "cardUnblock": "never" })).await;
    walk.sim.advance("wf", "PT15M").await;
    walk.at(&who, "UnderReview").await;
    walk.act(&who, json!({ "action": "passReview" })).await;
    walk.at(&who, "Healthy").await;
    walk.put(&who, "close", json!({ "reason": "customerInitiatedSpendDown" })).await;
    walk.at(&who, "SpendDown").await;
    walk.act(&who, json!({ "action": "closeAccount" })).await;
    walk.at(&who, "Ended").await;
}

on_both_engines! {
    // Proves ACC-3, ACC-4, GATE-2, GATE-3, OFC-1, OFC-2, OFC-3, BCD-1, BCD-2.
    async fn every_row_of_the_matrix_is_reached_and_left(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let mut walk = Walk { sim, partner, seen: BTreeSet::new() };
        half_way(&mut walk).await;
        gates(&mut walk).await;
        ends_of_screening(&mut walk).await;
        holds_and_ends(&mut walk).await;
        let every: BTreeSet<String> = Position::all().map(row).collect();
        let missing: Vec<&String> = every.difference(&walk.seen).collect();
        assert!(missing.is_empty(), "never reached: {missing:#?}");
    }
}
