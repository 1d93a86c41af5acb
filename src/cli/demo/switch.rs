//! The direct deposit switch: the customer has the wages sent here, by the vendor's app or on
//! paper.

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::Method;
use serde_json::json;

use super::enrolling::customer;
use super::stage::{Call, Stage, expect_at, text_at};

/// What is worth telling of the webhook.
const TOLD: &[&str] = &[
    "accounts.events.eventType",
    "accounts.events.directDepositSwitch.status",
    "accounts.events.directDepositSwitch.depositor",
];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    switch(stage).await?;
    print(stage).await
}

async fn switch(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The customer switches the direct deposit");
    stage.story.say("The partner gets a token, with which its app starts the vendor's:");
    let account = customer(stage)?.account;
    let switches = stage.path(&format!("/accounts/{account}/directdeposit/switches"));
    let made = stage.make(Call::new(Method::POST, switches.clone())?).await?;
    let id = text_at(&made, "/switchId")?;
    stage.story.say("The app has seen the customer through, and says so:");
    let patch = json!({ "status": "Submitted", "statusReason": "User completed vendor flow" });
    let call = Call::new(Method::PATCH, format!("{switches}/{id}"))?;
    stage.make(call.with(json!({ "patchObj": patch }))).await?;
    stage.story.say("The payroll provider confirms, which is a tester's word:");
    let path = format!("/accounts/{account}/actions");
    let done = json!({
        "action": "switchProgress", "status": "Completed", "amountType": "All",
        "depositor": "Acme Payroll",
    });
    let call = Call::control(Method::POST, &stage.program, &path, done);
    stage.make(call.showing(&["status", "statusReasons"])).await?;
    let received = stage.webhook(TOLD).await?;
    let event = "/accounts/0/events/0";
    expect_at(&received.body, &format!("{event}/eventType"), &json!("directDepositSwitch"))?;
    let latest = stage.make(Call::new(Method::GET, format!("{switches}/latest"))?).await?;
    expect_at(&latest, "/status", &json!("Completed"))
}

async fn print(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("Or on paper");
    let account = stage.path(&format!("/accounts/{}", customer(stage)?.account));
    let call = Call::new(Method::GET, account.clone())?;
    let read = stage.make(call.showing(&["account.directDepositInformation"])).await?;
    let numbers = &read["account"]["directDepositInformation"];
    let body = json!({
        "fullName": "Jane Customer",
        "accountNumber": numbers["accountNumber"],
        "routingNumber": numbers["routingNumber"],
        "bankName": "Piebox Bank",
        "addressLine1": "9 Harbor Way",
        "addressLine2": "Seattle WA 98101",
    });
    let call = Call::new(Method::POST, format!("{account}/directdeposit/manualform"))?;
    let answer = stage.make(call.with(body)).await?;
    let form = BASE64_STANDARD.decode(text_at(&answer, "/output")?).context("no base64")?;
    ensure!(form.starts_with(b"%PDF-"), "the form is no PDF");
    stage.story.say(&format!(
        "Decoded, it is a page of {} bytes (PDF), to be signed and handed to the employer.",
        form.len(),
    ));
    Ok(())
}
