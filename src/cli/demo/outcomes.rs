//! The other outcomes of an enrollment: invalid input, one that stops half-way and is completed by
//! the same call, and a match on the sanctions list, cleared and not cleared.

use anyhow::ensure;
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::applicant::Applicant;
use super::enrolling::{expect_told, invented};
use super::stage::{Call, Stage, expect_at, text_at};
use super::{ACCOUNT_SHOWN, CARDS, SEALED, WEBHOOK_SHOWN, sanctions};

/// What is worth telling of a person.
const NAMES: &[&str] = &["userData.profileData.firstName", "userData.profileData.lastName"];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    refuse(stage).await?;
    let applicant = stop_half_way(stage).await?;
    let account = look_at_the_half(stage).await?;
    complete_it(stage, &applicant, &account).await?;
    let account = sanctions::match_the_list(stage).await?;
    sanctions::clear_it(stage, &account).await?;
    sanctions::fail_another(stage).await
}

async fn refuse(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("An enrollment that is refused");
    stage.story.say("Somebody is invented whose birth date will not do:");
    let shown = ["userData.identifyingData.dateOfBirth"];
    let person = invented(stage, json!({ "outcome": "inputInvalid" }), &shown).await?;
    let applicant = Applicant::new(&person, stage)?;
    let call = applicant.enrollment(&stage.program).saying(SEALED);
    let answer = stage.make(call.expecting(StatusCode::BAD_REQUEST)).await?;
    expect_at(&answer, "/responseDetails/0/code", &json!(700))?;
    ensure!(answer.get("account").is_none(), "a refused enrollment shows an account");
    stage.all_heard().await?;
    stage.story.say("Nothing was made, and so no webhook comes.");
    Ok(())
}

async fn stop_half_way(stage: &mut Stage) -> anyhow::Result<Applicant> {
    stage.story.heading("An enrollment that stops half-way");
    stage.story.say("Somebody else is invented, and a fault is laid for the next enrollment:");
    let person = invented(stage, json!({}), NAMES).await?;
    let rule = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
    let call = Call::control(Method::POST, &stage.program, "/faults", rule);
    stage.make(call.expecting(StatusCode::CREATED).showing(&["faultId"])).await?;

    let applicant = Applicant::new(&person, stage)?;
    let call = applicant.enrollment(&stage.program).saying(SEALED);
    let call = call.expecting(StatusCode::SERVICE_UNAVAILABLE);
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account", &json!({}))?;
    expect_at(&answer, "/responseDetails/0/code", &json!(503))?;
    Ok(applicant)
}

/// Gives the account, which the answer did not name.
async fn look_at_the_half(stage: &mut Stage) -> anyhow::Result<String> {
    stage.story.heading("What it left behind");
    stage.story.say("The answer names no account, but a tester can find it:");
    let call = Call::control(Method::GET, &stage.program, "/accounts?status=pending", Json::Null);
    let answer = stage.make(call.showing(&["accounts"])).await?;
    let account = text_at(&answer, "/accounts/0/accountIdentifier")?;

    stage.story.say("It has no cards and no cycle day yet:");
    let call = Call::new(Method::GET, stage.path(&format!("/accounts/{account}")))?;
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("pending"))?;
    expect_at(&answer, "/account/statusReasons/0", &json!("registrationNotComplete"))?;
    expect_at(&answer, "/account/accountCycleDay", &Json::Null)?;
    expect_at(&answer, CARDS, &json!([]))?;
    Ok(account.to_owned())
}

async fn complete_it(
    stage: &mut Stage,
    applicant: &Applicant,
    account: &str,
) -> anyhow::Result<()> {
    stage.story.heading("The same call again completes it");
    stage.story.say("The request id tells the simulator that this is the enrollment it knows:");
    let call = applicant.enrollment(&stage.program).saying("byte for byte the same");
    let answer = stage.make(call.showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/accountIdentifier", &json!(account))?;
    expect_at(&answer, "/account/status", &json!("normal"))?;
    stage.story.say("Only now the partner is told:");
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, account, "normal")
}
