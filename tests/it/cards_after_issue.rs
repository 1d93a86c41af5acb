//! Cards after they are issued: reading, activating, PINs, pauses, replacements.

use std::sync::Arc;

use futures_util::future::join_all;
use piebox::crypto::{Binding, Container, KeyPair, open};
use piebox::domains::accounts::model::EmbossType;
use serde_json::{Value as Json, json};

use crate::support::money::{Money, history, money_account};
use crate::support::{Answer, Engine, TestSim, enrollment, guid, on_both_engines};

/// The partner's key pair in these tests.
fn pair() -> KeyPair {
    KeyPair::from_seed([9; 32])
}

/// A program whose answers are sealed.
pub async fn sealing(sim: &TestSim) {
    let key = json!({ "encryption": { "partnerPublicKey": pair().public().spki_base64() } });
    sim.control("PUT", "wf", key).await.expect(200);
}

/// The cards of an account, as their list shows them.
pub async fn list(money: &Money) -> Vec<Json> {
    let answer = money.call("GET", "/paymentInstruments", Json::Null).await.expect(200);
    answer.body["paymentInstruments"].as_array().unwrap().clone()
}

/// `type status` of each card.
async fn states(money: &Money) -> Vec<String> {
    let text = |card: &Json, member: &str| card[member].as_str().unwrap().to_owned();
    let line =
        |card: &Json| format!("{} {}", text(card, "paymentInstrumentType"), text(card, "status"));
    list(money).await.iter().map(line).collect()
}

pub fn id(card: &Json) -> String {
    card["paymentInstrumentIdentifier"].as_str().unwrap().to_owned()
}

/// GET of one card with the newer version of access.
async fn read_with(money: &Money, card: &str, query: &str) -> Answer {
    read_as(money, card, query, ("2.0", &guid())).await
}

async fn read_as(money: &Money, card: &str, query: &str, given: (&str, &str)) -> Answer {
    let authorization = format!("Bearer {}", money.partner.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("x-gd-requestid", given.1),
        ("baas-version", given.0),
    ];
    let program = &money.partner.program;
    let path = format!("/programs/{program}{}/paymentInstruments/{card}{query}", money.path);
    money.bare("GET", &path, &headers).await
}

/// What is printed on a card, as the partner reads it.
pub async fn printed(money: &Money, card: &str) -> Json {
    let query = "?usage=cardholder&IpAddress=192.0.2.7&pciData=pan,cvv&pciData=expirationDate";
    let request_id = guid();
    let answer = read_as(money, card, query, ("2.0", &request_id)).await.expect(200);
    opened(&answer, &request_id)
}

fn opened(answer: &Answer, request_id: &str) -> Json {
    let sealed = &answer.body["paymentInstrument"]["encryptedPrivatePaymentInstrumentData"];
    let container: Container = serde_json::from_value(sealed.clone()).unwrap();
    let binding = Binding { program_code: "wf", request_id };
    serde_json::from_slice(&open(&container, &pair(), binding).unwrap()).unwrap()
}

async fn event(money: &Money, card: &str, body: Json) -> Answer {
    money.call("PUT", &format!("/paymentInstruments/{card}/lifecycleEvent"), body).await
}

async fn pause(money: &Money, card: &str) -> Answer {
    event(money, card, json!({ "lifecycleEventType": "pause" })).await
}

async fn unpause(money: &Money, card: &str) -> Answer {
    event(money, card, json!({ "lifecycleEventType": "unpause" })).await
}

/// The new card.
async fn replace(money: &Money, card: &str, reason: &str) -> Json {
    let body = json!({ "lifecycleEventType": "replace", "replaceReason": reason });
    event(money, card, body).await.expect(200).body["paymentInstrument"].clone()
}

async fn activate(money: &Money, card: &str, data: &Json) -> Answer {
    let path = format!("/paymentInstruments/{card}/activateCard");
    money.call("POST", &path, json!({ "cardData": data })).await
}

async fn set_pin(money: &Money, card: &str, pin: &str) -> Answer {
    let body = json!({ "pin": pin, "channel": "Mobile" });
    money.call("PUT", &format!("/paymentInstruments/{card}"), body).await
}

async fn verify(money: &Money, card: &str, pin: &str) -> Answer {
    let path = format!("/paymentInstruments/{card}/verifyPin");
    money.call("POST", &path, json!({ "pin": pin })).await
}

/// Types of the events about an account, oldest first.
async fn types(sim: &TestSim, money: &Money) -> Vec<String> {
    let events = sim.events_of("wf", &money.account).await;
    let numbers: Vec<i64> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
    assert!(numbers.iter().copied().eq(1..=events.len() as i64), "{numbers:?}");
    events.iter().map(|it| it["eventType"].as_str().unwrap().to_owned()).collect()
}

/// An account, its virtual card and its plastic.
pub async fn carded(sim: &TestSim) -> (Money, String, String) {
    sim.partner("wf").await;
    sealing(sim).await;
    let money = money_account(sim, "wf").await;
    let cards = list(&money).await;
    (money, id(&cards[0]), id(&cards[1]))
}

/// Whether an authorization with the card is approved, or why not.
async fn authorized(sim: &TestSim, money: &Money, card: &str) -> String {
    let action = json!({
        "action": "authorize", "amount": 1, "merchant": "Corner Cafe",
        "paymentInstrumentIdentifier": card,
    });
    let answer = sim.act("wf", &money.account, action).await.expect(200);
    let row = &answer.body["transactions"][0];
    let data = row["authorizedTransactionData"].as_object();
    let reason = data.and_then(|data| data.get("declineReason")).and_then(Json::as_str);
    reason.unwrap_or(row["transactionStatus"].as_str().unwrap()).to_owned()
}

on_both_engines! {
    async fn crd_1_cards_are_listed_and_read_with_private_data_on_request(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        let cards = list(&money).await;
        assert_eq!(states(&money).await, ["virtual activated", "emv notActivated"]);
        let path = format!("/paymentInstruments/{plastic}");
        let read = money.call("GET", &path, Json::Null).await.expect(200);
        assert_eq!(read.body["paymentInstrument"], cards[1]);
        let on_account = &money.read().await["accountHolders"][0]["paymentInstruments"];
        for member in ["paymentIdentifier", "status", "last4Pan", "isPrivateDataViewable"] {
            assert_eq!(cards[0][member], on_account[0][member], "{member}");
        }
        // Asked for without the header, it is left out.
        let asked = "?usage=cardholder&IpAddress=192.0.2.7&pciData=pan";
        let answer = read_as(&money, &screen, asked, ("1.0", &guid())).await.expect(200);
        let private = "encryptedPrivatePaymentInstrumentData";
        assert!(answer.body["paymentInstrument"].get(private).is_none());
        let answer = read_with(&money, &screen, "").await.expect(200);
        assert!(answer.body["paymentInstrument"].get(private).is_none());
        // With it, what was asked for and nothing else.
        let request_id = guid();
        let answer = read_as(&money, &screen, asked, ("2.0", &request_id)).await.expect(200);
        let pan = opened(&answer, &request_id);
        assert_eq!(pan.as_object().unwrap().len(), 1);
        let all = printed(&money, &plastic).await;
        assert_eq!(all["pan"], pan["pan"]);
        assert_eq!(all["cvv"].as_str().unwrap().len(), 3);
        assert_eq!((&all["expirationMonth"], &all["expirationYear"]), (&json!(5), &json!(2035)));
        for (query, says) in [
            ("?pciData=pan", "usage"),
            ("?pciData=pan&usage=cardholder", "IpAddress"),
            ("?pciData=pan&usage=cardholder&IpAddress=x", "IpAddress"),
            ("?pciData=pin&usage=partner", "pciData"),
        ] {
            let refused = read_with(&money, &screen, query).await.expect_refused(400, "400/0");
            assert!(refused.description().starts_with(says), "{}", refused.text);
        }
        let off = json!({ "encryption": { "mode": "off" } });
        sim.control("PUT", "wf", off).await.expect(200);
        read_with(&money, &screen, "?pciData=pan&usage=partner").await.expect_refused(400, "101/0");
        let unknown = format!("/paymentInstruments/{}", guid());
        money.call("GET", &unknown, Json::Null).await.expect_refused(404, "10/1");
        money.call("GET", "/paymentInstruments/x", Json::Null).await.expect_refused(400, "400/0");
        let other = format!("/accounts/{}/paymentInstruments", guid());
        money.partner.get(&other).await.expect_refused(404, "10/0");
    }

    async fn crd_1_card_data_activates_a_card_after_any_number_of_attempts(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        let data = printed(&money, &plastic).await;
        let with = |member: &str, value: Json| {
            let mut other = data.clone();
            other[member] = value;
            other
        };
        for (member, value) in [
            ("pan", json!("414720000000000")),
            ("pan", json!("41472000000000000")),
            ("pan", json!("41472000 0000000")),
            ("pan", Json::Null),
            ("cvv", json!("12")),
            ("expirationMonth", json!(13)),
            ("expirationYear", Json::Null),
        ] {
            let refused = activate(&money, &plastic, &with(member, value)).await;
            let refused = refused.expect_refused(400, "400/0");
            assert!(!refused.text.contains("414720"), "{}", refused.text);
        }
        for number in 0..20 {
            let wrong = with("cvv", json!(format!("{number:03}")));
            if wrong != data {
                activate(&money, &plastic, &wrong).await.expect_refused(400, "400/0");
            }
        }
        // The data of the virtual card is not that of the plastic.
        let other = printed(&money, &screen).await;
        activate(&money, &plastic, &other).await.expect_refused(400, "400/0");
        assert_eq!(states(&money).await, ["virtual activated", "emv notActivated"]);
        let request_id = guid();
        let sealed = money.partner.seal(&request_id, &data).await;
        let path = format!("{}/activateCard", money.path);
        let body = json!({ "encryptedCardData": sealed });
        let done = money.partner.call("POST", &path, &request_id, body).await.expect(200);
        assert_eq!(done.body["paymentInstrumentIdentifier"], json!(plastic));
        assert_eq!(states(&money).await, ["virtual activated", "emv activated"]);
        assert_eq!(types(&sim, &money).await, ["accountUpdated", "accountUpdated"]);
        // Once more changes nothing.
        activate(&money, &plastic, &data).await.expect(200);
        assert_eq!(types(&sim, &money).await.len(), 2);
        let check = format!("/paymentInstruments/{plastic}/validateCard");
        let good = json!({ "cardData": { "cvv": data["cvv"] } });
        let valid = money.call("POST", &check, good).await.expect(200);
        assert_eq!(valid.body["isCardValid"], true);
        let bad = json!({ "cardData": { "cvv": data["cvv"], "pan": "4147200000000000" } });
        assert_eq!(money.call("POST", &check, bad).await.expect(200).body["isCardValid"], false);
        let none = json!({ "cardData": { "pan": data["pan"] } });
        money.call("POST", &check, none).await.expect_refused(400, "400/0");
    }

    async fn crd_1_no_card_comes_into_use_where_fraud_is_suspected(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, _, plastic) = carded(&sim).await;
        let data = printed(&money, &plastic).await;
        for status in ["restricted", "locked"] {
            let body = json!({ "status": status, "statusReason": "potentialFraud", "notes": "n" });
            money.call("PUT", "/status", body).await.expect(200);
            let refused = activate(&money, &plastic, &data).await.expect_refused(200, "4/50");
            assert_eq!(refused.description(), "Suspected Fraud");
            let healthy = json!({ "status": "normal", "statusReason": "healthy", "notes": "n" });
            money.call("PUT", "/status", healthy).await.expect(200);
        }
        activate(&money, &plastic, &data).await.expect(200);
    }

    async fn crd_1_a_pin_is_set_told_and_verified_and_never_shown(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        verify(&money, &screen, "4821").await.expect_refused(400, "400/0");
        for pin in ["482", "48211", "48a1", ""] {
            set_pin(&money, &plastic, pin).await.expect_refused(400, "400/0");
        }
        let path = format!("/paymentInstruments/{plastic}");
        let body = json!({ "pin": "4821", "channel": "Fax" });
        money.call("PUT", &path, body).await.expect_refused(400, "400/0");
        money.call("PUT", &path, json!({})).await.expect_refused(400, "400/0");
        let request_id = guid();
        let sealed = money.partner.seal(&request_id, &json!({ "pin": "4821" })).await;
        let body = json!({ "encryptedPin": sealed, "channel": "IVR" });
        let full = format!("{}{path}", money.path);
        money.partner.call("PUT", &full, &request_id, body).await.expect(200);
        // The number has it: the virtual card as well.
        for card in [&screen, &plastic] {
            let verdict = async |pin| verify(&money, card, pin).await.expect(200).body;
            assert_eq!(verdict("4821").await["isPinValid"], true);
            assert_eq!(verdict("4822").await["isPinValid"], false);
        }
        assert!(list(&money).await.iter().all(|card| card["isPinSet"] == true));
        let told = ["accountUpdated", "atmPinUpdate", "accountUpdated"];
        assert_eq!(types(&sim, &money).await, told);
        let event = sim.events_of("wf", &money.account).await[1]["event"].clone();
        assert_eq!(event["paymentInstrumentIdentifier"], json!(plastic));
        // Another PIN takes its place; what the account shows stays, so it is told once.
        set_pin(&money, &screen, "1357").await.expect(200);
        assert_eq!(types(&sim, &money).await.len(), 4);
        assert_eq!(verify(&money, &plastic, "4821").await.expect(200).body["isPinValid"], false);
        assert_eq!(verify(&money, &plastic, "1357").await.expect(200).body["isPinValid"], true);
        for text in [sim.dump().await, json!(sim.events("wf").await).to_string()] {
            assert!(!text.contains("\"4821\"") && !text.contains("\"1357\""));
        }
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        verify(&money, &plastic, "1357").await.expect_refused(400, "101/0");
        set_pin(&money, &plastic, "1357").await.expect_refused(400, "101/0");
    }

    async fn crd_1_the_pin_given_when_enrolling_is_the_one_that_is_verified(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, ..) = carded(&sim).await;
        let request_id = guid();
        let mut body = enrollment(&sim.person("wf").await);
        let sealed = money.partner.seal(&request_id, &json!({ "pin": "2468" })).await;
        body["encryptedPin"] = json!(sealed);
        let account = money.partner.enroll(&request_id, &body).await.expect(200).account_id();
        let money = money.with(account);
        let plastic = id(&list(&money).await[1]);
        assert_eq!(verify(&money, &plastic, "2468").await.expect(200).body["isPinValid"], true);
        // A new number begins without one, though the holder had one.
        let new = id(&replace(&money, &plastic, "lost").await);
        verify(&money, &new, "2468").await.expect_refused(400, "400/0");
        verify(&money, &plastic, "2468").await.expect_refused(400, "400/0");
    }

    async fn crd_1_a_paused_card_declines_until_it_goes_on(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        money.credit("50").await;
        let refused = pause(&money, &plastic).await.expect_refused(200, "4/313");
        assert_eq!(refused.description(), "Cannot pause card");
        unpause(&money, &plastic).await.expect(200);
        activate(&money, &plastic, &printed(&money, &plastic).await).await.expect(200);
        assert_eq!(authorized(&sim, &money, &screen).await, "pending");
        let paused = pause(&money, &plastic).await.expect(200).body["paymentInstrument"].clone();
        assert_eq!(paused["status"], "blocked");
        assert_eq!(paused["statusReasons"], json!(["customerInitiatedHold"]));
        assert!(paused["cardPausedDateTime"].is_string());
        // Both forms bear one number.
        assert_eq!(states(&money).await, ["virtual blocked", "emv blocked"]);
        for card in [&screen, &plastic] {
            let declined = authorized(&sim, &money, card).await;
            assert!(!["pending", "completed"].contains(&declined.as_str()), "{declined}");
        }
        assert_eq!(history(&money, "").await[0]["transactionStatus"], "pending");
        pause(&money, &plastic).await.expect_refused(200, "4/313");
        // A block of the account lies over the pause and leaves it as it was.
        let locked = json!({ "status": "locked", "statusReason": "potentialFraud", "notes": "n" });
        money.call("PUT", "/status", locked).await.expect(200);
        let reasons = &list(&money).await[1]["paymentInstrumentStatusReasons"].clone();
        assert_eq!(*reasons, json!(["accountBlock"]));
        unpause(&money, &plastic).await.expect_refused(200, "4/105");
        pause(&money, &plastic).await.expect_refused(200, "4/105");
        set_pin(&money, &plastic, "1234").await.expect_refused(200, "4/105");
        let healthy = json!({ "status": "normal", "statusReason": "healthy", "notes": "n" });
        money.call("PUT", "/status", healthy).await.expect(200);
        assert_eq!(list(&money).await[1], paused);
        unpause(&money, &screen).await.expect(200);
        let before = types(&sim, &money).await.len();
        unpause(&money, &screen).await.expect(200);
        assert_eq!(types(&sim, &money).await.len(), before);
        assert_eq!(authorized(&sim, &money, &plastic).await, "pending");
        assert!(list(&money).await[1].get("cardPausedDateTime").is_none());
        for (body, says) in [
            (json!({ "lifecycleEventType": "stop" }), "lifecycleEventType"),
            (json!({ "lifecycleEventType": "replace" }), "replaceReason"),
            (json!({}), "The request body: missing field `lifecycleEventType`"),
        ] {
            let refused = event(&money, &plastic, body).await.expect_refused(400, "400/0");
            assert!(refused.description().starts_with(says), "{}", refused.text);
        }
        money.audited().await;
    }

    async fn crd_1_a_lost_card_ends_with_its_number(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        money.credit("50").await;
        set_pin(&money, &plastic, "1234").await.expect(200);
        let told = types(&sim, &money).await.len();
        let old = list(&money).await;
        for reason in ["lost", "stolen"] {
            let before = list(&money).await;
            let last = before.last().unwrap();
            let new = replace(&money, &id(last), reason).await;
            assert_ne!(new["paymentIdentifier"], last["paymentIdentifier"]);
            assert_eq!((&new["status"], &new["isPinSet"]), (&json!("notActivated"), &json!(false)));
        }
        let expected = [
            "virtual closed", "emv closed", "virtual closed", "emv closed", "virtual activated",
            "emv notActivated",
        ];
        assert_eq!(states(&money).await, expected);
        assert_ne!(list(&money).await[4]["last4Pan"], old[0]["last4Pan"]);
        assert_ne!(authorized(&sim, &money, &plastic).await, "pending");
        let screen_now = id(&list(&money).await[4]);
        assert_eq!(authorized(&sim, &money, &screen_now).await, "pending");
        let body = json!({ "lifecycleEventType": "replace", "replaceReason": "lost" });
        event(&money, &screen, body).await.expect_refused(400, "400/0");
        set_pin(&money, &plastic, "1234").await.expect_refused(400, "400/0");
        activate(&money, &plastic, &printed(&money, &plastic).await)
            .await
            .expect_refused(400, "400/0");
        let types = types(&sim, &money).await;
        let replaced = ["accountUpdated", "cardUpdate", "accountUpdated", "cardUpdate"];
        assert_eq!(types[told..told + 4], replaced);
        let events = sim.events_of("wf", &money.account).await;
        let event = &events[told + 1]["event"]["paymentInstrument"];
        assert_eq!(event["embossType"], EmbossType::LostOrStolen.as_str());
        let members = ["paymentInstrumentType", "productMaterialType", "cardIssueSource"];
        assert_eq!(members.map(|member| &event[member]), ["emv", "pvc", "mailer"]);
        money.audited().await;
    }

    async fn crd_1_damaged_plastic_keeps_its_number_and_works_until_the_new_one_does(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        activate(&money, &plastic, &printed(&money, &plastic).await).await.expect(200);
        let old = printed(&money, &plastic).await;
        let eligible = format!("/paymentInstruments/{screen}/replaceCardEligibility");
        let told = money.call("GET", &eligible, Json::Null).await.expect(200).body;
        assert_eq!(told["replaceReasons"], json!(["lost", "stolen"]));
        let body = json!({ "lifecycleEventType": "replace", "replaceReason": "damaged" });
        event(&money, &screen, body.clone()).await.expect_refused(400, "400/0");
        let mut gold = body.clone();
        gold["productMaterialType"] = json!("gold");
        event(&money, &plastic, gold).await.expect_refused(400, "431/2");
        // One request id replaces once.
        let request_id = guid();
        let path = format!("{}/paymentInstruments/{plastic}/lifecycleEvent", money.path);
        let call = async || money.partner.call("PUT", &path, &request_id, body.clone()).await;
        let new = call().await.expect(200).body["paymentInstrument"].clone();
        assert_eq!(call().await.expect(200).body["paymentInstrument"], new);
        let expected = ["virtual activated", "emv activated", "emv notActivated"];
        assert_eq!(states(&money).await, expected);
        sim.advance("wf", "P400D").await;
        let reissued = replace(&money, &plastic, "expired").await;
        for (card, year) in [(&new, 2035), (&reissued, 2036)] {
            let data = printed(&money, &id(card)).await;
            assert_eq!((&data["pan"], &data["expirationYear"]), (&old["pan"], &json!(year)));
        }
        let mut embossed = sim.events_of("wf", &money.account).await;
        embossed.retain(|event| event["eventType"] == "cardUpdate");
        let types: Vec<&Json> =
            embossed.iter().map(|it| &it["event"]["paymentInstrument"]["embossType"]).collect();
        assert_eq!(types, ["REP", "REI"]);
        let data = printed(&money, &id(&reissued)).await;
        activate(&money, &id(&reissued), &data).await.expect(200);
        let expected =
            ["virtual activated", "emv deactivated", "emv deactivated", "emv activated"];
        assert_eq!(states(&money).await, expected);
        let eligible = format!("/paymentInstruments/{plastic}/replaceCardEligibility");
        let told = money.call("GET", &eligible, Json::Null).await.expect(200).body;
        assert_eq!(told["isEligible"], false);
    }

    async fn crd_2_activating_a_newer_card_deactivates_older_ones_never_activated(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let (money, _, plastic) = carded(&sim).await;
        let second = replace(&money, &plastic, "damaged").await;
        let third = replace(&money, &plastic, "damaged").await;
        // An older one coming into use leaves newer ones alone.
        let middle = json!({ "lifecycleEventType": "activate" });
        event(&money, &id(&second), middle.clone()).await.expect(200);
        let expected =
            ["virtual activated", "emv deactivated", "emv activated", "emv notActivated"];
        assert_eq!(states(&money).await, expected);
        event(&money, &plastic, middle.clone()).await.expect_refused(400, "400/0");
        event(&money, &id(&third), middle).await.expect(200);
        let expected =
            ["virtual activated", "emv deactivated", "emv deactivated", "emv activated"];
        assert_eq!(states(&money).await, expected);
    }

    // Proves CRD-1.
    async fn the_first_order_of_plastic_is_told_where_the_program_wants_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.partner("wf").await;
        let wish = json!({ "card": { "tellFirstOrder": true } });
        sim.control("PUT", "wf", wish).await.expect(200);
        let money = money_account(&sim, "wf").await;
        assert_eq!(types(&sim, &money).await, ["accountUpdated", "cardUpdate"]);
        let event = sim.last_event(&money).await["event"].clone();
        assert!(event["paymentInstrument"].get("embossType").is_none());
        assert_eq!(event["accountIdentifier"], json!(money.account));
        let cards = list(&money).await;
        for member in ["paymentInstrumentIdentifier", "status", "last4Pan", "issuedDateTime"] {
            assert_eq!(event["paymentInstrument"][member], cards[1][member], "{member}");
        }
        let mut body = enrollment(&sim.person("wf").await);
        body["requestPhysicalCardFlag"] = json!(false);
        let account = money.partner.enroll(&guid(), &body).await.expect(200).account_id();
        let told = sim.events_of("wf", &account).await;
        assert_eq!(told.len(), 1, "a virtual card is no order");
    }

    // Proves CRD-1.
    async fn of_activating_and_replacing_at_once_the_old_number_never_stays_in_use(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let (money, ..) = carded(&sim).await;
        for round in 0..5 {
            let cards = list(&money).await;
            let old = id(cards.last().unwrap());
            let data = printed(&money, &old).await;
            let other = sibling.as_ref().map_or_else(|| money.clone(), |it| money.at(it));
            let replacing = [(money.clone(), old.clone()), (other.clone(), old.clone())];
            let replacing = replacing.map(|(money, old)| {
                tokio::spawn(async move {
                    let body = json!({ "lifecycleEventType": "replace", "replaceReason": "lost" });
                    event(&money, &old, body).await
                })
            });
            let (activated, old) = (activate(&other, &old, &data).await, old);
            assert!([200, 400].contains(&activated.status), "{}", activated.text);
            let ended = join_all(replacing).await;
            let won = ended.iter().filter(|it| it.as_ref().unwrap().status == 200).count();
            assert_eq!(won, 1, "round {round}: one replacement of two");
            let cards = list(&money).await;
            assert_eq!(cards.len(), 2 * (round + 2));
            let card = cards.iter().find(|card| id(card) == old).unwrap();
            assert_eq!(card["status"], "closed");
            let living = cards.iter().filter(|card| card["status"] != "closed").count();
            assert_eq!(living, 2);
        }
        types(&sim, &money).await;
        money.audited().await;
    }

    // Proves CRD-1.
    async fn wrong_pins_in_parallel_change_nothing_and_shut_nobody_out(engine: Engine) {
        let sim = Arc::new(TestSim::start(engine).await);
        let (money, _, plastic) = carded(&sim).await;
        set_pin(&money, &plastic, "0000").await.expect(200);
        let attempts = (0..40).map(|number| {
            let (money, plastic) = (money.clone(), plastic.clone());
            tokio::spawn(async move {
                let pin = if number % 4 == 0 { "0000".to_owned() } else { format!("{number:04}") };
                let answer = verify(&money, &plastic, &pin).await.expect(200);
                assert_eq!(answer.body["isPinValid"], json!(pin == "0000"), "{pin}");
            })
        });
        for attempt in join_all(attempts.collect::<Vec<_>>()).await {
            attempt.unwrap();
        }
        assert_eq!(types(&sim, &money).await.len(), 3);
        // Of many PINs set at once exactly one holds, and each setting is told.
        let setting = (1..=8).map(|number| {
            let (money, plastic) = (money.clone(), plastic.clone());
            tokio::spawn(async move {
                set_pin(&money, &plastic, &format!("{number:04}")).await.expect(200);
            })
        });
        for attempt in join_all(setting.collect::<Vec<_>>()).await {
            attempt.unwrap();
        }
        let mut good = 0;
        for number in 0..=8 {
            let answer = verify(&money, &plastic, &format!("{number:04}")).await.expect(200);
            good += usize::from(answer.body["isPinValid"] == true);
        }
        assert_eq!(good, 1);
        assert_eq!(types(&sim, &money).await.len(), 11);
    }
}
