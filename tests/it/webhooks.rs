//! Webhooks: what is sent, what counts as delivered, what is tried again, and that nothing leaks.

use std::time::Duration;

use piebox::receiver::Answer;
use serde_json::{Value as Json, json};

use crate::support::{
    Engine, START, TestSim, enrollment, guid, on_both_engines, open_receiver, webhooks,
};

async fn enroll(sim: &TestSim) -> String {
    let partner = sim.partner("wf").await;
    let body = enrollment(&sim.person("wf").await);
    partner.enroll(&guid(), &body).await.expect(200).account_id()
}

on_both_engines! {
    async fn whk_1_a_webhook_has_the_documented_headers_and_envelope(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let account = enroll(&sim).await;
        let received = webhooks(&receiver, 1).await.remove(0);
        for (name, value) in [
            ("accept", "application/json, text/plain, text/html"),
            ("accept-encoding", "gzip, deflate"),
            ("user-agent", "greendot-baas/3.0.0"),
            ("content-type", "application/json"),
        ] {
            assert_eq!(received.header(name), Some(value), "{name}");
        }
        let request_id = received.header("x-gd-requestid").unwrap();
        assert_eq!(request_id.len(), 36);
        let entry = &received.body["accounts"][0];
        assert_eq!(entry["accountIdentifier"], account);
        let event = &entry["events"][0];
        assert_eq!(event["eventType"], "accountUpdated");
        assert_eq!(event["eventDateTime"], START);
        assert_eq!(event["account"]["status"], "normal");
        assert_eq!(event["account"]["accountCycleDay"], 6);

        sim.settled("wf").await;
        let deliveries = sim.deliveries("wf").await;
        assert_eq!(deliveries[0]["deliveryIdentifier"], request_id);
        assert_eq!(deliveries[0]["state"], "delivered");
        let events = sim.events("wf").await;
        assert_eq!(&events[0]["event"], event);
    }

    async fn whk_1_each_event_type_goes_to_the_endpoints_that_take_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (all, some, none) =
            (open_receiver().await, open_receiver().await, open_receiver().await);
        let endpoints = json!({ "webhooks": [
            { "url": all.url(), "eventTypes": ["*"] },
            { "url": some.url(), "eventTypes": ["transaction", "accountUpdated"] },
            { "url": none.url(), "eventTypes": ["transaction"] },
        ] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        enroll(&sim).await;
        let (first, second) = (webhooks(&all, 1).await, webhooks(&some, 1).await);
        assert_eq!(first[0].raw, second[0].raw);
        assert_ne!(first[0].header("x-gd-requestid"), second[0].header("x-gd-requestid"));
        sim.settled("wf").await;
        assert_eq!(none.total(), 0);
    }

    async fn worlds_of_one_seed_are_told_of_their_own_events_only(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receivers = [open_receiver().await, open_receiver().await];
        let id = guid();
        let person = sim.person("aa").await;
        sim.control("DELETE", "aa", Json::Null).await.expect(204);
        for (program, receiver) in ["aa", "bb"].into_iter().zip(&receivers) {
            let settings = json!({ "seed": "same", "webhooks": [{ "url": receiver.url() }] });
            sim.control("PUT", program, settings).await.expect(200);
        }
        let enroll = async |program| {
            let partner = sim.partner(program).await;
            partner.enroll(&id, &enrollment(&person)).await.expect(200).account_id()
        };
        let (one, other) = futures_util::future::join(enroll("aa"), enroll("bb")).await;
        assert_eq!(one, other, "one seed, one call: one id");
        for receiver in &receivers {
            let received = webhooks(receiver, 1).await.remove(0);
            assert_eq!(received.body["accounts"].as_array().unwrap().len(), 1);
            assert_eq!(received.body["accounts"][0]["events"].as_array().unwrap().len(), 1);
        }
    }

    async fn whk_3_what_is_not_a_whole_acknowledgement_is_a_failed_attempt(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.webhooks.timeout_ms = 200).await;
        let receiver = sim.receiver("wf").await;
        for (answer, status, verdict, reason) in [
            (Answer::Acknowledge, Some(200), "delivered", "acknowledged"),
            (Answer::NoEcho, Some(200), "retryable", "does not echo"),
            (Answer::Code(7), Some(200), "retryable", "code is 7"),
            (Answer::Status(500), Some(500), "retryable", "500"),
            (Answer::Status(401), Some(401), "retryable", "401"),
            (Answer::Status(404), Some(404), "final", "404"),
            (Answer::Status(302), Some(302), "final", "302"),
            (Answer::Silence(Duration::from_secs(2)), None, "retryable", "no answer in time"),
        ] {
            receiver.answer_with(answer.clone());
            let account = enroll(&sim).await;
            sim.settled("wf").await;
            let path = format!("wf/deliveries?accountIdentifier={account}");
            let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
            let delivery = &listed["deliveries"][0];
            let state = if verdict == "delivered" { "delivered" } else { "failed" };
            assert_eq!(delivery["state"], state, "{answer:?}");
            let attempts = delivery["attempts"].as_array().unwrap();
            assert_eq!(attempts.len(), 1, "{answer:?}: retries are off");
            assert_eq!(attempts[0]["verdict"], verdict, "{answer:?}");
            assert_eq!(attempts[0]["httpStatus"].as_i64(), status, "{answer:?}");
            assert!(attempts[0]["reason"].as_str().unwrap().contains(reason), "{}", attempts[0]);
        }
        let gone = "http://127.0.0.1:9/hooks";
        sim.control("PUT", "wf", json!({ "webhooks": [{ "url": gone }] })).await.expect(200);
        let account = enroll(&sim).await;
        sim.settled("wf").await;
        let path = format!("wf/deliveries?accountIdentifier={account}");
        let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
        let reason = listed["deliveries"][0]["attempts"][0]["reason"].as_str().unwrap();
        assert!(reason.starts_with("cannot connect"), "{reason}");
    }

    async fn whk_4_a_day_of_hourly_retries_plays_in_a_moment_and_keeps_the_order(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = open_receiver().await;
        let retrying = json!({
            "webhooks": [{ "url": receiver.url(), "retry": { "enabled": true } }],
            "clock": { "mode": "frozen" },
        });
        sim.control("PUT", "wf", retrying).await.expect(200);
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        receiver.answer_with(Answer::Status(503));
        enroll(&sim).await;
        sim.settled_attempt("wf").await;
        receiver.answer_next([Answer::Status(503), Answer::Status(503), Answer::Acknowledge]);
        let advance = json!({ "by": "P2D" });
        let advanced = sim.control("POST", "wf/clock/advance", advance).await.expect(200).body;
        assert_eq!(advanced["now"], "2031-05-08T10:00:00.000Z");
        let ran = advanced["ran"].as_array().unwrap();
        let at: Vec<&str> = ran.iter().map(|job| job["at"].as_str().unwrap()).collect();
        assert_eq!(
            at,
            ["2031-05-06T11:00:00.000Z", "2031-05-06T12:00:00.000Z", "2031-05-06T13:00:00.000Z"]
        );
        let received = receiver.received();
        assert_eq!(received.len(), 4);
        assert!(received.iter().all(|one| one.raw == received[0].raw));
        let id = received[0].header("x-gd-requestid");
        assert!(received.iter().all(|one| one.header("x-gd-requestid") == id));
        assert_eq!(sim.deliveries("wf").await[0]["state"], "delivered");
    }

    async fn whk_5_a_lease_that_was_abandoned_is_taken_up_again(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.webhooks.timeout_ms = 100).await;
        let receiver = open_receiver().await;
        receiver.answer_with(Answer::Silence(Duration::from_secs(30)));
        let endpoints =
            json!({ "webhooks": [{ "url": receiver.url(), "retry": { "enabled": true } }] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        // A lease of a process that is no more.
        let mut unit = sim.sim.db.begin(piebox::db::Scope::keys(Vec::new())).await.unwrap();
        enroll(&sim).await;
        sim.settled_attempt("wf").await;
        unit.write(piebox::db::sql(
            "UPDATE webhook_deliveries SET lease_owner = 'gone', lease_wall_at = $1, \
             due_at = 0, ready_at = 0",
        ).bind(sim.sim.worlds.wall().plus_millis(60_000)));
        unit.commit().await.unwrap();
        receiver.answer_with(Answer::Acknowledge);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(receiver.total(), 1, "the lease still holds");
        sim.wall.advance(61_000);
        webhooks(&receiver, 2).await;
        sim.settled("wf").await;
        assert_eq!(sim.deliveries("wf").await[0]["state"], "delivered");
    }

    async fn whk_7_no_secret_shows_in_webhooks_answers_or_records(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let (id, person) = (guid(), sim.person("wf").await);
        let ssn = person["identifyingData"]["ssn"].as_str().unwrap().to_owned();
        let pin = "8317";
        let mut body = enrollment(&person);
        body["encryptedPin"] = json!(partner.seal(&id, &json!({ "pin": pin })).await);
        let answer = partner.enroll(&id, &body).await.expect(200);
        let world = sim.sim.worlds.find(&"wf".parse().unwrap()).await.unwrap().unwrap();
        let card = &answer.body["account"]["accountHolders"][0]["paymentInstruments"][0];
        let payment = card["paymentIdentifier"].as_str().unwrap().parse().unwrap();
        let pan = piebox::domains::accounts::cards::pan(&world, "414720", payment);
        webhooks(&receiver, 1).await;
        let read = partner.get(&format!("/accounts/{}", answer.account_id())).await;
        let stored = sim.dump().await;
        for (place, text) in [
            ("the webhook", receiver.received()[0].raw.clone()),
            ("the answer", answer.text.clone()),
            ("the account", read.text),
            ("the events", json!(sim.events("wf").await).to_string()),
            ("the deliveries", json!(sim.deliveries("wf").await).to_string()),
            ("the database", stored.clone()),
        ] {
            assert!(!text.contains(&ssn), "the SSN stands in {place}");
            assert!(!text.contains(&pan), "the card number stands in {place}");
            assert!(!text.contains(&format!("\"{pin}\"")), "the PIN stands in {place}");
            assert!(!text.contains("cvv"), "a CVV stands in {place}");
        }
        assert!(stored.lines().all(|line| line != pin), "the PIN stands in a column of its own");
        assert!(stored.contains(&ssn[5..]), "the dump shows what is stored");
    }
}
