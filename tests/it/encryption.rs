//! EC_v1 at the border: what comes in sealed, what goes out sealed, and what does not open.

use piebox::crypto::{Binding, Container, KeyPair, open};
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, Partner, TestSim, enrollment, guid, on_both_engines};

/// An enrollment with the person sealed for this request id.
async fn sealed(partner: &Partner, request_id: &str, person: &Json) -> Json {
    let mut body = enrollment(person);
    body["user"] = json!({ "encryptedUserData": partner.seal(request_id, person).await });
    body
}

fn cards(answer: &Answer) -> Vec<Json> {
    let holder = &answer.body["account"]["accountHolders"][0];
    holder["paymentInstruments"].as_array().unwrap().clone()
}

on_both_engines! {
    async fn cry_1_sealed_user_data_is_opened_with_the_request_id_as_received(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("WF-2").await;
        for request_id in [guid(), guid().to_uppercase()] {
            let person = sim.person("WF-2").await;
            let body = sealed(&partner, &request_id, &person).await;
            let account =
                partner.enroll(&request_id, &body).await.expect(200).body["account"].clone();
            let user = &account["accountHolders"][0]["user"];
            assert_eq!(user["firstName"], person["profileData"]["firstName"]);
            let ssn = person["identifyingData"]["ssn"].as_str().unwrap();
            assert_eq!(user["last4Identity"], ssn[5..]);
        }
    }

    async fn cry_2_encryption_may_be_required_optional_or_off(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let pair = KeyPair::from_seed([3; 32]);
        for (mode, plain, container, shown) in
            [("required", 400, 200, true), ("optional", 200, 200, true), ("off", 200, 400, false)]
        {
            let encryption =
                json!({ "mode": mode, "partnerPublicKey": pair.public().spki_base64() });
            sim.control("PUT", "wf", json!({ "encryption": encryption })).await.expect(200);
            let person = sim.person("wf").await;
            let answer = partner.enroll(&guid(), &enrollment(&person)).await.expect(plain);
            if plain == 200 {
                let has_blob =
                    |card: &Json| card.get("encryptedPrivatePaymentInstrumentData").is_some();
                assert!(
                    cards(&answer).iter().all(|card| has_blob(card) == shown),
                    "{}",
                    answer.text
                );
            } else {
                answer.expect_refused(400, "101/0");
            }
            let (request_id, person) = (guid(), sim.person("wf").await);
            let body = sealed(&partner, &request_id, &person).await;
            let answer = partner.enroll(&request_id, &body).await.expect(container);
            if container != 200 {
                answer.expect_refused(400, "101/0");
            }
        }
        let nothing = json!({ "user": {}, "account": { "productCode": "50400" } });
        partner.enroll(&guid(), &nothing).await.expect_refused(400, "101/0");
    }

    async fn cry_3_what_does_not_open_is_refused_with_its_cause(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let (id, person) = (guid(), sim.person("wf").await);
        let good = sealed(&partner, &id, &person).await;
        let other_id = sealed(&partner, &guid(), &person).await;
        let change = |member: &str, value: &str| {
            let mut body = good.clone();
            body["user"]["encryptedUserData"][member] = json!(value);
            body
        };
        let data = good["user"]["encryptedUserData"]["data"].as_str().unwrap();
        let flipped = if data.starts_with('A') { "B" } else { "A" };
        let no_json = partner.seal(&id, &json!([1, 2])).await;
        let mut not_a_person = good.clone();
        not_a_person["user"]["encryptedUserData"] = json!(no_json);
        for (body, cause) in [
            (change("version", "EC_v2"), "EC_v2"),
            (
                change("publicKeyHash", "PiRV5ko8JYGxAtcNb9WV4aVg7aXIp8EsstmeUqqWzT8="),
                "publicKeyHash",
            ),
            (change("ephemeralPublicKey", "%%%"), "base64"),
            (change("ephemeralPublicKey", "AAAA"), "SubjectPublicKeyInfo"),
            (change("data", "not base64!"), "base64"),
            (change("data", "AAAA"), "short"),
            (change("data", &format!("{flipped}{}", &data[1..])), "X-GD-RequestId"),
            (other_id, "X-GD-RequestId"),
            (not_a_person, "JSON"),
        ] {
            let answer = partner.enroll(&id, &body).await.expect_refused(400, "101/0");
            assert!(answer.description().starts_with("user.encryptedUserData"), "{}", answer.text);
            assert!(answer.description().contains(cause), "{cause}: {}", answer.text);
        }
        let mut body = good.clone();
        body["user"]["encryptedUserData"]["surplus"] = json!(1);
        partner.enroll(&id, &body).await.expect_refused(400, "400/0");
        assert!(sim.events("wf").await.is_empty());

        let mut body = good.clone();
        body["encryptedPin"] = json!(partner.seal(&id, &json!({ "pin": "12345" })).await);
        partner.enroll(&id, &body).await.expect_refused(400, "400/0");
        partner.enroll(&id, &good).await.expect(200);
    }

    async fn cry_4_card_data_is_sealed_to_the_partner(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let pair = KeyPair::from_seed([9; 32]);
        let key = json!({ "encryption": { "partnerPublicKey": pair.public().spki_base64() } });
        sim.control("PUT", "wf", key).await.expect(200);
        let id = guid();
        let enrolled = partner.enroll(&id, &enrollment(&sim.person("wf").await)).await.expect(200);
        // Later cards begin otherwise; this one keeps its number.
        let other_bin = json!({ "card": { "bin": "512345" } });
        sim.control("PUT", "wf", other_bin).await.expect(200);
        let (read_id, path) = (guid(), format!("/accounts/{}", enrolled.account_id()));
        let read = partner.call("GET", &path, &read_id, Json::Null).await.expect(200);
        let mut numbers = Vec::new();
        for (answer, request_id) in [(&enrolled, &id), (&read, &read_id)] {
            for card in cards(answer) {
                let blob: Container =
                    serde_json::from_value(card["encryptedPrivatePaymentInstrumentData"].clone())
                        .unwrap();
                let binding = Binding { program_code: "wf", request_id };
                let opened: Json =
                    serde_json::from_slice(&open(&blob, &pair, binding).unwrap()).unwrap();
                let pan = opened["pan"].as_str().unwrap().to_owned();
                assert_eq!(pan.len(), 16);
                assert!(passes_luhn(&pan), "{pan}");
                assert_eq!(card["last4Pan"], pan[12..]);
                assert_eq!(
                    (&opened["expirationMonth"], &opened["expirationYear"]),
                    (&json!(5), &json!(2035))
                );
                let is_virtual = card["paymentInstrumentType"] == "virtual";
                assert_eq!(opened.get("cvv").is_some(), is_virtual);
                assert_eq!(card["isPrivateDataViewable"], is_virtual);
                numbers.push(pan);
            }
        }
        numbers.dedup();
        assert_eq!(numbers.len(), 1, "both forms of a card carry one number");
    }

    async fn cry_5_the_public_key_of_a_program_can_be_fetched_and_stays(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let first = partner.get("/certificates").await.expect(200).body;
        assert_eq!(first["certificates"][0]["version"], "EC_v1");
        let key = partner.program_key().await;
        assert_eq!(first["certificates"][0]["publicKeyHash"], key.hash_base64());
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        assert_eq!(partner.get("/certificates").await.body, first);
        sim.control("DELETE", "wf", Json::Null).await.expect(204);
        assert_eq!(partner.get("/certificates").await.body, first);
        let mut other = partner.clone();
        other.program = "gbr".to_owned();
        assert_ne!(other.get("/certificates").await.body, first);
    }

    async fn the_control_api_seals_and_opens_for_testers(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let plaintext = json!({ "pin": "4821" });
        let wish = json!({ "plaintext": plaintext, "requestId": "r-1" });
        let container = sim.control("POST", "wf/crypto/encrypt", wish).await.expect(200).body;
        let wish = json!({ "container": container, "requestId": "r-1" });
        let opened = sim.control("POST", "wf/crypto/decrypt", wish.clone()).await.expect(200);
        assert_eq!(opened.body["plaintext"], plaintext);
        let other = json!({ "container": container, "requestId": "r-2" });
        let refused = sim.control("POST", "wf/crypto/decrypt", other).await.expect(400);
        assert!(
            refused.body["detail"].as_str().unwrap().starts_with("container: "),
            "{}",
            refused.text
        );
    }
}

fn passes_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 1 { 2 } else { 1 })
        .map(|value| if value > 9 { value - 9 } else { value })
        .sum();
    sum.is_multiple_of(10)
}
