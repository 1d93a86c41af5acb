//! The part of the flow that a match on the sanctions list takes: pending, reviewed, completed
//! without another call of the partner.

use anyhow::Context;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::applicant::Applicant;
use super::stage::{Call, Stage, expect_at, text_at};
use super::{ACCOUNT_SHOWN, WEBHOOK_SHOWN};
use crate::crypto::PublicKey;

/// What is worth telling of an account under review.
const STANDING_SHOWN: &[&str] =
    &["status", "statusReasons", "kycPendingGate", "ofacStatus", "possibleActions.action"];

/// Enrolls somebody whose name is on the list. Gives the account. `heard` webhooks have come.
pub(super) async fn match_the_list(
    stage: &mut Stage,
    key: &PublicKey,
    heard: usize,
) -> anyhow::Result<String> {
    stage.story.heading("A third enrollment meets the sanctions list");
    stage.story.say("Everybody is screened. The control API invents somebody who is found there:");
    let wish = json!({ "outcome": "ofacMatch" });
    let call = Call::control(Method::POST, &stage.program, "/people", wish);
    let invented = stage.make(call.expecting(StatusCode::CREATED).showing(&["outcome"])).await?;
    let applicant = Applicant::new(&invented["userData"], &stage.program, key)?;
    let call = applicant.enrollment(&stage.program).saying("sealed like the first one");
    let answer = stage.make(call.expecting_code(1).showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("pending"))?;
    expect_at(&answer, "/responseDetails/0/subCode", &json!(31))?;
    stage.story.say("The partner is told of pending enrollments as well:");
    let received = stage.webhook(heard + 1, WEBHOOK_SHOWN).await?;
    expect_status(&received.body, "pending")?;
    Ok(text_at(&answer, "/account/accountIdentifier")?.to_owned())
}

/// Two days later the review finds another person of that name.
pub(super) async fn clear_it(stage: &mut Stage, account: &str, heard: usize) -> anyhow::Result<()> {
    stage.story.heading("Two days later the review clears it");
    stage.story.say("The clock of the program is the tester's:");
    let two_days = json!({ "by": "P2D" });
    let call = Call::control(Method::POST, &stage.program, "/clock/advance", two_days);
    stage.make(call.showing(&["now"])).await?;
    stage.story.say("So is the word of the outside world:");
    let path = format!("/accounts/{account}/actions");
    let clear = json!({ "action": "clearOfac" });
    let call = Call::control(Method::POST, &stage.program, &path, clear);
    let cleared = stage.make(call.showing(STANDING_SHOWN)).await?;
    expect_at(&cleared, "/status", &json!("normal"))?;
    stage
        .story
        .say("The enrollment has completed by itself, cards and all, and the webhook says so:");
    let received = stage.webhook(heard + 1, WEBHOOK_SHOWN).await?;
    let cards = "/accounts/0/events/0/account/accountHolders/0/paymentInstruments";
    let cards = received.body.pointer(cards).and_then(Json::as_array).context("no cards")?;
    anyhow::ensure!(cards.len() == 2, "two cards are expected, not {}", cards.len());
    expect_status(&received.body, "normal")
}

fn expect_status(webhook: &Json, status: &str) -> anyhow::Result<()> {
    expect_at(webhook, "/accounts/0/events/0/account/status", &json!(status))
}
