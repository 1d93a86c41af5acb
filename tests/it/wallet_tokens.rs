//! Cards in wallets: push provisioning, and the life of tokens.

use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use crate::cards_after_issue::{carded, list};
use crate::support::money::Money;
use crate::support::{Answer, Engine, TestSim, guid, on_both_engines};

/// What an app sends for a wallet.
pub fn wish(wallet: &str) -> Json {
    match wallet {
        "apple" => json!({
            "walletProvider": "apple", "deviceIdentifier": "phone", "certificates": ["QUJD"],
            "nonce": "QUJD", "nonceSignature": "QUJD",
        }),
        other => json!({ "walletProvider": other }),
    }
}

/// POST pushProvisionData.
pub async fn provision(money: &Money, card: &str, body: Json) -> Answer {
    let path = format!("/paymentInstruments/{card}/pushProvisionData");
    money.call("POST", &path, body).await
}

fn token_of(answer: &Answer) -> String {
    answer.body["tokenIdentifier"].as_str().unwrap().to_owned()
}

/// The tokens of an account.
async fn tokens(money: &Money, query: &str) -> Vec<Json> {
    let path = format!("/paymentInstrumentTokens{query}");
    let answer = money.call("GET", &path, Json::Null).await.expect(200);
    answer.body["tokens"].as_array().unwrap().clone()
}

async fn act(sim: &TestSim, money: &Money, action: &str, token: &str) -> Answer {
    let action = json!({ "action": action, "tokenIdentifier": token });
    sim.act("wf", &money.account, action).await
}

/// `status` of the tokens that `provisioning` has told, oldest first.
async fn told(sim: &TestSim, money: &Money) -> Vec<String> {
    let mut events = sim.events_of("wf", &money.account).await;
    events.retain(|event| event["eventType"] == "provisioning");
    let status = |event: &Json| {
        event["event"]["paymentInstrumentToken"]["status"].as_str().unwrap().to_owned()
    };
    events.iter().map(status).collect()
}

on_both_engines! {
    async fn crd_3_a_card_yields_data_for_each_wallet(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        for wallet in ["apple", "google", "samsung"] {
            let answer = provision(&money, &screen, wish(wallet)).await.expect(200);
            let of_apple = ["activationData", "encryptedPassData", "ephemeralPublicKey"];
            for member in of_apple {
                assert_eq!(answer.body[member].is_string(), wallet == "apple", "{member}");
            }
            assert_eq!(answer.body["opaquePaymentCard"].is_string(), wallet != "apple");
        }
        let all = tokens(&money, "").await;
        assert_eq!(all.len(), 3);
        let user = &money.read().await["accountHolders"][0]["user"]["userIdentifier"].clone();
        for token in &all {
            assert_eq!((&token["status"], &token["userIdentifier"]), (&json!("requested"), user));
            assert_eq!(token["paymentInstrumentIdentifier"], json!(screen));
        }
        let user = user.as_str().unwrap();
        for (query, count) in [
            ("?deviceIdentifier=phone".to_owned(), 1),
            (format!("?paymentInstrumentIdentifier={screen}&userIdentifier={user}"), 3),
            (format!("?paymentInstrumentIdentifier={plastic}"), 0),
        ] {
            assert_eq!(tokens(&money, &query).await.len(), count, "{query}");
        }
        let wrong = "/paymentInstrumentTokens?userIdentifier=x";
        money.call("GET", wrong, Json::Null).await.expect_refused(400, "400/0");
        let other = money.with(guid());
        let path = "/paymentInstrumentTokens";
        other.call("GET", path, Json::Null).await.expect_refused(404, "10/0");
        assert!(told(&sim, &money).await.is_empty(), "asking is not told");
    }

    async fn crd_3_data_is_refused_where_wallet_card_or_account_will_not_do(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, plastic) = carded(&sim).await;
        for (member, value, says) in [
            ("walletProvider", json!("paper"), "walletProvider"),
            ("deviceIdentifier", json!("x".repeat(101)), "deviceIdentifier"),
            ("certificates", json!([]), "certificates"),
            ("nonce", Json::Null, "nonce"),
            ("nonceSignature", json!(""), "nonceSignature"),
        ] {
            let mut body = wish("apple");
            body[member] = value;
            let refused = provision(&money, &screen, body).await.expect_refused(400, "400/0");
            assert!(refused.description().starts_with(says), "{}", refused.text);
        }
        provision(&money, &plastic, wish("google")).await.expect_refused(400, "400/0");
        provision(&money, &guid(), wish("google")).await.expect_refused(404, "10/1");
        let only_apple = json!({ "card": { "wallets": ["apple"] } });
        sim.control("PUT", "wf", only_apple).await.expect(200);
        provision(&money, &screen, wish("google")).await.expect_refused(400, "400/0");
        let options = money.call("GET", "/pushProvisionConfig", Json::Null).await.expect(200);
        let enabled = |at: usize| options.body["pushProvisionConfigs"][at]["isEnabled"].clone();
        assert_eq!([enabled(0), enabled(1), enabled(2)], [true, false, false]);
        let locked = json!({ "status": "locked", "statusReason": "potentialFraud", "notes": "n" });
        money.call("PUT", "/status", locked).await.expect(200);
        provision(&money, &screen, wish("apple")).await.expect_refused(200, "4/105");
        assert!(tokens(&money, "").await.is_empty());
        let wrong = json!({ "card": { "wallets": ["paper"] } });
        sim.control("PUT", "wf", wrong).await.expect(400);
    }

    async fn crd_3_a_token_lives_by_what_the_network_does_and_each_step_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, _) = carded(&sim).await;
        let token = token_of(&provision(&money, &screen, wish("apple")).await.expect(200));
        act(&sim, &money, "suspendToken", &token).await.expect(409);
        act(&sim, &money, "activateToken", &guid()).await.expect(404);
        act(&sim, &money, "activateToken", &token).await.expect(200);
        act(&sim, &money, "activateToken", &token).await.expect(409);
        act(&sim, &money, "suspendToken", &token).await.expect(200);
        // A card that its holder has paused does not come back into use this way.
        let path = format!("/paymentInstruments/{screen}/lifecycleEvent");
        for (event, status) in [("pause", 409), ("unpause", 200)] {
            let body = json!({ "lifecycleEventType": event });
            money.call("PUT", &path, body).await.expect(200);
            act(&sim, &money, "resumeToken", &token).await.expect(status);
        }
        act(&sim, &money, "deleteToken", &token).await.expect(200);
        for action in ["activateToken", "suspendToken", "resumeToken", "deleteToken"] {
            act(&sim, &money, action, &token).await.expect(409);
        }
        assert_eq!(told(&sim, &money).await, ["active", "suspended", "active", "deleted"]);
        let events = sim.events_of("wf", &money.account).await;
        let numbers: Vec<i64> = events.iter().map(|it| it["sequence"].as_i64().unwrap()).collect();
        assert!(numbers.iter().copied().eq(1..=events.len() as i64), "{numbers:?}");
        let event = &events.last().unwrap()["event"];
        assert_eq!(event["paymentInstrumentToken"], tokens(&money, "").await[0]);
        assert_eq!(event["accountIdentifier"], json!(money.account));
    }

    // Proves CRD-3.
    async fn one_request_makes_one_token_and_one_of_many_steps_at_once_is_taken(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (money, screen, _) = carded(&sim).await;
        let path = format!("{}/paymentInstruments/{screen}/pushProvisionData", money.path);
        let request_id = guid();
        let call = || money.partner.call("POST", &path, &request_id, wish("google"));
        let answers = join_all((0..6).map(|_| call())).await;
        let first = answers[0].clone().expect(200);
        for answer in &answers {
            assert_eq!((answer.status, &answer.body), (200, &first.body));
        }
        let token = token_of(&first);
        assert_eq!(tokens(&money, "").await.len(), 1);
        let acts = (0..8).map(|_| act(&sim, &money, "activateToken", &token));
        let acts = join_all(acts).await;
        assert_eq!(acts.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(told(&sim, &money).await, ["active"]);
        assert_eq!(list(&money).await.len(), 2);
    }
}
