//! Tests of webhooks: posting an event, the receiver that plays the partner, and both as a loop.

use std::time::Instant;

use piebox::receiver::Answer as Told;
use serde_json::{Value as Json, json};

use crate::support::{
    Answer, Engine, Partner, START, TestSim, enrollment, guid, on_both_engines, webhooks,
};

const KEY: &str = "a secret shared with the partner";

fn envelope() -> Json {
    json!({ "accounts": [{
        "accountIdentifier": "0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a01",
        "events": [
            { "eventIdentifier": "0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a02",
              "eventType": "accountUpdated", "eventDateTime": START, "account": { "x": "é" } },
            { "eventIdentifier": "0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a03",
              "eventType": "transaction", "eventDateTime": START },
        ],
    }] })
}

async fn call(partner: &Partner, operation: &str, body: Json) -> Answer {
    partner.call("POST", &format!("/testeventwebhook{operation}"), &guid(), body).await
}

async fn posted(partner: &Partner, url: &str) -> Answer {
    let mut body = envelope();
    body["postBackUrl"] = json!(url);
    call(partner, "", body).await
}

/// The same, with the partner's own token for the other end.
async fn looped(partner: &Partner, url: &str) -> Json {
    let mut body = envelope();
    body["postBackUrl"] = json!(url);
    let value = format!("Bearer {}", partner.token);
    body["postBackHeaders"] = json!([{ "name": "Authorization", "value": value }]);
    call(partner, "", body).await.expect(200).body
}

/// Has the simulator listen, and gives the address of program `wf` in it.
async fn listening(sim: &TestSim) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = sim.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}/programs/wf/testeventwebhook")
}

/// Enrolls, and gives the newest delivery once it is settled: its state and its last reason.
async fn delivered(sim: &TestSim, partner: &Partner) -> (String, String) {
    let body = enrollment(&sim.person("wf").await);
    let id = partner.enroll(&guid(), &body).await.expect(200).account_id();
    sim.settled("wf").await;
    let of_account = |it: &&Json| it["accountIdentifier"] == id.as_str();
    let deliveries = sim.deliveries("wf").await;
    let own = deliveries.iter().find(of_account).expect("a delivery");
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    (text(&own["state"]), text(&own["attempts"][0]["reason"]))
}

on_both_engines! {
    async fn whk_8_an_event_is_posted_as_given_and_what_came_back_is_told(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        sim.control("PUT", "wf", json!({ "testEvents": { "signingKey": KEY } })).await.expect(200);
        let partner = sim.partner("wf").await;
        let mut body = envelope();
        body["postBackUrl"] = json!(receiver.url());
        body["postBackHeaders"] = json!([{ "name": "X-Mine", "value": "7" }]);
        let id = guid();
        let told = partner.call("POST", "/testeventwebhook", &id, body).await.expect(200).body;
        assert_eq!(told["verdict"], "delivered");
        assert_eq!(told["reason"], "acknowledged");
        assert_eq!(told["requestIdentifier"], id.as_str());
        assert_eq!(told["postBackUrl"], receiver.url());
        assert!(told["duration"].is_i64(), "{told}");
        let response = &told["response"];
        assert_eq!(response["httpStatus"], 200);
        assert_eq!(response["isBodyCut"], false);
        assert!(response["body"].as_str().unwrap().contains("responseDetails"), "{told}");
        let echo = json!({ "name": "x-gd-requestid", "value": id });
        assert!(response["headers"].as_array().unwrap().contains(&echo), "{told}");

        let received = webhooks(&receiver, 1).await.remove(0);
        assert_eq!(received.body, envelope());
        assert_eq!(received.header("x-mine"), Some("7"));
        assert_eq!(received.header("user-agent"), Some("greendot-baas/3.0.0"));
        assert_eq!(received.header("x-gd-requestid"), Some(id.as_str()));
        assert_eq!(received.header("x-gd-signature").map(str::len), Some(64));
        // It is no delivery, and no event of the program.
        assert!(sim.deliveries("wf").await.is_empty() && sim.events("wf").await.is_empty());

        for (answer, verdict) in [
            (Told::Status(503), "retryable"),
            (Told::Status(404), "final"),
            (Told::NoEcho, "retryable"),
        ] {
            receiver.answer_with(answer);
            let told = posted(&partner, &receiver.url()).await.expect(200).body;
            assert_eq!(told["verdict"], verdict, "{told}");
        }
        let url = receiver.url();
        receiver.stop().await;
        let told = posted(&partner, &url).await.expect(200).body;
        assert_eq!((&told["verdict"], &told["response"]), (&json!("retryable"), &Json::Null));
        assert!(told["reason"].as_str().unwrap().starts_with("cannot connect"), "{told}");
    }

    async fn whk_8_wrong_wishes_are_named_and_post_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let url = receiver.url();
        let header = |name: &str, value: &str| json!([{ "name": name, "value": value }]);
        for (body, member) in [
            (json!({}), "postBackUrl: "),
            (json!({ "postBackUrl": null }), "postBackUrl: "),
            (json!({ "postBackUrl": "ftp://partner.example/x" }), "postBackUrl: "),
            (json!({ "postBackUrl": format!("{url}/{}", "x".repeat(2_000)) }), "postBackUrl: "),
            (json!({ "postBackUrl": url, "accounts": {} }), "accounts: "),
            (json!({ "postBackUrl": url, "accounts": vec![json!({}); 101] }), "accounts: "),
            (
                json!({ "postBackUrl": url, "postBackHeaders": header("Host", "x") }),
                "postBackHeaders[0].name: ",
            ),
            (
                json!({ "postBackUrl": url, "postBackHeaders": header("a", "x\r\nb: y") }),
                "postBackHeaders[0].value: ",
            ),
        ] {
            let answer = call(&partner, "", body).await.expect_refused(400, "400/0");
            assert!(answer.description().starts_with(member), "{}", answer.text);
        }
        for (body, member) in [
            (json!({ "httpStatus": 199 }), "httpStatus: "),
            (json!({ "maxDelay": 60_001 }), "maxDelay: "),
            (json!({ "minDelay": 2, "maxDelay": 1 }), "minDelay: "),
            (json!({ "minDelay": -1 }), "minDelay: "),
            (json!({ "responseBody": "x".repeat(65_537) }), "responseBody: "),
            (json!({ "contentType": "a\nb" }), "contentType: "),
        ] {
            let answer = call(&partner, "-setconfig", body).await.expect_refused(400, "400/0");
            assert!(answer.description().starts_with(member), "{}", answer.text);
        }
        assert_eq!(receiver.total(), 0);
    }

    async fn whk_8_the_receiver_looks_at_envelope_and_signature(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let taken = call(&partner, "-RCV", envelope()).await.expect(200);
        let ids = ["0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a02", "0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a03"];
        assert_eq!(taken.body["eventIdentifiers"], json!(ids));
        assert_eq!(taken.code(), "0/0");
        for (pointer, value, member) in [
            ("/accounts", json!([]), "accounts: "),
            ("/accounts/0/accountIdentifier", json!("x"), "accounts[0].accountIdentifier: "),
            ("/accounts/0/events", json!([]), "accounts[0].events: "),
            ("/accounts/0/events/1/eventIdentifier", Json::Null, "accounts[0].events[1]"),
            ("/accounts/0/events/1/eventType", json!(""), "accounts[0].events[1].eventType: "),
            ("/accounts/0/events/0/eventDateTime", json!("now"), "accounts[0].events[0]"),
        ] {
            let mut body = envelope();
            *body.pointer_mut(pointer).unwrap() = value;
            let answer = call(&partner, "-rcv", body).await.expect_refused(400, "400/0");
            assert!(answer.description().starts_with(member), "{}", answer.text);
        }
        call(&partner, "-rcv", json!([])).await.expect_refused(400, "400/0");

        let bearer = format!("Bearer {}", partner.token);
        let signed = async |signature: &str| {
            let headers = [
                ("authorization", bearer.as_str()),
                ("x-gd-requestid", &guid()),
                ("content-type", "application/json"),
                ("x-gd-signature", signature),
            ];
            let path = "/programs/wf/testeventwebhook-rcv";
            sim.bare("POST", path, &headers, r#"{"accounts":[{"accountIdentifier":
                "0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a01","events":[{"eventType":"transaction",
                "eventIdentifier":"0b9cb5f0-5f0c-4f6e-9a34-2f7d1f0c1a02",
                "eventDateTime":"2031-05-06T10:00:00Z"}]}]}"#).await
        };
        // Nobody can judge a signature without a key.
        signed("nonsense").await.expect(200);
        sim.control("PUT", "wf", json!({ "testEvents": { "signingKey": KEY } })).await.expect(200);
        let answer = signed("nonsense").await.expect_refused(400, "400/0");
        assert_eq!(answer.description(), "x-gd-signature does not fit the body.");
        assert!(answer.explanation().starts_with("WHK-8"), "{}", answer.explanation());
        call(&partner, "-rcv", envelope()).await.expect(200);
        sim.bare("POST", "/programs/wf/testeventwebhook-rcv", &[], "{}").await.expect(401);
    }

    async fn whk_8_the_receiver_answers_as_configured_until_a_reset(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let other = sim.partner("zz").await;
        let wish = json!({ "httpStatus": 418, "responseBody": "short and stout",
            "contentType": "text/plain", "minDelay": 60, "maxDelay": 80 });
        let told = call(&partner, "-setconfig", wish.clone()).await.expect(200).body;
        for member in ["httpStatus", "responseBody", "contentType", "minDelay", "maxDelay"] {
            assert_eq!(told[member], wish[member], "{told}");
        }
        let started = Instant::now();
        let answer = call(&partner, "-rcv", envelope()).await.expect(418);
        assert!(started.elapsed().as_millis() >= 60);
        assert_eq!(answer.text, "short and stout");
        assert_eq!(answer.header("content-type"), Some("text/plain"));
        assert!(answer.header("x-gd-requestid").is_some());
        call(&other, "-rcv", envelope()).await.expect(200);

        // Whatever is left out is as usual again.
        call(&partner, "-setconfig", json!({ "httpStatus": 503 })).await.expect(200);
        let answer = call(&partner, "-rcv", envelope()).await.expect(503);
        assert_eq!(answer.body["eventIdentifiers"].as_array().map(Vec::len), Some(2));
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        call(&sim.partner("wf").await, "-rcv", envelope()).await.expect(200);
    }

    async fn whk_8_and_whk_3_webhooks_of_a_program_fail_as_its_own_receiver_is_told(
        engine: Engine,
    ) {
        let sim = TestSim::configured(engine, |config| config.webhooks.timeout_ms = 500).await;
        let partner = sim.partner("wf").await;
        let url = format!("{}-rcv", listening(&sim).await);
        let auth = json!({ "type": "bearer", "token": partner.token });
        let endpoints = json!({ "webhooks": [{ "url": url, "auth": auth }] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        assert_eq!(delivered(&sim, &partner).await.0, "delivered");
        let details = json!({ "responseDetails": [{ "code": 7 }] });
        for (wish, reason) in [
            (json!({ "httpStatus": 500 }), "the endpoint answered 500"),
            (json!({ "responseBody": "OK", "contentType": "text/plain" }), "the answer's body is"),
            (json!({ "responseBody": details }), "the answer's responseDetails code is 7"),
            (json!({ "minDelay": 1_500 }), "no answer in time"),
        ] {
            call(&partner, "-setconfig", wish).await.expect(200);
            let (state, why) = delivered(&sim, &partner).await;
            assert_eq!(state, "failed", "{why}");
            assert!(why.starts_with(reason), "{why}");
        }
        call(&partner, "-setconfig", json!({})).await.expect(200);
        assert_eq!(delivered(&sim, &partner).await.0, "delivered");
    }

    async fn whk_8_a_loop_of_loops_ends_at_once(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({ "testEvents": { "signingKey": KEY } })).await.expect(200);
        let partner = sim.partner("wf").await;
        let own = listening(&sim).await;
        // The signature that is sent is the one that is wanted.
        let told = looped(&partner, &format!("{own}-rcv")).await;
        assert_eq!(told["verdict"], "delivered", "{told}");
        // What is posted names no address: the second call has nowhere to go.
        let told = looped(&partner, &own).await;
        assert_eq!(told["verdict"], "final", "{told}");
        assert_eq!(told["response"]["httpStatus"], 400);
        assert!(told["response"]["body"].as_str().unwrap().contains("postBackUrl"), "{told}");
        // Without a proof it is a stranger.
        let told = posted(&partner, &own).await.expect(200).body;
        assert_eq!(told["response"]["httpStatus"], 401);
    }

    async fn posts_beside_the_queue_are_bounded(engine: Engine) {
        let sim = TestSim::configured(engine, |config| config.webhooks.timeout_ms = 2_000).await;
        let receiver = sim.receiver("wf").await;
        receiver.answer_with(Told::Silence(std::time::Duration::from_millis(1_000)));
        let partner = sim.partner("wf").await;
        let url = receiver.url();
        let calls = (0..20).map(|_| posted(&partner, &url));
        let answers = futures_util::future::join_all(calls).await;
        let turned_away = answers.iter().filter(|answer| answer.status == 503).count();
        assert_eq!((turned_away, answers.len()), (4, 20));
        assert!(answers.iter().all(|answer| [200, 503].contains(&answer.status)));
        receiver.answer_with(Told::Acknowledge);
        posted(&partner, &url).await.expect(200);
    }
}
