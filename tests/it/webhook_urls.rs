//! Secrets in the URLs of endpoints: shown nowhere, and kept by whoever writes back what was shown.

use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Engine, TestSim, on_both_engines, webhooks};

/// The URL of a receiver with a password and a key in it, and how that is shown.
fn urls(plain: &str) -> (String, String) {
    let host = plain.strip_prefix("http://").unwrap().trim_end_matches('/');
    let url =
        |password: &str, key: &str| format!("http://me:{password}@{host}/in?apiKey={key}&a=1");
    (url("hush-1", "hush-2"), url("***", "***"))
}

/// A world with such an endpoint and a receiver behind it, and an account.
async fn stage(sim: &TestSim) -> (piebox::receiver::Receiver, Money, (String, String)) {
    let receiver = sim.receiver("wf").await;
    let urls = urls(&receiver.url());
    sim.send_to("wf", &urls.0, json!({})).await;
    let money = money_account(sim, "wf").await;
    webhooks(&receiver, 1).await;
    sim.settled("wf").await;
    (receiver, money, urls)
}

on_both_engines! {
    async fn whk_2_settings_that_were_read_keep_the_url_when_they_are_written_back(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money, (_, shown)) = stage(&sim).await;
        let read = sim.control("GET", "wf", Json::Null).await.expect(200).body;
        assert_eq!(read["webhooks"][0]["url"], shown);
        let written = sim.control("PUT", "wf", read.clone()).await.expect(200).body;
        assert_eq!(written, read);
        // What is sent goes where it went, with the password.
        money.credit("1.00").await;
        let received = webhooks(&receiver, 2).await;
        assert!(received[1].header("authorization").is_some());
        let other = json!({ "webhooks": [{ "url": "http://me:***@127.0.0.1:1/" }] });
        let refused = sim.control("PUT", "wf", other).await.expect(400);
        assert!(refused.text.contains("webhooks[0].url: stars stand"), "{}", refused.text);
    }

    // Proves JRN-2.
    async fn secrets_of_urls_are_in_no_evidence(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (_receiver, money, (url, shown)) = stage(&sim).await;
        let rule = json!({ "match": { "url": url }, "effect": { "kind": "drop" }, "times": 1 });
        let laid = sim.control("POST", "wf/faults", rule).await.expect(201).text;
        money.credit("1.00").await;
        sim.settled("wf").await;
        let mut evidence = vec![laid];
        for path in [
            "wf".to_owned(),
            "wf/faults".to_owned(),
            "wf/deliveries".to_owned(),
            "wf/requests?kind=any".to_owned(),
            "wf/export".to_owned(),
            format!("wf/accounts/{}/timeline", money.account),
        ] {
            evidence.push(sim.control("GET", &path, Json::Null).await.expect(200).text);
        }
        for text in evidence {
            assert!(!text.contains("hush"), "{text}");
            assert!(text.contains(&shown), "{text}");
        }
        let whole = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        assert_eq!(whole.matches(&url).count(), 4, "settings, rule and two deliveries: {whole}");
    }

    async fn an_endpoint_is_meant_by_its_url_as_it_is_shown_too(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money, (url, shown)) = stage(&sim).await;
        let encoded: String = shown.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("wf/deliveries?url={encoded}");
        let found = sim.control("GET", &path, Json::Null).await.expect(200).body;
        assert_eq!((&found["total"], &found["deliveries"][0]["url"]), (&json!(1), &json!(shown)));
        for given in [&url, &shown] {
            let rule = json!({ "match": { "url": given }, "effect": { "kind": "duplicate" },
                "times": 1 });
            sim.control("POST", "wf/faults", rule).await.expect(201);
            let before = receiver.total();
            money.credit("1.00").await;
            webhooks(&receiver, before + 2).await;
            let again = json!({ "match": {}, "url": given, "dryRun": true });
            sim.control("POST", "wf/events/replay", again).await.expect(200);
        }
        let again = json!({ "match": {}, "url": "http://me:hush@127.0.0.1:1/" });
        let refused = sim.control("POST", "wf/events/replay", again).await.expect(400).text;
        assert!(refused.contains("http://me:***@127.0.0.1:1/"), "{refused}");
    }

    async fn a_file_without_secrets_finds_its_endpoints_where_they_are_known(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money, (url, _)) = stage(&sim).await;
        sim.freeze("wf").await;
        let delay = json!({ "effect": { "kind": "delay", "by": "PT1H" } });
        sim.control("POST", "wf/faults", delay).await.expect(201);
        money.credit("1.00").await;
        loop {
            let path = "wf/deliveries?state=pending";
            let pending = sim.control("GET", path, Json::Null).await.expect(200).body;
            if pending["deliveries"][0]["fault"] == "delay" {
                break;
            }
            tokio::task::yield_now().await;
        }
        let file = sim.control("GET", "wf/export", Json::Null).await.expect(200).text;
        let import = || sim.bare("PUT", "/_sim/v1/programs/wf/import", &[], file.clone());
        import().await.expect(200);
        sim.control("DELETE", "wf/faults", Json::Null).await.expect(204);
        sim.advance("wf", "PT1H").await;
        webhooks(&receiver, 2).await;
        let whole = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        assert_eq!(whole.matches(&url).count(), 3, "{whole}");
        // Where they are not known, nobody can tell what the stars stand for.
        let plain = json!({ "webhooks": [] });
        sim.control("PUT", "wf", plain).await.expect(200);
        let refused = import().await.expect(400);
        assert!(refused.text.contains("settings.webhooks[0].url"), "{}", refused.text);
    }
    async fn a_file_does_not_guess_between_endpoints_that_are_shown_alike(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let at = |key: &str| json!({ "url": format!("{}?apiKey={key}", receiver.url()) });
        sim.control("PUT", "wf", json!({ "webhooks": [at("one"), at("other")] })).await.expect(200);
        money_account(&sim, "wf").await;
        webhooks(&receiver, 2).await;
        sim.settled("wf").await;
        let import = |file: String| sim.bare("PUT", "/_sim/v1/programs/wf/import", &[], file);
        let covered = sim.control("GET", "wf/export", Json::Null).await.expect(200).text;
        let refused = import(covered).await.expect(400);
        assert!(refused.text.contains("several endpoints are shown"), "{}", refused.text);
        let whole = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        import(whole).await.expect(200);
    }
}
