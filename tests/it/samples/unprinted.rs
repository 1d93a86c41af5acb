//! Answers and webhooks that no guide prints: their files say where their members come from.

use serde_json::{Value as Json, json};

use crate::cards_after_issue::{carded, list};
use crate::check_deposits::{check, hand_in, tier};
use crate::support::money::{Money, money_account};
use crate::support::{TestSim, enrollment, guid, webhooks};

/// The webhook of an enrollment.
pub async fn account_updated(sim: &TestSim) -> Json {
    let receiver = sim.receiver("wf").await;
    money_account(sim, "wf").await;
    webhooks(&receiver, 1).await.remove(0).body
}

/// The rows that an action has made or changed.
async fn rows(sim: &TestSim, money: &Money, action: Json) -> Vec<Json> {
    let done = sim.act("wf", &money.account, action).await.expect(200);
    done.body["transactions"].as_array().unwrap().clone()
}

/// The row of a direct deposit.
pub async fn ach_row(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    let deposit = json!({
        "action": "directDeposit", "amount": "1250.75", "category": "pr",
        "originator": "Acme Payroll", "description": "May wages",
    });
    rows(sim, &money, deposit).await.remove(0)
}

async fn authorized(sim: &TestSim) -> (Money, Json) {
    let money = money_account(sim, "wf").await;
    money.credit("100").await;
    let asked = json!({
        "action": "authorize", "amount": "30.25", "merchant": "Corner Cafe", "mcc": "5812",
        "city": "Austin", "state": "TX", "eci": "eCommerce",
    });
    let row = rows(sim, &money, asked).await.remove(0);
    (money, row)
}

/// The row of an authorization.
pub async fn authorization_row(sim: &TestSim) -> Json {
    authorized(sim).await.1
}

/// The row of what is cleared of it.
pub async fn purchase_row(sim: &TestSim) -> Json {
    let (money, row) = authorized(sim).await;
    let clear = json!({
        "action": "clear", "transactionIdentifier": row["transactionIdentifier"], "amount": 30.25,
    });
    rows(sim, &money, clear).await.remove(0)
}

/// Plastic in the list of cards.
pub async fn card(sim: &TestSim) -> Json {
    let (money, _, _) = carded(sim).await;
    list(&money).await.remove(1)
}

/// A check that was handed in.
pub async fn check_deposit(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    tier(&money, "RDC2").await;
    hand_in(&money, &check(&money, "5")).await.expect(200).body["transfer"].clone()
}

/// An account found by the partner's consumer.
pub async fn linked_account(sim: &TestSim) -> Json {
    let partner = sim.partner("wf").await;
    let mut body = enrollment(&sim.person("wf").await);
    body["account"]["partnerConsumerId"] = json!("C-1");
    partner.enroll(&guid(), &body).await.expect(200);
    partner.get("/partnerConsumers/C-1/accounts").await.expect(200).body["accounts"][0].clone()
}

/// The statements of an account whose first cycle has ended.
pub async fn statement_list(sim: &TestSim) -> Json {
    cycled(sim).await.call("GET", "/statements", Json::Null).await.expect(200).body
}

/// One of them.
pub async fn statement(sim: &TestSim) -> Json {
    let money = cycled(sim).await;
    let listed = money.call("GET", "/statements", Json::Null).await.expect(200).body;
    let period = listed["statements"][0]["statementPeriod"].as_str().unwrap().to_owned();
    money.call("GET", &format!("/statements/{period}"), Json::Null).await.expect(200).body
}

/// An account whose first cycle has ended, called with a fresh token.
async fn cycled(sim: &TestSim) -> Money {
    let mut money = money_account(sim, "wf").await;
    sim.advance("wf", "P40D").await;
    money.partner = sim.partner("wf").await;
    money
}

/// Both users of an account.
pub async fn users(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    let joining = json!({ "currency": "USD", "userProfile": sim.person("wf").await });
    money.call("POST", "/AccountHolder", joining).await.expect(200);
    money.call("GET", "/users", Json::Null).await.expect(200).body["users"].clone()
}
