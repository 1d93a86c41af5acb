//! Faults of webhooks: what a rule does to deliveries, what the records say of it, and what no rule
//! may mix.

use piebox::receiver::{Received, Receiver};
use serde_json::{Value as Json, json};

use crate::support::money::{Money, money_account};
use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines, webhooks};

async fn enroll(sim: &TestSim) -> String {
    let body = enrollment(&sim.person("wf").await);
    sim.partner("wf").await.enroll(&guid(), &body).await.expect(200).account_id()
}

async fn fault(sim: &TestSim, rule: Json) {
    sim.control("POST", "wf/faults", rule).await.expect(201);
}

async fn delivery(sim: &TestSim, account: &str) -> Json {
    let path = format!("wf/deliveries?accountIdentifier={account}");
    sim.control("GET", &path, Json::Null).await.expect(200).body["deliveries"][0].clone()
}

/// Waits until a delivery of the account is in this state.
async fn in_state(sim: &TestSim, account: &str, state: &str) -> Json {
    let wanted = json!({ "match": { "accountIdentifier": account, "state": state } });
    sim.control("POST", "wf/events/wait", wanted).await.expect(200);
    delivery(sim, account).await
}

/// What the timeline of an account says of faults of webhooks and of attempts, the URL left out.
async fn told(sim: &TestSim, account: &str, url: &str) -> Vec<String> {
    let path = format!("wf/accounts/{account}/timeline?limit=1000");
    let timeline = sim.control("GET", &path, Json::Null).await.expect(200).body;
    let entries = timeline["entries"].as_array().unwrap();
    let is_meant = |entry: &&Json| entry["kind"] == "fault" || entry["kind"] == "attempt";
    let text = |entry: &Json| entry["text"].as_str().unwrap().replace(url, "URL");
    entries.iter().filter(is_meant).map(text).collect()
}

/// How often the first rule has matched and struck.
async fn counts(sim: &TestSim) -> (Json, Json) {
    let rules = sim.control("GET", "wf/faults", Json::Null).await.expect(200).body;
    (rules["faults"][0]["matched"].clone(), rules["faults"][0]["applied"].clone())
}

/// Waits until the fault has befallen a delivery that is pending.
async fn befallen(sim: &TestSim, fault: &str) {
    loop {
        let path = "wf/deliveries?state=pending";
        let pending = sim.control("GET", path, Json::Null).await.expect(200).body;
        if pending["deliveries"][0]["fault"] == fault {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// Amounts of transactions in the order of their arrival.
fn amounts(received: &[Received]) -> Vec<f64> {
    let amount = |one: &Received| {
        let amount = &one.body["accounts"][0]["events"][0]["transaction"]["transactionAmount"];
        amount.as_f64().or_else(|| amount.as_str()?.parse().ok())
    };
    received.iter().filter_map(amount).collect()
}

/// A world whose clock stands, with a receiver and an account that it has been told of.
async fn stage(sim: &TestSim) -> (Receiver, Money) {
    let receiver = sim.receiver("wf").await;
    sim.freeze("wf").await;
    let money = money_account(sim, "wf").await;
    webhooks(&receiver, 1).await;
    sim.settled("wf").await;
    (receiver, money)
}

on_both_engines! {
    async fn whk_6_a_dropped_webhook_is_never_sent_and_those_behind_it_are(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money) = stage(&sim).await;
        let rule = json!({
            "match": { "eventType": "transaction", "nth": 2 }, "effect": { "kind": "drop" },
        });
        fault(&sim, rule).await;
        for amount in ["1.00", "2.00", "3.00"] {
            money.credit(amount).await;
        }
        webhooks(&receiver, 3).await;
        sim.settled("wf").await;
        assert_eq!(amounts(&receiver.received()), [1.0, 3.0]);
        let path = "wf/deliveries?state=dropped";
        let dropped = sim.control("GET", path, Json::Null).await.expect(200).body;
        assert_eq!(dropped["total"], 1);
        assert_eq!(dropped["deliveries"][0]["fault"], "drop");
        assert_eq!(dropped["deliveries"][0]["attempts"], json!([]));
        assert_eq!(counts(&sim).await, (json!(3), json!(1)));
    }

    async fn whk_4_a_delayed_webhook_goes_later_on_the_clock_of_the_world(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money) = stage(&sim).await;
        let rule = json!({
            "match": { "account": money.account }, "times": 1,
            "effect": { "kind": "delay", "by": "PT10M" },
        });
        fault(&sim, rule).await;
        money.credit("1.00").await;
        let found = json!({ "match": { "text": "\"fault\"" }, "count": 1, "within": "PT0S" });
        sim.control("POST", "wf/events/wait", found).await.expect(504);
        befallen(&sim, "delay").await;
        let path = "wf/deliveries?state=pending";
        let pending = sim.control("GET", path, Json::Null).await.expect(200).body;
        assert_eq!(pending["deliveries"][0]["dueAt"], "2031-05-06T10:10:00.000Z");
        assert!(sim.advance("wf", "PT9M").await.is_empty());
        assert_eq!(receiver.total(), 1);
        let ran = sim.advance("wf", "PT1M").await;
        assert_eq!((ran.len(), receiver.total()), (1, 2), "{ran:?}");
    }

    async fn whk_6_a_webhook_that_is_reordered_lets_the_next_one_pass(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money) = stage(&sim).await;
        let rule = json!({ "match": { "nth": 2 }, "effect": { "kind": "reorder" } });
        fault(&sim, rule).await;
        for amount in ["1.00", "2.00", "3.00", "4.00"] {
            money.credit(amount).await;
        }
        webhooks(&receiver, 5).await;
        sim.settled("wf").await;
        assert_eq!(amounts(&receiver.received()), [1.0, 3.0, 2.0, 4.0]);
        // One that nobody follows goes after an hour.
        fault(&sim, json!({ "effect": { "kind": "reorder" }, "times": 1 })).await;
        money.credit("5.00").await;
        befallen(&sim, "reorder").await;
        assert_eq!(sim.advance("wf", "PT59M").await.len(), 0);
        assert_eq!(sim.advance("wf", "PT1M").await.len(), 1);
        assert_eq!(amounts(&receiver.received()), [1.0, 3.0, 2.0, 4.0, 5.0]);
    }

    async fn whk_5_a_duplicated_webhook_is_sent_twice_under_one_request_id(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        fault(&sim, json!({ "effect": { "kind": "duplicate" }, "times": 1 })).await;
        let account = enroll(&sim).await;
        let received = webhooks(&receiver, 2).await;
        assert_eq!(received[0].raw, received[1].raw);
        assert_eq!(received[0].header("x-gd-requestid"), received[1].header("x-gd-requestid"));
        assert_eq!((received[0].attempt, received[1].attempt), (1, 2));
        let delivery = in_state(&sim, &account, "delivered").await;
        assert_eq!(delivery["attempts"][0].get("fault"), None);
        assert_eq!(delivery["attempts"][1]["fault"], "duplicate", "{delivery}");
        enroll(&sim).await;
        webhooks(&receiver, 3).await;
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 3, "the rule is used up");
    }

    async fn whk_2_a_wrong_proof_befalls_one_attempt_and_the_next_is_right(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let proof = piebox::receiver::ExpectedProof {
            api_key: Some("k-1".to_owned().into()),
            ..Default::default()
        };
        let options = piebox::receiver::ReceiverOptions { proof, ..Default::default() };
        let receiver = Receiver::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        let members = json!({
            "auth": { "type": "apiKey", "key": "k-1" }, "retry": { "enabled": true },
        });
        sim.send_to("wf", &receiver.url(), members).await;
        sim.freeze("wf").await;
        let rule = json!({
            "match": { "url": receiver.url() }, "effect": { "kind": "badToken" }, "times": 1,
        });
        fault(&sim, rule).await;
        let account = enroll(&sim).await;
        webhooks(&receiver, 1).await;
        sim.settled_attempt("wf").await;
        sim.advance("wf", "PT1H").await;
        let delivery = in_state(&sim, &account, "delivered").await;
        let attempts = &delivery["attempts"];
        assert_eq!((&attempts[0]["httpStatus"], &attempts[0]["fault"]),
            (&json!(401), &json!("badToken")));
        assert_eq!((&attempts[1]["httpStatus"], attempts[1].get("fault")), (&json!(200), None));
        let lacked: Vec<_> = receiver.received().into_iter().map(|one| one.unproved).collect();
        assert_eq!(lacked, [Some("another API-Key".to_owned()), None]);
    }

    async fn rules_that_mix_calls_and_webhooks_are_refused_by_name(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for (rule, member) in [
            (json!({ "match": { "method": "PUT" }, "effect": { "kind": "drop" } }), "match.method"),
            (json!({ "match": { "url": "x" }, "effect": { "kind": "interrupt" } }), "match.url"),
            (json!({ "match": { "eventType": "accountupdated" }, "effect": { "kind": "drop" } }),
                "match.eventType"),
            (json!({ "effect": { "kind": "delay" } }), "by"),
            (json!({ "effect": { "kind": "delay", "by": "soon" } }), "ISO 8601"),
        ] {
            let refused = sim.control("POST", "wf/faults", rule.clone()).await.expect(400);
            assert!(refused.text.contains(member), "{rule}: {}", refused.text);
        }
        // A rule for webhooks befalls no call.
        fault(&sim, json!({ "effect": { "kind": "drop" } })).await;
        enroll(&sim).await;
        let rules = sim.control("GET", "wf/faults", Json::Null).await.expect(200).body;
        assert_eq!(rules["faults"][0]["matched"], 0, "no endpoint, no delivery");
    }

    async fn jrn_6_who_reads_a_timeline_alone_learns_what_faults_did_to_webhooks(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money) = stage(&sim).await;
        let auth = json!({ "auth": { "type": "apiKey", "key": "k-1" } });
        sim.send_to("wf", &receiver.url(), auth).await;
        let effects = [
            json!({ "kind": "drop" }),
            json!({ "kind": "delay", "by": "PT10M" }),
            json!({ "kind": "reorder" }),
            json!({ "kind": "duplicate" }),
            json!({ "kind": "badToken" }),
        ];
        for effect in effects {
            let kind = effect["kind"].as_str().unwrap().to_owned();
            sim.control("DELETE", "wf/faults", Json::Null).await.expect(204);
            fault(&sim, json!({ "effect": effect, "times": 1 })).await;
            money.credit("1.00").await;
            if ["delay", "reorder"].contains(&kind.as_str()) {
                befallen(&sim, &kind).await;
                sim.advance("wf", "PT1H").await;
            }
            sim.settled("wf").await;
        }
        let told = told(&sim, &money.account, &receiver.url()).await;
        assert_eq!(
            told[1..],
            [
                "transaction of message 2 to URL is never sent, by the fault drop",
                "transaction of message 3 to URL is not sent before 2031-05-06T10:10:00.000Z, by \
                 the fault delay",
                "transaction of message 3 to URL, attempt 1: delivered (acknowledged)",
                "transaction of message 4 to URL lets the next one pass, until \
                 2031-05-06T12:00:00.000Z at most, by the fault reorder",
                "transaction of message 4 to URL, attempt 1: delivered (acknowledged)",
                "transaction of message 5 to URL, attempt 1: delivered (acknowledged)",
                "transaction of message 5 to URL, attempt 2, sent once more by the fault \
                 duplicate: delivered (acknowledged)",
                "transaction of message 6 to URL, attempt 1, sent with a wrong proof by the fault \
                 badToken: delivered (acknowledged)",
            ]
        );
    }

    async fn jrn_6_a_webhook_that_was_dropped_stands_with_the_call_that_caused_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (_receiver, money) = stage(&sim).await;
        fault(&sim, json!({ "effect": { "kind": "drop" } })).await;
        for amount in ["1.00", "2.00", "3.00"] {
            money.credit(amount).await;
        }
        sim.settled("wf").await;
        let path = |rest: &str| format!("wf/accounts/{}/timeline?{rest}", money.account);
        let whole = sim.control("GET", &path("limit=1000"), Json::Null).await.expect(200).body;
        let entries = whole["entries"].as_array().unwrap();
        let kinds: Vec<&str> =
            entries.iter().rev().take(12).map(|entry| entry["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["fault", "event", "transaction", "request"].repeat(3), "{whole:#}");
        let last: Vec<&Json> = entries[entries.len() - 4..].iter().collect();
        assert!(last.iter().all(|entry| entry["callId"] == last[0]["callId"]), "{last:#?}");
        assert_eq!(last[3]["details"]["fault"], "drop");
        // Page by page, each comes once.
        let (mut paged, mut after) = (Vec::new(), String::new());
        loop {
            let page = path(&format!("limit=1{after}"));
            let page = sim.control("GET", &page, Json::Null).await.expect(200).body;
            paged.extend(page["entries"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(&paged, entries);
    }

    async fn whk_2_no_proof_goes_wrong_where_none_is_brought(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, money) = stage(&sim).await;
        fault(&sim, json!({ "effect": { "kind": "badToken" }, "times": 1 })).await;
        money.credit("1.00").await;
        webhooks(&receiver, 2).await;
        sim.settled("wf").await;
        assert_eq!(counts(&sim).await, (json!(0), json!(0)));
        assert_eq!(receiver.received()[1].header("authorization"), None);
        let lines = told(&sim, &money.account, &receiver.url()).await;
        assert!(lines.iter().all(|line| !line.contains("badToken")), "{lines:?}");
        // The rule waits for the first attempt that brings one.
        let auth = json!({ "auth": { "type": "bearer", "token": "t-1" } });
        sim.send_to("wf", &receiver.url(), auth).await;
        money.credit("2.00").await;
        webhooks(&receiver, 3).await;
        sim.settled("wf").await;
        assert_eq!(counts(&sim).await, (json!(1), json!(1)));
        let lines = told(&sim, &money.account, &receiver.url()).await;
        assert!(lines.last().unwrap().contains("by the fault badToken"), "{lines:?}");
    }
}
