//! The part of the flow that leads into a wallet: options, data for the phone's app, the token.

use anyhow::ensure;
use reqwest::Method;
use serde_json::json;

use super::enrolling::customer;
use super::stage::{Call, Stage, expect_at, text_at};

/// What is worth telling of the webhook and of the list.
const TOLD: &[&str] = &["accounts.events.eventType", "accounts.events.paymentInstrumentToken"];
const TOKENS_SHOWN: &[&str] = &["tokens.tokenIdentifier", "tokens.walletProvider", "tokens.status"];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The card goes into a wallet");
    let customer = customer(stage)?;
    let account = stage.path(&format!("/accounts/{}", customer.account));
    stage.story.say("Which wallets does the program have?");
    stage.make(Call::new(Method::GET, format!("{account}/pushProvisionConfig"))?).await?;
    stage.story.say(
        "The partner's app asks for what its phone hands on to the wallet. The data is made up: \
         no real wallet takes it.",
    );
    let path = format!("{account}/paymentInstruments/{}/pushProvisionData", customer.screen);
    let wish = json!({ "walletProvider": "google", "deviceIdentifier": "phone-1" });
    let answer = stage.make(Call::new(Method::POST, path)?.with(wish)).await?;
    let token = text_at(&answer, "/tokenIdentifier")?;
    ensure!(answer["opaquePaymentCard"].is_string(), "there is no data for the wallet");

    stage.story.heading("The wallet has taken it");
    stage.story.say("What happens on the phone is a tester's word:");
    let path = format!("/accounts/{}/actions", customer.account);
    let done = json!({ "action": "activateToken", "tokenIdentifier": token });
    let call = Call::control(Method::POST, &stage.program, &path, done);
    stage.make(call.showing(&["status", "statusReasons"])).await?;
    let received = stage.webhook(TOLD).await?;
    let event = "/accounts/0/events/0";
    expect_at(&received.body, &format!("{event}/eventType"), &json!("provisioning"))?;
    stage.story.say("The partner can look it up, too, to decide who gets the bonus that follows:");
    let call = Call::new(Method::GET, format!("{account}/paymentInstrumentTokens"))?;
    let tokens = stage.make(call.showing(TOKENS_SHOWN)).await?;
    expect_at(&tokens, "/tokens/0/status", &json!("active"))
}
