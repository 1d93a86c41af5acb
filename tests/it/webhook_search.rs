//! Searching events and deliveries, sending them again, waiting for them, and their catalogue.

use std::time::{Duration, Instant};

use piebox::db::{DbError, Scope, sql};
use piebox::receiver::Answer;
use piebox::webhooks::records::EventMatch;
use piebox::webhooks::replay::{self, ReplayError, Which};
use serde_json::{Value as Json, json};

use crate::support::money::money_account;
use crate::support::{
    Answer as Reply, Engine, START, TestSim, enrollment, guid, on_both_engines, open_receiver,
    webhooks,
};

async fn enroll(sim: &TestSim) -> String {
    let body = enrollment(&sim.person("wf").await);
    sim.partner("wf").await.enroll(&guid(), &body).await.expect(200).account_id()
}

async fn found(sim: &TestSim, list: &str, query: &str) -> i64 {
    let answer = sim.control("GET", &format!("wf/{list}?{query}"), Json::Null).await.expect(200);
    answer.body["total"].as_i64().unwrap()
}

async fn send_again(sim: &TestSim, body: Json) -> Reply {
    sim.control("POST", "wf/events/replay", body).await
}

on_both_engines! {
    async fn whk_9_events_and_deliveries_are_found_by_what_they_are(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        sim.freeze("wf").await;
        let money = money_account(&sim, "wf").await;
        sim.settled("wf").await;
        sim.advance("wf", "PT1H").await;
        receiver.answer_with(Answer::Status(404));
        money.credit("12.34").await;
        sim.settled("wf").await;
        let other = enroll(&sim).await;
        sim.settled("wf").await;
        let later = "2031-05-06T11:00:00Z";
        let url = receiver.url();
        let account = money.account.to_uppercase();
        for (query, events, deliveries) in [
            (String::new(), 3, 3),
            (format!("accountIdentifier={account}"), 2, 2),
            (format!("accountIdentifier={other}"), 1, 1),
            ("eventType=transaction".to_owned(), 1, 1),
            ("eventType=accountUpdated".to_owned(), 2, 2),
            (format!("from={later}"), 2, 2),
            (format!("to={START}"), 1, 1),
            (format!("from={START}&to={START}&eventType=transaction"), 0, 0),
            ("state=delivered".to_owned(), 1, 1),
            ("state=failed".to_owned(), 2, 2),
            ("state=pending".to_owned(), 0, 0),
            ("text=12.34".to_owned(), 1, 1),
            ("text=TRANSACTIONAMOUNT".to_owned(), 1, 1),
            ("text=100%25".to_owned(), 0, 0),
            ("text=_".to_owned(), 0, 0),
            ("limit=1".to_owned(), 3, 3),
            ("limit=2&offset=2".to_owned(), 3, 3),
        ] {
            assert_eq!(found(&sim, "events", &query).await, events, "events {query}");
            assert_eq!(found(&sim, "deliveries", &query).await, deliveries, "deliveries {query}");
        }
        let reason = "text=answered%20404";
        assert_eq!(found(&sim, "deliveries", reason).await, 2, "the reason of an attempt");
        assert_eq!(found(&sim, "deliveries", &format!("url={url}")).await, 3);
        assert_eq!(found(&sim, "deliveries", "url=http://elsewhere/").await, 0);
        let event = sim.events_of("wf", &other).await[0]["eventIdentifier"].clone();
        let query = format!("eventIdentifier={}", event.as_str().unwrap());
        assert_eq!(found(&sim, "deliveries", &query).await, 1);
        for wrong in ["eventType=transactions", "state=lost", "from=yesterday", "colour=red"] {
            let refused = sim.control("GET", &format!("wf/events?{wrong}"), Json::Null).await;
            let (member, _) = wrong.split_once('=').unwrap();
            assert!(refused.expect(400).text.contains(member));
        }
    }

    async fn whk_9_an_event_is_sent_again_as_a_delivery_of_its_own(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let account = enroll(&sim).await;
        let first = webhooks(&receiver, 1).await.remove(0);
        let event = sim.events_of("wf", &account).await[0]["eventIdentifier"].clone();
        let path = format!("wf/events/{}/replay", event.as_str().unwrap());
        let answer = sim.control("POST", &path, Json::Null).await.expect(202).body;
        assert_eq!((&answer["events"], &answer["deliveries"]), (&json!(1), &json!(1)));
        let again = webhooks(&receiver, 2).await.remove(1);
        assert_eq!(again.raw, first.raw, "the body is the same, byte for byte");
        let request_id = again.header("x-gd-requestid");
        assert_ne!(request_id, first.header("x-gd-requestid"));
        assert_eq!(request_id, answer["deliveryIdentifiers"][0].as_str());
        sim.settled("wf").await;
        let deliveries = sim.deliveries("wf").await;
        let replays: Vec<_> = deliveries.iter().map(|one| one.get("replay").cloned()).collect();
        assert!(replays.contains(&None) && replays.contains(&Some(json!(1))), "{replays:?}");

        let unknown = format!("wf/events/{}/replay", guid());
        sim.control("POST", &unknown, Json::Null).await.expect(404);
        sim.control("POST", "wf/events/x/replay", Json::Null).await.expect(400);
        let elsewhere = json!({ "url": "http://elsewhere/" });
        sim.control("POST", &path, elsewhere).await.expect(400);
        sim.send_to("wf", &receiver.url(), json!({ "eventTypes": ["transaction"] })).await;
        sim.control("POST", &path, Json::Null).await.expect(409);
    }

    async fn whk_9_a_range_is_counted_first_and_then_sent_in_order(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let dead = open_receiver().await;
        dead.answer_with(Answer::Status(404));
        sim.send_to("wf", &dead.url(), json!({})).await;
        let money = money_account(&sim, "wf").await;
        for amount in ["1.00", "2.00", "3.00"] {
            money.credit(amount).await;
        }
        sim.settled("wf").await;
        let (revived, other) = (open_receiver().await, open_receiver().await);
        let endpoints =
            json!({ "webhooks": [{ "url": revived.url() }, { "url": other.url() }] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        let wanted = json!({ "state": "failed", "eventType": "transaction" });
        let body = json!({ "match": wanted, "dryRun": true });
        let counted = send_again(&sim, body).await.expect(200).body;
        assert_eq!((&counted["messages"], &counted["deliveries"]), (&json!(3), &json!(6)));
        sim.settled("wf").await;
        assert_eq!((revived.total(), other.total()), (0, 0), "counting sends nothing");

        let body = json!({ "match": wanted, "url": revived.url() });
        let sent = send_again(&sim, body).await.expect(202).body;
        assert_eq!((&sent["deliveries"], &sent["replay"]), (&json!(3), &json!(1)));
        let came = webhooks(&revived, 3).await;
        sim.settled("wf").await;
        let originals = dead.received();
        let raws = |all: &[piebox::receiver::Received]| {
            all.iter().map(|one| one.raw.clone()).collect::<Vec<_>>()
        };
        assert_eq!(raws(&came), raws(&originals[1..]));
        assert_eq!(other.total(), 0);
        let second = send_again(&sim, json!({ "match": {} })).await.expect(202).body;
        assert_eq!((&second["messages"], &second["replay"]), (&json!(4), &json!(2)));
        webhooks(&revived, 7).await;
        webhooks(&other, 4).await;
        let nothing = json!({ "match": { "accountIdentifier": guid() } });
        assert_eq!(send_again(&sim, nothing).await.expect(202).body["deliveries"], 0);
    }

    async fn whk_9_a_large_replay_is_recorded_whole_or_not_at_all(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.send_to("wf", "http://127.0.0.1:9/", json!({})).await;
        let messages = 600;
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        for number in 1..=messages {
            let insert = "INSERT INTO webhook_events (program_code, event_id, message_id, \
                position, account_id, sequence, event_type, event, occurred_at) \
                VALUES ('wf', $1, $1, 0, 'a', $2, 'transaction', '{}', 0)";
            unit.write(sql(insert).bind(format!("event-{number}")).bind(number));
        }
        unit.commit().await.unwrap();
        let world = sim.sim.worlds.create_or_refresh(&"wf".parse().unwrap()).await.unwrap();
        let at = (&*world, world.now(sim.sim.worlds.wall()));
        let all = Which::Events(EventMatch::default());
        let would_be = replay::replay(&sim.sim.db, at, &all, (None, true)).await.unwrap();
        assert_eq!(would_be.messages, 600);
        // One of the last ones cannot be recorded.
        let taken = "INSERT INTO webhook_deliveries (program_code, delivery_id, message_id, \
            account_id, sequence, url, state, attempts, created_at, due_at, lease_wall_at) \
            VALUES ('wf', $1, 'm', 'a', 0, 'u', 'failed', 0, 0, 0, 0)";
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        unit.write(sql(taken).bind(would_be.deliveries[550]));
        unit.commit().await.unwrap();
        let refused = replay::replay(&sim.sim.db, at, &all, (None, false)).await;
        assert!(matches!(refused, Err(ReplayError::Db(DbError::Conflict))), "{refused:?}");
        assert_eq!(found(&sim, "deliveries", "").await, 1, "none of them");

        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        unit.write(sql("DELETE FROM webhook_deliveries"));
        unit.commit().await.unwrap();
        let sent = replay::replay(&sim.sim.db, at, &all, (None, false)).await.unwrap();
        assert_eq!(sent.deliveries, would_be.deliveries);
        assert_eq!(found(&sim, "deliveries", "").await, messages);
    }

    async fn whk_9_a_wait_ends_with_the_event_or_at_its_deadline(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let receiver = sim.receiver("wf").await;
        let waiting_at = sibling.as_ref().unwrap_or(&sim);
        let wait = async |body: Json| waiting_at.control("POST", "wf/events/wait", body).await;
        let both = json!({ "match": { "state": "delivered" }, "count": 2, "within": "PT20S" });
        let enrolled = async {
            enroll(&sim).await;
            webhooks(&receiver, 1).await;
            enroll(&sim).await
        };
        let (answer, account) = futures_util::join!(wait(both), enrolled);
        assert_eq!(answer.expect(200).body["total"], 2);

        let started = Instant::now();
        let wanted = json!({ "eventType": "accountUpdated", "accountIdentifier": account });
        let body = json!({ "match": wanted, "count": 2, "within": "PT0.3S" });
        let late = wait(body).await.expect(504);
        assert!(started.elapsed() >= Duration::from_millis(300));
        let detail = late.body["detail"].as_str().unwrap();
        assert!(detail.starts_with("1 of 2 events came within"), "{detail}");
        assert!(detail.contains(&account) && detail.contains("accountUpdated"), "{detail}");
        for (body, member) in [
            (json!({ "count": 0 }), "count"),
            (json!({ "count": 1001 }), "count"),
            (json!({ "match": { "eventType": "x" } }), "match.eventType"),
            (json!({ "until": 1 }), "until"),
        ] {
            let refused = wait(body).await.expect(400);
            assert!(refused.text.contains(member), "{}", refused.text);
        }
    }

    async fn whk_9_the_catalogue_says_what_is_told_and_how_sure_its_word_is(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let listed = sim.bare("GET", "/_sim/v1/event-types", &[], "").await.expect(200).body;
        let types = listed["eventTypes"].as_array().unwrap();
        assert_eq!(types.len(), 22);
        let of = |word: &str| types.iter().find(|one| one["eventType"] == word).unwrap();
        assert_eq!(of("accountUpdated")["certainty"], "printed");
        assert_eq!(of("accountUpdated")["simulated"], true);
        assert_eq!(of("nocAlert")["certainty"], "reading");
        assert_eq!(of("nocAlert")["simulated"], false);
        let misspelt = json!({ "webhooks": [
            { "url": "http://127.0.0.1:9/", "eventTypes": ["accountUpdate"] },
        ] });
        let refused = sim.control("PUT", "wf", misspelt).await.expect(400).text;
        assert!(refused.contains("webhooks[0].eventTypes"), "{refused}");
        for known in types {
            assert!(refused.contains(known["eventType"].as_str().unwrap()), "{refused}");
        }
    }

    async fn a_page_of_no_entries_or_of_too_many_is_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let account = enroll(&sim).await;
        for list in [
            "events",
            "deliveries",
            "requests",
            "accounts",
            "documents",
            "packages",
            "contactVerifications",
            &format!("accounts/{account}/timeline"),
        ] {
            for limit in ["0", "1001", "-1", "x"] {
                let path = format!("wf/{list}?limit={limit}");
                let refused = sim.control("GET", &path, Json::Null).await.expect(400);
                assert!(refused.text.contains("limit: "), "{path}: {}", refused.text);
            }
            for limit in ["1", "1000"] {
                let path = format!("wf/{list}?limit={limit}");
                sim.control("GET", &path, Json::Null).await.expect(200);
            }
        }
    }
}

/// What the catalogue calls simulated is what the families record, and nothing else.
#[test]
fn whk_9_the_catalogue_knows_what_the_families_tell() {
    let mut sources = String::new();
    let mut folders = vec![std::path::PathBuf::from("src/domains")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => sources.push_str(&std::fs::read_to_string(path).unwrap()),
            }
        }
    }
    for known in piebox::kernel::events::EVENT_TYPES {
        let told = sources.contains(&format!("\"{}\"", known.event_type));
        assert_eq!(told, known.simulated, "{}", known.event_type);
    }
}
