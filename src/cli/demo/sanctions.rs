//! What a match on the sanctions list leads to: pending, reviewed by a person, and then either
//! completed without another call of the partner, or declined.

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::applicant::Applicant;
use super::enrolling::{expect_told, invented};
use super::stage::{Call, Stage, expect_at, text_at};
use super::{ACCOUNT_SHOWN, SEALED, WEBHOOK_SHOWN, meeting};

/// What is worth telling of an account under review.
const STANDING_SHOWN: &[&str] =
    &["status", "statusReasons", "kycPendingGate", "ofacStatus", "possibleActions.action"];

/// Enrolls somebody whose name is on the list. Gives the account.
pub(super) async fn match_the_list(stage: &mut Stage) -> anyhow::Result<String> {
    stage.story.heading("An enrollment that meets the sanctions list");
    stage.story.say("Everybody is screened. The control API invents somebody who is found there:");
    let account = matched(stage).await?;
    stage.story.say("The partner is told of pending enrollments as well:");
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, &account, "pending")?;
    Ok(account)
}

async fn matched(stage: &mut Stage) -> anyhow::Result<String> {
    let person = invented(stage, json!({ "outcome": "ofacMatch" }), &["outcome"]).await?;
    let applicant = Applicant::new(&person, stage)?;
    let call = applicant.enrollment(&stage.program).saying(SEALED);
    let answer = stage.make(call.expecting_code(1).showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("pending"))?;
    expect_at(&answer, "/responseDetails/0/subCode", &json!(31))?;
    Ok(text_at(&answer, "/account/accountIdentifier")?.to_owned())
}

/// Two days later the review finds another person of that name.
pub(super) async fn clear_it(stage: &mut Stage, account: &str) -> anyhow::Result<()> {
    stage.story.heading("Two days later the review clears it");
    stage.story.say("The clock of the program is the tester's:");
    let two_days = json!({ "by": "P2D" });
    let call = Call::control(Method::POST, &stage.program, "/clock/advance", two_days);
    stage.make(call.showing(&["now"])).await?;
    stage.story.say("So is the word of the outside world:");
    let cleared = decide(stage, account, "clearOfac").await?;
    expect_at(&cleared, "/status", &json!("normal"))?;
    stage
        .story
        .say("The enrollment has completed by itself, cards and all, and the webhook says so:");
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    let cards = "/accounts/0/events/0/account/accountHolders/0/paymentInstruments";
    let cards = received.body.pointer(cards).and_then(Json::as_array).context("no cards")?;
    anyhow::ensure!(cards.len() == 2, "two cards are expected, not {}", cards.len());
    expect_told(&received.body, account, "normal")?;
    stage.story.say("A token lives for a day, and two have passed. The partner takes a new one:");
    meeting::get_token(stage).await
}

/// Another one is the very person on the list.
pub(super) async fn fail_another(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("Another review ends badly");
    let account = matched(stage).await?;
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, &account, "pending")?;
    let failed = decide(stage, &account, "failOfac").await?;
    expect_at(&failed, "/status", &json!("locked"))?;
    stage.story.say("It is declined for good, and this too is told:");
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, &account, "locked")
}

async fn decide(stage: &Stage, account: &str, action: &str) -> anyhow::Result<Json> {
    let path = format!("/accounts/{account}/actions");
    let body = json!({ "action": action });
    let call = Call::control(Method::POST, &stage.program, &path, body);
    stage.make(call.showing(STANDING_SHOWN)).await
}
