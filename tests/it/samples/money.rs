//! Samples of Optional API Add-Ons: adjustments and features.

use serde_json::{Value as Json, json};

use crate::support::TestSim;
use crate::support::money::{Money, adjust, history, money_account};

/// A promotional credit, as it is asked for in the sample.
fn cashback(money: &Money) -> Json {
    let mut body = money.body("promo", "12.86");
    body["adjustmentDescription"] = json!("Acme Cashback");
    body
}

async fn credited(sim: &TestSim) -> Money {
    let money = money_account(sim, "wf").await;
    adjust(&money, cashback(&money)).await.expect(200);
    money
}

/// A credit that is posted.
pub async fn adjustment_placed(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    adjust(&money, cashback(&money)).await.expect(200).body
}

/// Its row in the history.
pub async fn adjustment_row(sim: &TestSim) -> Json {
    history(&credited(sim).await, "").await.remove(0)
}

/// Its webhook.
pub async fn adjustment_event(sim: &TestSim) -> Json {
    sim.transaction_events(&credited(sim).await).await.remove(0)
}

/// Asked for by its identifier.
pub async fn adjustment_status(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    read_back(&money, cashback(&money)).await
}

/// Cash picked up without a card, in a program with the older envelope.
pub async fn adjustment_status_with_header(sim: &TestSim) -> Json {
    let header = json!({ "answers": { "responseHeader": true } });
    sim.control("PUT", "wf", header).await.expect(200);
    let money = money_account(sim, "wf").await;
    money.credit("20").await;
    read_back(&money, money.body("cardlessFundsPickup", "9.4000")).await
}

async fn read_back(money: &Money, body: Json) -> Json {
    let path = format!("/adjustments/{}", body["adjustmentIdentifier"].as_str().unwrap());
    let answer = adjust(money, body).await.expect(200);
    assert_eq!(answer.body["adjustmentStatus"], "completed", "{}", answer.text);
    money.call("GET", &path, Json::Null).await.expect(200).body
}

async fn with_a_feature(sim: &TestSim) -> (Money, Json) {
    let money = money_account(sim, "wf").await;
    let body = json!({ "authorize": true });
    let answer = money.call("PUT", "/features/NB100", body).await.expect(200).body;
    (money, answer)
}

/// A feature is enrolled in, and left.
pub async fn feature_changed(sim: &TestSim) -> Json {
    let (money, enrolled) = with_a_feature(sim).await;
    let body = json!({ "authorize": false });
    let left = money.call("PUT", "/features/NB100", body).await.expect(200).body;
    assert_eq!(enrolled, left);
    left
}

/// A feature that there is not.
pub async fn feature_unknown(sim: &TestSim) -> Json {
    let money = money_account(sim, "wf").await;
    let refused = money.call("PUT", "/features/XYZ", json!({ "authorize": true })).await;
    assert!(refused.description().starts_with("No ProductFeatureGroupKey exists"));
    refused.expect_refused(503, "5/55").body
}

/// The list with one feature.
pub async fn features(sim: &TestSim) -> Json {
    with_a_feature(sim).await.0.call("GET", "/features", Json::Null).await.expect(200).body
}

/// The list without any.
pub async fn features_none(sim: &TestSim) -> Json {
    money_account(sim, "wf").await.call("GET", "/features", Json::Null).await.expect(200).body
}

/// Terms that a feature in use needs are opted out of.
pub async fn terms_in_use(sim: &TestSim) -> Json {
    let (money, _) = with_a_feature(sim).await;
    let terms = json!({ "termsAcceptances": [{
        "termsIdentifier": "negBal", "termsAcceptanceFlag": "false",
        "termsAcceptanceDateTime": "2031-05-06T09:12:11.627Z",
    }] });
    let refused = money.call("PUT", "", terms).await;
    assert_eq!(refused.description(), "Terms cannot be opted out because feature is still in use");
    refused.expect_refused(200, "5/58").body
}
