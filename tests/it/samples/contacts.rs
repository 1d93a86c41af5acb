//! Samples of Optional API Add-Ons: contacts, addresses, cards in the mail.

use serde_json::{Value as Json, json};

use crate::mail_tracking::{delivery, moved, plastic};
use crate::support::money::{Money, money_account};
use crate::support::{Answer, Partner, TestSim, guid};

/// A contact verification with the code 123456; its answer and its identifier.
async fn verification(sim: &TestSim) -> (Partner, Answer, String) {
    let fixed = json!({ "contactVerification": { "code": "123456" } });
    sim.control("PUT", "wf", fixed).await.expect(200);
    let partner = sim.partner("wf").await;
    let body = json!({
        "accountIdentifier": guid(), "verificationEventType": "registration",
        "contactType": "phone", "communicationType": "sms", "contactHandle": "6265550101",
        "firstName": "Jane", "lastName": "Doe", "productCode": "50400",
        "retailCardIdentifier": "7",
    });
    let answer = partner.call("POST", "/contactVerifications", &guid(), body).await.expect(200);
    let id = answer.body["contactVerificationIdentifier"].as_str().unwrap().to_owned();
    (partner, answer, id)
}

/// A code is sent.
pub async fn generated(sim: &TestSim) -> Json {
    verification(sim).await.1.body
}

/// The code is right.
pub async fn checked(sim: &TestSim) -> Json {
    let (partner, _, id) = verification(sim).await;
    let body = json!({ "contactVerificationIdentifier": id, "verificationCode": "123456" });
    let path = format!("/contactVerifications/{id}");
    partner.call("PUT", &path, &guid(), body).await.expect(200).body
}

/// Of a verification that is open.
pub async fn status(sim: &TestSim) -> Json {
    let (partner, _, id) = verification(sim).await;
    partner.get(&format!("/verification/status/{id}")).await.expect(200).body
}

/// An address that is good.
pub async fn address_verified(sim: &TestSim) -> Json {
    let body = json!({
        "addressLine1": "123 Timbuktu St", "addressLine2": "", "city": "Pasadena", "state": "CA",
        "zipCode": "91107",
    });
    let partner = sim.partner("wf").await;
    partner.call("POST", "/addressVerification", &guid(), body).await.expect(200).body
}

async fn mailed(sim: &TestSim) -> (Money, String) {
    let money = money_account(sim, "wf").await;
    let card = plastic(&money).await;
    (money, card)
}

/// The card is being made.
pub async fn delivery_printing(sim: &TestSim) -> Json {
    let (money, card) = mailed(sim).await;
    moved(sim, &money, "printCard").await;
    delivery(sim, &money, &card).await.expect(200).body
}

/// Nothing is known of the card yet.
pub async fn delivery_unavailable(sim: &TestSim) -> Json {
    let (money, card) = mailed(sim).await;
    delivery(sim, &money, &card).await.expect_refused(200, "11/1200").body
}

/// The card has come, and is in use.
pub async fn delivery_activated(sim: &TestSim) -> Json {
    let (money, card) = mailed(sim).await;
    moved(sim, &money, "printCard").await;
    let path = format!("/paymentInstruments/{card}/lifecycleEvent");
    let body = json!({ "lifecycleEventType": "activate" });
    money.call("PUT", &path, body).await.expect(200);
    let answer = delivery(sim, &money, &card).await.expect(200).body;
    assert_eq!(answer["deliveryStatus"], "Card Received and Activated");
    answer
}
