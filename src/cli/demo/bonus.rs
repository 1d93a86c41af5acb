//! The part of the flow that money takes: a welcome bonus, the webhook that tells of it, and the
//! history that shows both ends.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::enrolling::customer;
use super::stage::{Call, Stage, expect_at, new_request_id};

/// What is worth telling of the webhook and of the history.
const TOLD: &[&str] = &[
    "accounts.accountIdentifier",
    "accounts.events.eventType",
    "accounts.events.transaction.transactionTypeDescription",
    "accounts.events.transaction.transactionAmount",
    "accounts.events.transaction.isCredit",
    "accounts.events.transaction.postedInternalTransactionData",
];
const HISTORY_SHOWN: &[&str] = &[
    "totalRecordCount",
    "transactions.transactionTypeDescription",
    "transactions.transactionStatus",
    "transactions.transactionAmount",
    "transactions.isCredit",
    "transactions.postedDateTime",
    "transactions.postedInternalTransactionData",
];

/// Credits the customer with a welcome bonus, twice by mistake.
pub(super) async fn give(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("A welcome bonus");
    stage.story.say("The partner adjusts the balance. The identifier is the partner's own:");
    let identifier = new_request_id()?;
    let body = json!({
        "adjustmentIdentifier": identifier,
        "amount": "25.00",
        "currency": "USD",
        "adjustmentType": "promo",
        "adjustmentDescription": "Welcome bonus",
    });
    let path = stage.path(&format!("/accounts/{}/adjustments", customer(stage)?.account));
    let answer = stage.make(Call::new(Method::POST, path.clone())?.with(body.clone())).await?;
    expect_at(&answer, "/adjustmentStatus", &json!("completed"))?;
    stage.story.say("It is posted at once, and told once:");
    let received = stage.webhook(TOLD).await?;
    let event = "/accounts/0/events/0";
    expect_at(&received.body, &format!("{event}/eventType"), &json!("transaction"))?;
    let internal = format!("{event}/transaction/postedInternalTransactionData");
    expect_at(&received.body, &format!("{internal}/adjustmentIdentifier"), &json!(identifier))?;

    stage.story.say(
        "Had the answer been lost, the partner would ask again. The same identifier is answered \
         as it stands, and nothing is posted a second time:",
    );
    let call = Call::new(Method::POST, path)?.with(body);
    let again = stage.make(call.saying("byte for byte the same")).await?;
    expect_at(&again, "/adjustmentStatus", &json!("completed"))
}

/// Reads the history, which shows the bonus once.
pub(super) async fn look_back(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The history");
    let account = stage.path(&format!("/accounts/{}", customer(stage)?.account));
    let call = Call::new(Method::GET, format!("{account}/transactions"))?;
    let history = stage.make(call.showing(HISTORY_SHOWN)).await?;
    expect_at(&history, "/totalRecordCount", &json!(1))?;
    let description = "/transactions/0/postedInternalTransactionData/description";
    expect_at(&history, description, &json!("Welcome bonus"))?;

    stage.story.say("The account shows the balance that its history sums to:");
    let shown = ["account.purses.availableBalance", "account.purses.ledgerBalance"];
    let answer = stage.make(Call::new(Method::GET, account)?.showing(&shown)).await?;
    expect_at(&answer, "/account/purses/0/availableBalance", &json!(25.0))?;

    stage.story.say("And the books of the whole program balance:");
    let audit = Call::control(Method::POST, &stage.program, "/ledger/audit", Json::Null);
    let proof = stage.make(audit).await?;
    expect_at(&proof, "/fits", &json!(true))
}
