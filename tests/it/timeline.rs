//! The timeline of an account: everything that happened to it, in one order.

use serde_json::{Value as Json, json};

use crate::cards_after_issue::{carded, printed};
use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines, webhooks};

/// The whole timeline, read in pages of so many entries.
async fn timeline(sim: &TestSim, account: &str, limit: usize) -> Vec<Json> {
    let (mut entries, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("wf/accounts/{account}/timeline?limit={limit}{after}");
        let page = sim.control("GET", &path, Json::Null).await.expect(200).body;
        let page_entries = page["entries"].as_array().unwrap();
        assert!(page_entries.len() <= limit);
        entries.extend(page_entries.clone());
        let Some(next) = page["next"].as_str() else { return entries };
        after = format!("&after={next}");
    }
}

/// Kind and first words of each entry; paths are left out.
fn told(entries: &[Json]) -> Vec<String> {
    let line = |entry: &Json| {
        let words = entry["text"].as_str().unwrap().split(' ');
        let words: Vec<&str> = words.filter(|word| !word.contains('/')).take(3).collect();
        format!("{} {}", entry["kind"].as_str().unwrap(), words.join(" "))
    };
    entries.iter().map(line).collect()
}

on_both_engines! {
    async fn jrn_6_a_timeline_tells_everything_in_the_order_of_the_world(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let receiver = sim.receiver("wf").await;
        let partner = sim.partner("wf").await;
        let person = sim.person_with("wf", "ofacMatch").await;
        let account = partner.enroll(&guid(), &enrollment(&person)).await.account_id();
        webhooks(&receiver, 1).await;
        sim.advance("wf", "P2D").await;
        sim.act("wf", &account, json!({ "action": "clearOfac" })).await.expect(200);
        webhooks(&receiver, 2).await;
        let adjust = json!({
            "adjustmentIdentifier": guid(), "adjustmentType": "promo", "amount": "25.00",
            "currency": "USD",
        });
        let path = format!("/accounts/{account}/adjustments");
        partner.call("POST", &path, &guid(), adjust).await.expect(200);
        webhooks(&receiver, 3).await;
        partner.call("POST", &path, &guid(), json!({})).await.expect(400);
        sim.settled("wf").await;

        let entries = timeline(&sim, &account, 1_000).await;
        let lines = told(&entries);
        assert_eq!(
            lines,
            [
                // Settings and clock of the whole program.
                "control PUT {\"mode\":\"frozen\"}",
                "control PUT",
                "request POST 200 with",
                "state begins as locked",
                "event accountUpdated is told,",
                "attempt accountUpdated of message",
                "control POST {\"by\":\"P2D\"}",
                "control POST {\"action\":\"clearOfac\"}",
                "state locked registrationNotComplete (OfacReviewLocked)",
                "event accountUpdated is told,",
                "attempt accountUpdated of message",
                "request POST 200 with",
                "transaction adjustment credit of",
                "event transaction is told,",
                "attempt transaction of message",
                "request POST 400 with",
            ],
            "{entries:#?}"
        );
        // What a call caused names it.
        let calls: Vec<&Json> = entries.iter().map(|entry| &entry["callId"]).collect();
        assert!(calls[2] == calls[3] && calls[3] == calls[4] && calls[4] == calls[5]);
        assert!(calls[11] == calls[12] && calls[12] == calls[13] && calls[13] == calls[14]);
        assert_eq!(entries[6]["at"], "2031-05-06T10:00:00.000Z");
        assert_eq!(entries[7]["at"], "2031-05-08T10:00:00.000Z");
        assert_eq!(entries[8]["details"]["to"]["position"], "Healthy");
        assert_eq!(entries[12]["details"]["posting"]["balance"], 25.0);
        assert!(entries[15]["text"].as_str().unwrap().contains("(HDR-5)"), "{}", entries[15]);
        for limit in [1, 3, 7] {
            assert_eq!(timeline(&sim, &account, limit).await, entries, "by {limit}");
        }
        let path = format!("wf/accounts/{}/timeline", guid());
        sim.control("GET", &path, Json::Null).await.expect(404);
        let path = format!("wf/accounts/{account}/timeline?after=x");
        sim.control("GET", &path, Json::Null).await.expect(400);
    }

    // Proves JRN-6.
    async fn tasks_that_a_moved_clock_runs_stand_between_its_move_and_what_follows(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let fault = json!({ "effect": { "kind": "processorTimeout" }, "times": 1 });
        sim.control("POST", "wf/faults", fault).await.expect(201);
        let adjust = json!({
            "adjustmentIdentifier": guid(), "adjustmentType": "promo", "amount": "25.00",
            "currency": "USD",
        });
        let path = format!("/accounts/{account}/adjustments");
        partner.call("POST", &path, &guid(), adjust).await.expect(200);
        sim.advance("wf", "PT15M").await;
        let entries = timeline(&sim, &account, 1_000).await;
        let lines = told(&entries);
        let moved = lines.iter().position(|line| line.contains("PT15M")).unwrap();
        assert!(lines.iter().any(|line| line.contains("processorTimeout")), "{lines:?}");
        assert!(lines.len() > moved + 2, "{lines:?}");
        assert_eq!(lines[moved + 1], "task settleAdjustment was done:");
        assert!(lines[moved + 2].starts_with("transaction adjustment credit"), "{lines:?}");
        assert_eq!(entries[moved + 2]["callId"], entries[moved]["callId"]);
        assert_eq!(entries[moved + 1]["at"], "2031-05-06T10:15:00.000Z");
    }

    // Proves JRN-2, WHK-7.
    async fn no_secret_of_a_mixed_flow_is_in_any_evidence(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let hook = receiver.url().replace("http://", "http://me:url-password@");
        let hooks = json!([{ "url": format!("{hook}?token=url-token"), "auth": {
            "type": "oauth", "tokenUrl": format!("{hook}?key=url-key"), "clientId": "partner",
            "clientSecret": "oauth-client-secret" } }]);
        let (money, _, plastic) = carded(&sim).await;
        let settings = json!({ "webhooks": hooks, "testEvents": { "signingKey": "signing-key" },
            "contactVerification": { "code": "7294183650" } });
        sim.control("PUT", "wf", settings).await.expect(200);
        let data = printed(&money, &plastic).await;
        let card = format!("/paymentInstruments/{plastic}");
        money.call("PUT", &card, json!({ "pin": "4821" })).await.expect(200);
        money.call("POST", &format!("{card}/verifyPin"), json!({ "pin": "4821" })).await;
        let validate = format!("{card}/validateCard");
        money.call("POST", &validate, json!({ "cardData": data })).await.expect(200);
        let person = sim.person("wf").await;
        money.partner.enroll(&guid(), &enrollment(&person)).await.expect(200);
        let phone = json!({ "contactType": "phone", "communicationType": "sms",
            "contactHandle": "6265550101" });
        let sent = money.partner.call("POST", "/contactVerifications", &guid(), phone).await;
        let sent = sent.expect(200).body;
        let id = sent["contactVerificationIdentifier"].as_str().unwrap();
        let code = json!({ "verificationCode": "7294183650" });
        let path = format!("/contactVerifications/{id}");
        money.partner.call("PUT", &path, &guid(), code).await.expect(200);
        let ssn = person["identifyingData"]["ssn"].as_str().unwrap();
        let pan = data["pan"].as_str().unwrap();
        let odd = json!({ "memo": format!("{ssn} and {pan}"), "deep": [{ "x": pan }], ssn: 1 });
        money.call("POST", "/adjustments", odd).await.expect(400);
        money.partner.get(&format!("/accounts/{pan}?ssn={ssn}&n={pan}")).await;
        sim.settled("wf").await;

        let calls = sim.control("GET", "wf/requests?kind=any&limit=1000", Json::Null).await;
        let calls = calls.expect(200).text;
        let lines = json!(timeline(&sim, &money.account, 1_000).await).to_string();
        let events = json!(sim.events("wf").await).to_string();
        let deliveries = json!(sim.deliveries("wf").await).to_string();
        let evidence = [calls, lines, events, deliveries, sim.dump().await];
        let token = &money.partner.token;
        for secret in [ssn, pan, token] {
            for (number, text) in evidence.iter().enumerate() {
                assert!(!text.contains(secret), "{secret} in {number}: {text}");
            }
        }
        // Settings hold what they are told to hold; the evidence does not.
        let shown = sim.control("GET", "wf", Json::Null).await.expect(200).text;
        let of_urls = ["url-password", "url-token", "url-key"];
        for secret in of_urls.into_iter().chain(["oauth-client-secret", "signing-key"]) {
            assert!(!shown.contains(secret), "{secret} in the settings: {shown}");
        }
        let given = ["oauth-client-secret", "signing-key", "7294183650"];
        for secret in of_urls.into_iter().chain(given) {
            for (number, text) in evidence[..4].iter().enumerate() {
                assert!(!text.contains(secret), "{secret} in {number}: {text}");
            }
        }
        let path = "wf/requests?operation=paymentinstrument_post_validatecard";
        let call = sim.control("GET", path, Json::Null).await.expect(200).body;
        let shown = &call["requests"][0]["request"]["body"]["cardData"];
        assert_eq!((&shown["pan"], &shown["cvv"]), (&json!("***"), &json!("***")));
        let path = "wf/requests?operation=paymentinstrument_put_setpin";
        let call = sim.control("GET", path, Json::Null).await.expect(200).body;
        assert_eq!(call["requests"][0]["request"]["body"]["pin"], "***");
    }
}
