//! Worlds through the control API: isolation, settings, reset, clock, faults, people.

use piebox::config::{Client, Config};
use serde_json::{Value as Json, json};

use crate::support::{Engine, START, TestSim, enrollment, guid, on_both_engines};

on_both_engines! {
    async fn worlds_see_nothing_of_each_other(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (here, there) = (sim.partner("here").await, sim.partner("there").await);
        let (id, body) = (guid(), enrollment(&sim.person("here").await));
        let first = here.enroll(&id, &body).await.expect(200);
        let second = there.enroll(&id, &body).await.expect(200);
        assert_ne!(first.account_id(), second.account_id());
        there.get(&format!("/accounts/{}", first.account_id())).await.expect_refused(404, "10/0");
        assert_eq!(sim.events("here").await.len(), 1);
        sim.control("DELETE", "here", Json::Null).await.expect(204);
        there.get(&format!("/accounts/{}", second.account_id())).await.expect(200);
        here.get(&format!("/accounts/{}", first.account_id())).await.expect_refused(404, "10/0");
    }

    async fn the_same_calls_in_a_reset_world_give_the_same_answers(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let partner = sim.partner("wf").await;
        let id = guid();
        let mut runs = Vec::new();
        for _ in 0..2 {
            let person = sim.person("wf").await;
            let answer = partner.enroll(&id, &enrollment(&person)).await.expect(200);
            runs.push((person, answer.text, sim.events("wf").await));
            sim.control("POST", "wf/reset", Json::Null).await.expect(200);
            assert!(sim.events("wf").await.is_empty());
            let path = format!(
                "/accounts/{}",
                serde_json::from_str::<Json>(&runs[0].1).unwrap()["account"]["accountIdentifier"]
                    .as_str()
                    .unwrap()
            );
            partner.get(&path).await.expect_refused(404, "10/0");
        }
        assert_eq!(runs[0], runs[1]);
    }

    async fn settings_are_merged_checked_and_answered_whole(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("GET", "wf", Json::Null).await.expect(404);
        let made = sim.control("PUT", "wf", json!({})).await.expect(200).body;
        assert_eq!(made["products"][0]["productCode"], "50400");
        assert_eq!(made["products"][0]["kind"], "dda");
        assert_eq!(made["products"][1]["productCode"], "50300");
        assert_eq!(made["products"][1]["upgradableTo"], json!(["50400"]));
        assert_eq!(made["encryption"]["mode"], "optional");
        assert_eq!(made["pieMode"], true);

        let change = json!({ "encryption": { "mode": "required" }, "webhooks": [{
            "eventTypes": ["*"], "url": "https://example.com/hooks",
            "auth": { "type": "apiKey", "key": "k" }, "retry": { "enabled": true },
            "strictAcknowledgement": false,
        }] });
        let changed = sim.control("PUT", "wf", change.clone()).await.expect(200).body;
        assert_eq!(changed["encryption"]["mode"], "required");
        let mut shown = change["webhooks"].clone();
        shown[0]["auth"]["key"] = json!("***");
        assert_eq!(changed["webhooks"], shown);
        assert_eq!(changed["products"], made["products"]);
        assert_eq!(sim.control("GET", "wf", Json::Null).await.expect(200).body, changed);
        assert_eq!(sim.control("PUT", "wf", changed.clone()).await.expect(200).body, changed);

        for (wrong, names) in [
            (json!({ "encription": {} }), "encription"),
            (json!({ "encryption": { "mode": "maybe" } }), "encryption.mode"),
            (
                json!({ "encryption": { "partnerPublicKey": "AAAA" } }),
                "encryption.partnerPublicKey",
            ),
            (json!({ "webhooks": [{ "url": "ftp://x" }] }), "webhooks[0].url"),
            (
                json!({ "webhooks": [{ "url": "http://x", "eventTypes": ["accountUpdatd"] }] }),
                "did you mean accountUpdated?",
            ),
            (json!({ "webhooks": [{ "url": "http://x", "eventTypes": [] }] }), "eventTypes"),
            (
                json!({ "webhooks": [{ "url": "http://x", "auth": { "type": "magic" } }] }),
                "webhooks[0].auth.type: unknown variant",
            ),
            (
                json!({ "webhooks": [{ "url": "http://x", "auth": { "type": 0 } }] }),
                "webhooks[0].auth.type: invalid type",
            ),
            (
                json!({ "webhooks": [{ "url": "http://x", "auth": { "type": "oauth",
                    "tokenUrl": "http://x", "clientId": 7, "clientSecret": "s" } }] }),
                "webhooks[0].auth.clientId: invalid type",
            ),
            (
                json!({ "webhooks": [{ "url": "http://x" }, { "url": "http://x" }] }),
                "webhooks[1].url",
            ),
            (json!({ "products": [] , "cycleDay": { "lastDay": 31 } }), "cycleDay.lastDay"),
            (json!({ "cycleDay": { "zone": "Mars/Olympus" } }), "cycleDay.zone"),
            (json!({ "card": { "bin": "12ab56" } }), "card.bin"),
            (json!({ "directDeposit": { "routingNumber": "1" } }), "directDeposit.routingNumber"),
            (json!({ "pieMode": "yes" }), "pieMode"),
            (json!({ "seed": "other" }), "seed"),
            (json!({ "products": [{ "name": "x".repeat(16_385) }] }), "products[0]"),
            (json!({ "webhooks": [{ "url": format!("http://{}", "x".repeat(16_385)) }] }), "url"),
            (json!([]), "object"),
        ] {
            let answer = sim.control("PUT", "wf", wrong.clone()).await.expect(400);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            let detail = answer.body["detail"].as_str().unwrap();
            assert!(detail.contains(names), "{wrong}: {detail}");
        }
        assert_eq!(sim.control("GET", "wf", Json::Null).await.expect(200).body, changed);
    }

    async fn a_world_keeps_its_settings_over_a_restart(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let strict = json!({ "names": { "preset": "strict25" }, "seed": "mine" });
        let made = sim.control("PUT", "wf", strict).await.expect(200).body;
        let frozen = json!({ "mode": "frozen", "now": "2040-01-01T00:00:00Z" });
        sim.control("PUT", "wf/clock", frozen).await.expect(200);
        let sim = sim.restart().await;
        assert_eq!(sim.control("GET", "wf", Json::Null).await.expect(200).body, made);
        let clock = sim.control("GET", "wf/clock", Json::Null).await.expect(200).body;
        assert_eq!(clock, json!({ "mode": "frozen", "now": "2040-01-01T00:00:00.000Z" }));
    }

    async fn a_clock_runs_stands_and_is_moved(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        let read = async || sim.control("GET", "wf/clock", Json::Null).await.expect(200).body;
        assert_eq!(read().await, json!({ "mode": "running", "now": START }));
        sim.wall.advance(1_500);
        assert_eq!(read().await["now"], "2031-05-06T10:00:01.500Z");
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        sim.wall.advance(60_000);
        assert_eq!(read().await["now"], "2031-05-06T10:00:01.500Z");
        let advanced = sim.control("POST", "wf/clock/advance", json!({ "by": "PT72H" })).await;
        assert_eq!(
            advanced.expect(200).body,
            json!({
                "mode": "frozen", "now": "2031-05-09T10:00:01.500Z", "ran": [],
                "isCut": false
            })
        );
        let to = json!({ "to": "2031-06-01T00:00:00Z" });
        sim.control("POST", "wf/clock/advance", to).await.expect(200);
        sim.control("PUT", "wf/clock", json!({ "mode": "running" })).await.expect(200);
        sim.wall.advance(1_000);
        assert_eq!(read().await, json!({ "mode": "running", "now": "2031-06-01T00:00:01.000Z" }));
        for (wrong, names) in [
            (json!({ "by": "tomorrow" }), "by: "),
            (json!({ "by": "P1M" }), "by: "),
            (json!({ "by": "P99999999D" }), "by: is too long"),
            (json!({ "by": "-PT1H" }), "by: "),
            (json!({ "to": "2031-01-01T00:00:00Z" }), "to: "),
            (json!({}), "either by or to"),
            (json!({ "by": "PT1H", "to": "2032-01-01T00:00:00Z" }), "either by or to"),
            (json!({ "for": "PT1H" }), "for"),
        ] {
            let answer = sim.control("POST", "wf/clock/advance", wrong.clone()).await.expect(400);
            assert!(answer.body["detail"].as_str().unwrap().contains(names), "{}", answer.text);
        }
        sim.control("PUT", "wf/clock", json!({ "now": "soon" })).await.expect(400);
        sim.control("GET", "nowhere/clock", Json::Null).await.expect(404);
        let far = json!({ "by": "P3000000D" });
        let end = sim.control("POST", "wf/clock/advance", far).await.expect(200);
        assert_eq!(end.body["now"], "9999-12-31T23:59:59.999Z");
    }

    async fn a_fault_strikes_whom_and_as_often_as_its_rule_says(engine: Engine) {
        let add_somebody = |config: &mut Config| {
            let somebody = Client { id: "somebody".to_owned(), ..config.clients[0].clone() };
            config.clients.push(somebody);
        };
        let sim = TestSim::configured(engine, add_somebody).await;
        let partner = sim.partner("wf").await;
        let rule = json!({
            "match": { "method": "POST", "path": "/programs/{programCode}/enrollments",
                       "caller": "demo", "nth": 2 },
            "effect": { "kind": "interrupt" },
        });
        let fault = sim.control("POST", "wf/faults", rule.clone()).await.expect(201).body;
        let other = json!({ "match": { "caller": "somebody" }, "effect": { "kind": "interrupt" } });
        sim.control("POST", "wf/faults", other).await.expect(201);
        for status in [200, 503, 200] {
            let body = enrollment(&sim.person("wf").await);
            partner.enroll(&guid(), &body).await.expect(status);
        }
        let listed = sim.control("GET", "wf/faults", Json::Null).await.expect(200).body;
        assert_eq!(listed["faults"][0]["match"], rule["match"]);
        assert_eq!(
            (&listed["faults"][0]["matched"], &listed["faults"][0]["applied"]),
            (&json!(3), &json!(1))
        );
        assert_eq!(listed["faults"][1]["matched"], 0);

        let path = format!("wf/faults/{}", fault["faultId"].as_str().unwrap());
        sim.control("DELETE", &path, Json::Null).await.expect(204);
        sim.control("DELETE", &path, Json::Null).await.expect(404);
        sim.control("DELETE", "wf/faults/7", Json::Null).await.expect(400);
        sim.control("DELETE", "wf/faults", Json::Null).await.expect(204);
        let listed = sim.control("GET", "wf/faults", Json::Null).await.expect(200).body;
        assert_eq!(listed["faults"], json!([]));
        for (wrong, names) in [
            (json!({ "effect": { "kind": "earthquake" } }), "earthquake"),
            (json!({ "match": {} }), "effect"),
            (json!({ "effect": { "kind": "interrupt" }, "times": 0 }), "times"),
            (json!({ "match": { "nth": 0 }, "effect": { "kind": "interrupt" } }), "nth"),
            (
                json!({ "match": { "probability": 2 }, "effect": { "kind": "interrupt" } }),
                "probability",
            ),
            (
                json!({ "effect": { "kind": "interrupt" }, "match": { "caller": "x".repeat(501) }}),
                "match.caller",
            ),
            (json!({ "match": { "verb": "GET" }, "effect": { "kind": "interrupt" } }), "verb"),
        ] {
            let answer = sim.control("POST", "wf/faults", wrong.clone()).await.expect(400);
            assert!(
                answer.body["detail"].as_str().unwrap().contains(names),
                "{wrong}: {}",
                answer.text
            );
        }
    }

    async fn invented_people_are_all_different(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let mut seen = std::collections::HashSet::new();
        for _ in 0..50 {
            let person = sim.person("wf").await;
            assert!(seen.insert(person["identifyingData"]["ssn"].to_string()));
            assert!(seen.insert(person["phoneNumbers"][0]["number"].to_string()));
        }
        let wrong =
            sim.control("POST", "wf/people", json!({ "outcome": "lucky" })).await.expect(400);
        assert!(wrong.body["detail"].as_str().unwrap().contains("approved"), "{}", wrong.text);
    }

    async fn the_control_api_wants_its_token_where_one_is_set(engine: Engine) {
        let sim = TestSim::configured(engine, |config| {
            config.control.token = Some("t0ken".to_owned().into());
        })
        .await;
        sim.control("PUT", "wf", json!({})).await.expect(401);
        for (given, status) in [("Bearer t0ken", 200), ("Bearer other", 401), ("t0ken", 401)] {
            let headers = [("authorization", given)];
            sim.bare("PUT", "/_sim/v1/programs/wf", &headers, "{}").await.expect(status);
        }
        sim.bare("GET", "/_sim/health/ready", &[], "").await.expect(200);
        sim.bare("GET", "/_sim/v1/nowhere", &[], "").await.expect(404);
        let wrong = sim.bare("PATCH", "/_sim/v1/programs/wf", &[], "").await.expect(405);
        assert_eq!(wrong.header("content-type"), Some("application/problem+json"));
    }

    async fn a_clock_moved_by_another_process_sets_the_next_attempt(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        receiver.answer_with(piebox::receiver::Answer::Status(503));
        let retrying =
            json!({ "webhooks": [{ "url": receiver.url(), "retry": { "enabled": true } }] });
        sim.control("PUT", "wf", retrying).await.expect(200);
        let body = enrollment(&sim.person("wf").await);
        sim.partner("wf").await.enroll(&guid(), &body).await.expect(200);
        sim.settled_attempt("wf").await;
        // Not through this process, whose copy of the world stays as it is.
        let other = sim.sibling().await;
        let later = json!({ "now": "2031-05-06T15:30:00Z" });
        other.control("PUT", "wf/clock", later).await.expect(200);
        crate::support::webhooks(&receiver, 2).await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(receiver.total(), 2, "the next attempt is an hour away");
        let delivery = sim.deliveries("wf").await.remove(0);
        assert_eq!(delivery["dueAt"], "2031-05-06T16:30:00.000Z");
    }

    async fn a_refusal_is_never_decided_by_what_another_process_has_changed(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::with_days_tokens(engine).await;
        let other = sim.sibling().await;
        let here = sim.partner("wf").await;
        let there = here.at(other.router());
        for partner in [&here, &there] {
            partner.get("/certificates").await.expect(200);
        }
        sim.control("POST", "wf/clock/advance", json!({ "by": "P2D" })).await.expect(200);
        there.get("/certificates").await.expect_refused(401, "401/0");
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        there.get("/certificates").await.expect(200);
        let required = json!({ "encryption": { "mode": "required" } });
        sim.control("PUT", "wf", required).await.expect(200);
        let body = enrollment(&sim.person("wf").await);
        there.enroll(&guid(), &body).await.expect_refused(400, "101/0");
        let optional = json!({ "encryption": { "mode": "optional" } });
        sim.control("PUT", "wf", optional).await.expect(200);
        there.enroll(&guid(), &body).await.expect(200);
    }

    async fn a_world_that_was_made_anew_is_not_taken_for_its_predecessor(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let other = match engine {
            Engine::Postgres => Some(sim.sibling().await),
            Engine::Sqlite => None,
        };
        let router = other.as_ref().unwrap_or(&sim).router();
        let there = sim.partner("wf").await.at(router);
        let strict = json!({ "names": { "preset": "strict25" }, "seed": "one" });
        sim.control("PUT", "wf", strict).await.expect(200);
        let first = there.get("/certificates").await.expect(200).body;
        sim.control("DELETE", "wf", Json::Null).await.expect(204);
        sim.control("PUT", "wf", json!({ "seed": "two" })).await.expect(200);
        assert_ne!(there.get("/certificates").await.expect(200).body, first);
        let mut person = sim.person("wf").await;
        person["profileData"]["lastName"] = json!("e".repeat(30));
        there.enroll(&guid(), &enrollment(&person)).await.expect(200);
    }

    async fn control_calls_go_by_what_another_process_has_changed(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let other = sim.sibling().await;
        let frozen = json!({ "mode": "frozen", "now": "2031-05-06T12:00:00Z" });
        sim.control("PUT", "wf/clock", frozen).await.expect(200);
        other.control("GET", "wf/clock", Json::Null).await.expect(200);
        sim.control("POST", "wf/clock/advance", json!({ "by": "PT10H" })).await.expect(200);
        let hour = json!({ "by": "PT1H" });
        let advanced = other.control("POST", "wf/clock/advance", hour).await.expect(200);
        assert_eq!(advanced.body["now"], "2031-05-06T23:00:00.000Z");
        for _ in 0..3 {
            sim.control("PUT", "wf", json!({ "pieMode": true })).await.expect(200);
            other.person("wf").await;
        }
    }

    async fn parallel_advances_add_up(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
        let hour = json!({ "by": "PT1H" });
        let hours = (0..10).map(|_| sim.control("POST", "wf/clock/advance", hour.clone()));
        futures_util::future::join_all(hours).await;
        let clock = sim.control("GET", "wf/clock", Json::Null).await.expect(200);
        assert_eq!(clock.body["now"], "2031-05-06T20:00:00.000Z");
    }

    async fn calls_under_way_while_the_world_changes_are_answered_by_one_or_the_other(
        engine: Engine,
    ) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person("wf").await);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        let path = format!("/accounts/{account}");
        let reads = async {
            for _ in 0..100 {
                partner.get(&path).await.expect(200);
            }
        };
        let changes = async {
            for _ in 0..30 {
                sim.control("POST", "wf/clock/advance", json!({ "by": "PT1S" })).await.expect(200);
            }
        };
        futures_util::future::join(reads, changes).await;
    }

    async fn two_processes_see_each_others_changes_at_once(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let other = sim.sibling().await;
        let (here, there) = (sim.partner("wf").await, sim.partner("wf").await.at(other.router()));
        here.get("/certificates").await.expect(200);
        there.get("/certificates").await.expect(200);
        for preset in ["strict25", "standard", "strict25"] {
            sim.control("PUT", "wf", json!({ "names": { "preset": preset } })).await.expect(200);
            let mut person = sim.person("wf").await;
            person["profileData"]["lastName"] = json!("e".repeat(30));
            let status = if preset == "strict25" { 400 } else { 200 };
            there.enroll(&guid(), &enrollment(&person)).await.expect(status);
        }
        let body = enrollment(&sim.person("wf").await);
        let id = here.enroll(&guid(), &body).await.expect(200).account_id();
        there.get(&format!("/accounts/{id}")).await.expect(200);
        sim.control("PUT", "wf", json!({ "directDeposit": { "mask": true } })).await.expect(200);
        let read = there.get(&format!("/accounts/{id}")).await.expect(200);
        let shown = &read.body["account"]["directDepositInformation"]["routingNumber"];
        assert_eq!(shown, "******214");
    }
}
