//! What the guide's flow does without: the identity check. It asks for documents, the customer
//! shows some, and the registration is completed.

use reqwest::{Method, StatusCode};
use serde_json::{Value as Json, json};

use super::applicant::Applicant;
use super::enrolling::{expect_told, invented};
use super::stage::{Call, Stage, expect_at, text_at};
use super::{ACCOUNT_SHOWN, CARDS, WEBHOOK_SHOWN};

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    let (account, user) = ask_for_documents(stage).await?;
    show_documents(stage, &account, &user).await?;
    complete(stage, &account).await
}

/// Gives the account and its user.
async fn ask_for_documents(stage: &mut Stage) -> anyhow::Result<(String, String)> {
    stage.story.heading("The identity check asks for documents");
    stage.story.say(
        "With executeKycFlag the identity is checked. The control API invents somebody of whom \
         the identity source does not know enough:",
    );
    let person = invented(stage, json!({ "outcome": "idvNeeded" }), &["outcome"]).await?;
    let applicant = Applicant::new(&person, stage)?.with_kyc();
    let call =
        applicant.enrollment(&stage.program).saying("the person sealed, executeKycFlag true");
    let answer = stage.make(call.expecting_code(1).showing(ACCOUNT_SHOWN)).await?;
    let user = "/account/accountHolders/0/user";
    expect_at(&answer, &format!("{user}/kycStateData/kycPendingGate"), &json!("idv"))?;
    let account = text_at(&answer, "/account/accountIdentifier")?.to_owned();
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, &account, "pending")?;
    Ok((account, text_at(&answer, &format!("{user}/userIdentifier"))?.to_owned()))
}

async fn show_documents(stage: &mut Stage, account: &str, user: &str) -> anyhow::Result<()> {
    stage.story.heading("The customer shows a passport");
    stage.story.say("The partner asks for a token, with which its app starts the vendor's camera:");
    let own = stage.path(&format!("/accounts/{account}/users/{user}"));
    let answer =
        stage.make(Call::new(Method::POST, format!("{own}/socureDocumentRequest"))?).await?;
    let token = text_at(&answer, "/docvTransactionToken")?;
    stage.story.say("What the camera sees is a tester's word:");
    let good = json!({ "outcome": "accept" });
    let path = format!("/documents/{token}");
    let document = stage.make(Call::control(Method::POST, &stage.program, &path, good)).await?;
    stage.story.say("The app hands the document in:");
    let uuid = json!({ "documentUuid": text_at(&document, "/documentUuid")? });
    let call = Call::new(Method::POST, format!("{own}/kycGates/idvUuid"))?.with(uuid);
    let passed = stage.make(call.expecting(StatusCode::CREATED)).await?;
    expect_at(&passed, "/kycStatus", &json!("passed"))?;
    stage.webhook(WEBHOOK_SHOWN).await?;
    Ok(())
}

async fn complete(stage: &mut Stage, account: &str) -> anyhow::Result<()> {
    stage.story.heading("The registration is completed");
    stage.story.say("Cards and cycle day come with the partner's next call:");
    let path = stage.path(&format!("/accounts/{account}/paymentInstruments"));
    let call = Call::new(Method::POST, path)?.with(json!({})).showing(ACCOUNT_SHOWN);
    let answer = stage.make(call).await?;
    expect_at(&answer, "/account/status", &json!("normal"))?;
    expect_at(&answer, &format!("{CARDS}/1/paymentInstrumentType"), &json!("emv"))?;
    let received = stage.webhook(WEBHOOK_SHOWN).await?;
    expect_told(&received.body, account, "normal")?;
    let holder: &Json = &received.body["accounts"][0]["events"][0]["account"]["accountHolders"][0];
    expect_at(holder, "/user/kycStateData/kycStatus", &json!("passed"))
}
