//! What else an account can do with money: a feature, a savings purse, a deposit of another bank.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::enrolling::customer;
use super::stage::{Call, Stage, expect_at, new_request_id, text_at};

/// What is worth telling of webhooks, purses and deposits.
const TOLD: &[&str] = &[
    "accounts.events.eventType",
    "accounts.events.transaction.transactionType",
    "accounts.events.transaction.transactionTypeDescription",
    "accounts.events.transaction.transactionAmount",
    "accounts.events.transaction.isCredit",
    "accounts.events.transaction.postedInternalTransactionData.bankData.bankName",
];
const PURSE_SHOWN: &[&str] =
    &["purse.purseIdentifier", "purse.purseType", "purse.availableBalance", "responseDetails.code"];
const DEPOSIT_SHOWN: &[&str] = &[
    "availableBalance",
    "transactions.transactionType",
    "transactions.transactionStatus",
    "transactions.transactionAmount",
];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    enroll_in_a_feature(stage).await?;
    deposit(stage).await?;
    save(stage).await
}

async fn enroll_in_a_feature(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("A feature");
    stage.story.say("NB100 lets a card take the account down to 100 dollars below zero:");
    let account = stage.path(&format!("/accounts/{}", customer(stage)?.account));
    let call = Call::new(Method::PUT, format!("{account}/features/NB100"))?;
    stage.make(call.with(json!({ "authorize": true }))).await?;
    let features = stage.make(Call::new(Method::GET, format!("{account}/features"))?).await?;
    expect_at(&features, "/features", &json!(["nb100"]))
}

async fn deposit(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("Wages come in over ACH");
    stage.story.say("From the employer's bank, which is a tester's word:");
    let path = format!("/accounts/{}/actions", customer(stage)?.account);
    let wages = json!({
        "action": "directDeposit", "amount": "1250.75", "category": "pr",
        "originator": "Acme Payroll",
    });
    let call = Call::control(Method::POST, &stage.program, &path, wages);
    let done = stage.make(call.showing(DEPOSIT_SHOWN)).await?;
    expect_at(&done, "/transactions/0/transactionStatus", &json!("completed"))?;
    let received = stage.webhook(TOLD).await?;
    expect_at(&received.body, "/accounts/0/events/0/eventType", &json!("transaction"))
}

async fn save(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("Some of it is put aside");
    stage.story.say("Into a purse of its own, which earns nothing here but keeps apart:");
    let account = customer(stage)?.account;
    let path = stage.path(&format!("/accounts/{account}/purses"));
    let purse = json!({ "purseType": "Savings", "purseDescription": "Holidays" });
    let call = Call::new(Method::POST, path.clone())?.with(purse);
    let made = stage.make(call.showing(PURSE_SHOWN)).await?;
    let purse = text_at(&made, "/purse/purseIdentifier")?;
    let body = json!({
        "transferIdentifier": new_request_id()?,
        "transferType": "purse",
        "transferDescription": "Holidays",
        "transferRoute": {
            "transactionAmount": "250.00",
            "sourceTransferEndpoint": { "accountIdentifier": account },
            "targetTransferEndpoint": { "purseIdentifier": purse },
        },
    });
    let call = Call::new(Method::POST, stage.path("/transfers"))?.with(body);
    stage.make(call).await?;
    stage.story.say("Two rows, told in one webhook:");
    let received = stage.webhook(TOLD).await?;
    let events = received.body["accounts"][0]["events"].as_array().map(Vec::len);
    anyhow::ensure!(events == Some(2), "a transfer is told by two events, not {events:?}");
    let audit = Call::control(Method::POST, &stage.program, "/ledger/audit", Json::Null);
    let proof = stage.make(audit).await?;
    expect_at(&proof, "/fits", &json!(true))
}
