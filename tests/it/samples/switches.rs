//! Samples of Direct Deposit Switch.

use serde_json::{Value as Json, json};

use crate::support::TestSim;
use crate::support::money::{Money, money_account};

const SWITCHES: &str = "/directdeposit/switches";

/// An account with one attempt; its answer.
async fn begun(sim: &TestSim) -> (Money, Json) {
    let money = money_account(sim, "wf").await;
    let made = money.call("POST", SWITCHES, Json::Null).await.expect(200).body;
    (money, made)
}

/// An account whose attempt the vendor has completed.
async fn done(sim: &TestSim) -> Money {
    let (money, _) = begun(sim).await;
    let report = json!({
        "action": "switchProgress", "status": "Completed", "amount": "20.50",
        "amountType": "Percent", "depositor": "ADP",
    });
    sim.act("wf", &money.account, report).await.expect(200);
    money
}

/// The printed form.
pub async fn manual_form(sim: &TestSim) -> Json {
    let body = json!({
        "fullName": "Steve Rogers", "accountNumber": "4147200012345678",
        "routingNumber": "124303214", "bankName": "Go2Bank", "addressLine1": "123 Street Ave",
        "addressLine2": "Los Angeles CA 90210",
    });
    let money = money_account(sim, "wf").await;
    money.call("POST", "/directdeposit/manualform", body).await.expect(200).body
}

/// A new attempt.
pub async fn created(sim: &TestSim) -> Json {
    begun(sim).await.1
}

/// All attempts.
pub async fn list(sim: &TestSim) -> Json {
    done(sim).await.call("GET", SWITCHES, Json::Null).await.expect(200).body
}

/// The latest attempt.
pub async fn latest(sim: &TestSim) -> Json {
    let path = format!("{SWITCHES}/latest");
    done(sim).await.call("GET", &path, Json::Null).await.expect(200).body
}

/// What the partner's app tells of an attempt.
pub async fn updated(sim: &TestSim) -> Json {
    let (money, made) = begun(sim).await;
    let path = format!("{SWITCHES}/{}", made["switchId"].as_str().unwrap());
    let patch = json!({
        "amount": "100", "amountType": "Amount", "status": "Submitted",
        "statusReason": "User completed vendor flow", "depositor": "Home Depot",
    });
    money.call("PATCH", &path, json!({ "patchObj": patch })).await.expect(200).body
}
