//! The plastic card: in the mail, activated, with a PIN, paid with, paused, lost and replaced.

use anyhow::ensure;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::enrolling::customer;
use super::stage::{Call, Customer, Stage, expect_at, new_request_id};

/// What is worth telling of webhooks, of the mail, of a card and of a row.
const TOLD: &[&str] = &[
    "accounts.events.eventType",
    "accounts.events.mailTracking.deliveryStatus",
    "accounts.events.pinChangedDateTime",
    "accounts.events.paymentInstrument.embossType",
    "accounts.events.transaction.transactionType",
    "accounts.events.transaction.transactionStatus",
    "accounts.events.transaction.transactionAmount",
    "accounts.events.transaction.authorizedTransactionData.declineReason",
    "accounts.events.account.status",
    "accounts.events.account.accountHolders.paymentInstruments.paymentInstrumentType",
    "accounts.events.account.accountHolders.paymentInstruments.status",
    "accounts.events.account.accountHolders.paymentInstruments.isPinSet",
];
const MAIL_SHOWN: &[&str] =
    &["trackingNumber", "deliveryStatusCode", "deliveryStatus", "estimatedArrivalDate", "last4Pan"];
const CARD_SHOWN: &[&str] = &[
    "paymentInstrument.paymentInstrumentIdentifier",
    "paymentInstrument.status",
    "paymentInstrument.statusReasons",
    "paymentInstrument.last4Pan",
    "paymentInstrument.encryptedPrivatePaymentInstrumentData",
];
const ROW_SHOWN: &[&str] = &[
    "availableBalance",
    "ledgerBalance",
    "transactions.transactionIdentifier",
    "transactions.transactionType",
    "transactions.transactionStatus",
    "transactions.transactionAmount",
    "transactions.authorizedTransactionData.declineReason",
];
const STANDING_SHOWN: &[&str] = &["status", "statusReasons"];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    let customer = customer(stage)?;
    track(stage, &customer).await?;
    activate(stage, &customer).await?;
    set_pin(stage, &customer).await?;
    pay(stage, &customer).await?;
    pause(stage, &customer).await?;
    lose(stage, &customer).await
}

fn card_path(stage: &Stage, customer: &Customer, rest: &str) -> String {
    let Customer { account, plastic, .. } = customer;
    stage.path(&format!("/accounts/{account}/paymentInstruments/{plastic}{rest}"))
}

/// Does what only the outside world can.
async fn act(
    stage: &Stage,
    customer: &Customer,
    action: Json,
    shown: &[&str],
) -> anyhow::Result<Json> {
    let path = format!("/accounts/{}/actions", customer.account);
    stage.make(Call::control(Method::POST, &stage.program, &path, action).showing(shown)).await
}

/// Hears so many webhooks, which must be of these types.
async fn hear(stage: &mut Stage, types: &[&str]) -> anyhow::Result<()> {
    for (received, expected) in stage.webhooks(types.len(), TOLD).await?.iter().zip(types) {
        expect_at(&received.body, "/accounts/0/events/0/eventType", &json!(expected))?;
    }
    Ok(())
}

async fn track(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("The plastic is in the mail");
    stage.story.say("It is printed when a tester says so, and each stage is told:");
    act(stage, customer, json!({ "action": "printCard" }), STANDING_SHOWN).await?;
    hear(stage, &["mailTracking"]).await?;
    let call = || Call::new(Method::GET, card_path(stage, customer, "/deliveryStatus"));
    let answer = stage.make(call()?.showing(MAIL_SHOWN)).await?;
    expect_at(&answer, "/deliveryStatusCode", &json!("printing"))?;
    stage.story.say("It is shipped, and it arrives:");
    for action in ["shipCard", "deliverCard"] {
        act(stage, customer, json!({ "action": action }), STANDING_SHOWN).await?;
        hear(stage, &["mailTracking"]).await?;
    }
    Ok(())
}

async fn activate(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("The customer activates it");
    stage.story.say(
        "By what is printed on it. The newer version of access shows a tester what that is, \
         sealed to the partner:",
    );
    let request_id = new_request_id()?;
    let query = "?usage=partner&pciData=pan,cvv,expirationDate";
    let call = Call::vendor(Method::GET, card_path(stage, customer, query), &request_id);
    let call = call.headed(&[("BaaS-Version", "2.0")]).showing(CARD_SHOWN);
    let answer = stage.make(call).await?;
    let sealed = &answer["paymentInstrument"]["encryptedPrivatePaymentInstrumentData"];
    let printed = stage.opened(sealed, &request_id)?;
    stage.story.say("The app seals what the customer types in to the program:");
    let request_id = new_request_id()?;
    let body = json!({ "encryptedCardData": stage.sealed(&printed, &request_id)? });
    let path = card_path(stage, customer, "/activateCard");
    stage.make(Call::vendor(Method::POST, path, &request_id).with(body)).await?;
    hear(stage, &["mailTracking", "accountUpdated"]).await
}

async fn set_pin(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("And chooses a PIN");
    let request_id = new_request_id()?;
    let body = json!({
        "encryptedPin": stage.sealed(&json!({ "pin": "4821" }), &request_id)?, "channel": "Mobile",
    });
    let path = card_path(stage, customer, "");
    stage.make(Call::vendor(Method::PUT, path, &request_id).with(body)).await?;
    hear(stage, &["atmPinUpdate", "accountUpdated"]).await
}

async fn pay(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("A coffee");
    stage.story.say("In PIE mode every partner may put test money in:");
    let path = stage.path(&format!("/accounts/{}/adjustments", customer.account));
    let body = json!({
        "adjustmentIdentifier": new_request_id()?, "amount": "40.00", "currency": "USD",
        "adjustmentType": "instructionCredit", "adjustmentDescription": "Test money",
    });
    stage.make(Call::new(Method::POST, path)?.with(body)).await?;
    hear(stage, &["transaction"]).await?;
    stage.story.say("The cafe asks for the money, which is held:");
    let ask = json!({
        "action": "authorize", "amount": "4.50", "merchant": "Corner Cafe", "mcc": "5814",
        "paymentInstrumentIdentifier": customer.plastic,
    });
    let held = act(stage, customer, ask, ROW_SHOWN).await?;
    let row = "/transactions/0";
    expect_at(&held, &format!("{row}/transactionStatus"), &json!("pending"))?;
    hear(stage, &["transaction"]).await?;
    stage.story.say("In the evening it takes it, with a tip:");
    let id = held.pointer(&format!("{row}/transactionIdentifier"));
    let clear = json!({ "action": "clear", "transactionIdentifier": id, "amount": "5.00" });
    let taken = act(stage, customer, clear, ROW_SHOWN).await?;
    expect_at(&taken, &format!("{row}/transactionType"), &json!("purchase"))?;
    ensure!(taken["availableBalance"] == taken["ledgerBalance"], "something is still held");
    hear(stage, &["transaction"]).await
}

async fn event(stage: &Stage, customer: &Customer, body: Json) -> anyhow::Result<Json> {
    let path = card_path(stage, customer, "/lifecycleEvent");
    stage.make(Call::new(Method::PUT, path)?.with(body).showing(CARD_SHOWN)).await
}

async fn pause(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("The card is mislaid, and found again");
    stage.story.say("The customer pauses it, both forms of it:");
    let paused = event(stage, customer, json!({ "lifecycleEventType": "pause" })).await?;
    expect_at(&paused, "/paymentInstrument/status", &json!("blocked"))?;
    hear(stage, &["accountUpdated"]).await?;
    stage.story.say("Meanwhile it pays nothing:");
    let ask = json!({
        "action": "authorize", "amount": "4.50", "merchant": "Corner Cafe",
        "paymentInstrumentIdentifier": customer.plastic,
    });
    let declined = act(stage, customer, ask, ROW_SHOWN).await?;
    expect_at(&declined, "/transactions/0/transactionStatus", &json!("declined"))?;
    hear(stage, &["transaction"]).await?;
    stage.story.say("It was in the other coat:");
    let back = event(stage, customer, json!({ "lifecycleEventType": "unpause" })).await?;
    expect_at(&back, "/paymentInstrument/status", &json!("activated"))?;
    hear(stage, &["accountUpdated"]).await
}

async fn lose(stage: &mut Stage, customer: &Customer) -> anyhow::Result<()> {
    stage.story.heading("Now it is lost");
    stage.story.say(
        "A lost card's number is given up. Both forms are made anew under another one, and the \
         virtual one is in use at once:",
    );
    let lost = json!({ "lifecycleEventType": "replace", "replaceReason": "lost" });
    let new = event(stage, customer, lost).await?;
    ensure!(
        new["paymentInstrument"]["paymentInstrumentIdentifier"] != json!(customer.plastic),
        "the card was not replaced",
    );
    hear(stage, &["accountUpdated", "cardUpdate"]).await
}
