//! A person becomes a customer: how every chapter comes by one.

use anyhow::{Context, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::applicant::Applicant;
use super::stage::{Call, Customer, Stage, expect_at, text_at};
use super::{ACCOUNT_SHOWN, CARDS, WEBHOOK_KEY, WEBHOOK_SHOWN};

/// Invents somebody whose enrollment is approved.
pub(super) async fn invent(stage: &mut Stage) -> anyhow::Result<Json> {
    stage.story.heading("Somebody applies");
    stage.story.say("The control API invents a person whose data are valid:");
    invented(stage, json!({}), &["userData.profileData", "userData.phoneNumbers"]).await
}

/// A person with this outcome, or an approved one; tells these members.
pub(super) async fn invented(stage: &Stage, wish: Json, shown: &[&str]) -> anyhow::Result<Json> {
    let call = Call::control(Method::POST, &stage.program, "/people", wish);
    let invented = stage.make(call.expecting(StatusCode::CREATED).showing(shown)).await?;
    Ok(invented["userData"].clone())
}

/// Enrolls the person, who becomes the story's customer.
pub(super) async fn enroll(
    stage: &mut Stage,
    person: &Json,
    verified: Option<String>,
) -> anyhow::Result<()> {
    stage.story.heading("The person becomes a customer, with a physical card");
    stage.story.say(
        "Personal data travels sealed (EC_v1). This container opens with the program's private \
         key, and only for this program code and this request id:",
    );
    let mut applicant = Applicant::new(person, stage)?;
    if let Some(verification) = verified {
        applicant = applicant.verified(verification);
    }
    let answer = stage.make(applicant.enrollment(&stage.program).showing(ACCOUNT_SHOWN)).await?;
    expect_at(&answer, "/account/status", &json!("normal"))?;
    expect_at(&answer, &format!("{CARDS}/0/paymentInstrumentType"), &json!("virtual"))?;
    expect_at(&answer, &format!("{CARDS}/1/paymentInstrumentType"), &json!("emv"))?;
    let card = |at: usize| text_at(&answer, &format!("{CARDS}/{at}/paymentInstrumentIdentifier"));
    let user = "/account/accountHolders/0/user/userIdentifier";
    stage.customer = Some(Customer {
        account: text_at(&answer, "/account/accountIdentifier")?.to_owned(),
        user: text_at(&answer, user)?.to_owned(),
        screen: card(0)?.to_owned(),
        plastic: card(1)?.to_owned(),
    });
    Ok(())
}

/// The customer's enrollment is told.
pub(super) async fn hear_of_it(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("A webhook tells the partner");
    stage.story.say(
        "It counts as delivered once the receiver answers with the same request id and code 0.",
    );
    let account = customer(stage)?.account;
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    ensure!(received.header("API-Key") == Some(WEBHOOK_KEY), "the webhook shows another API key");
    expect_told(&received.body, &account, "normal")
}

/// The story's customer.
pub(super) fn customer(stage: &Stage) -> anyhow::Result<Customer> {
    stage.customer.clone().context("nobody has enrolled yet")
}

/// The webhook of an account in this status.
pub(super) fn expect_told(webhook: &Json, account: &str, status: &str) -> anyhow::Result<()> {
    expect_at(webhook, "/accounts/0/accountIdentifier", &json!(account))?;
    expect_at(webhook, "/accounts/0/events/0/eventType", &json!("accountUpdated"))?;
    expect_at(webhook, "/accounts/0/events/0/account/status", &json!(status))
}
