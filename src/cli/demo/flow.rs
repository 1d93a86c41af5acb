//! The guide's own flow: an applicant whose phone and address are verified, the enrollment, the
//! account, the card in a wallet, a welcome bonus, the history.

use anyhow::Context;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::enrolling::{self, customer};
use super::stage::{Call, Stage, expect_at, text_at};
use super::{CARDS, bonus, wallet};

/// What is worth telling of cards and of codes.
const CARD_SHOWN: &[&str] = &[
    "account.status",
    "account.directDepositInformation",
    "account.purses.availableBalance",
    "account.accountHolders.paymentInstruments.paymentInstrumentType",
    "account.accountHolders.paymentInstruments.last4Pan",
    "account.accountHolders.paymentInstruments.encryptedPrivatePaymentInstrumentData",
];
const CODE_SHOWN: &[&str] = &["contactHandle", "code", "state", "expiresAt"];

/// All of it.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    let person = enrolling::invent(stage).await?;
    let verified = verify_phone(stage, &person).await?;
    verify_address(stage, &person).await?;
    enrolling::enroll(stage, &person, Some(verified)).await?;
    enrolling::hear_of_it(stage).await?;
    read_it_back(stage).await?;
    wallet::play(stage).await?;
    bonus::give(stage).await?;
    bonus::look_back(stage).await
}

/// Gives the identifier of the verification.
async fn verify_phone(stage: &mut Stage, person: &Json) -> anyhow::Result<String> {
    stage.story.heading("The phone is verified");
    stage.story.say("An add-on that many partners call before they enroll. A code goes out:");
    let phone = text_at(person, "/phoneNumbers/0/number")?;
    let call = Call::new(Method::POST, stage.path("/contactVerifications"))?.with(json!({
        "contactType": "phone", "communicationType": "sms", "contactHandle": phone,
    }));
    let answer = stage.make(call).await?;
    let id = text_at(&answer, "/contactVerificationIdentifier")?;
    stage.story.say("No message is sent from here. A tester reads the code that it would hold:");
    let path = format!("/contactVerifications/{id}");
    let call = Call::control(Method::GET, &stage.program, &path, Json::Null);
    let sent = stage.make(call.showing(CODE_SHOWN)).await?;
    stage.story.say("The customer types it in:");
    let code = json!({ "verificationCode": text_at(&sent, "/code")? });
    stage.make(Call::new(Method::PUT, stage.path(&path))?.with(code)).await?;
    let path = stage.path(&format!("/verification/status/{id}"));
    let status = stage.make(Call::new(Method::GET, path)?).await?;
    expect_at(&status, "/contactVerificationStatus", &json!(1))?;
    Ok(id.to_owned())
}

async fn verify_address(stage: &mut Stage, person: &Json) -> anyhow::Result<()> {
    stage.story.heading("The address is verified");
    stage.story.say("So that the card does not come back. What is answered hangs on the address:");
    let home = person.pointer("/profileData/addresses/0").context("there is no address")?;
    let address = json!({
        "addressLine1": home["addressLine1"], "city": home["city"], "state": home["state"],
        "zipCode": home["zipCode"],
    });
    let call = Call::new(Method::POST, stage.path("/addressVerification"))?.with(address);
    let answer = stage.make(call).await?;
    expect_at(&answer, "/isValidAddress", &json!(true))
}

async fn read_it_back(stage: &mut Stage) -> anyhow::Result<()> {
    stage.story.heading("The partner reads the account, and the card in it");
    let request_id = super::stage::new_request_id()?;
    let path = stage.path(&format!("/accounts/{}", customer(stage)?.account));
    let call = Call::vendor(Method::GET, path, &request_id);
    let answer = stage.make(call.showing(CARD_SHOWN)).await?;
    expect_at(&answer, "/account/accountIdentifier", &json!(customer(stage)?.account))?;

    let card = answer.pointer(&format!("{CARDS}/0")).context("there is no card")?;
    let opened = stage.opened(&card["encryptedPrivatePaymentInstrumentData"], &request_id)?;
    let (pan, last4) = (text_at(&opened, "/pan")?, text_at(card, "/last4Pan")?);
    let hidden = pan.strip_suffix(last4).context("the card number does not end in last4Pan")?;
    let (cvv, stars) = (text_at(&opened, "/cvv")?.len(), |count| "*".repeat(count));
    stage.story.say(&format!(
        "The partner's private key opens the first container: card number {}{last4}, which ends \
         in last4Pan, valid until {}/{}, CVV {}.",
        stars(hidden.len()),
        opened["expirationMonth"],
        opened["expirationYear"],
        stars(cvv),
    ));
    Ok(())
}
