//! The queue of deliveries: order, retries, and that nobody waits for another one's endpoint.

use std::collections::BTreeMap;
use std::time::Duration;

use piebox::db::{Key, Scope, sql};
use piebox::receiver::{Answer, Receiver};
use serde_json::{Value as Json, json};

use crate::support::money::money_account;
use crate::support::{
    Engine, PATIENCE, START, TestSim, enrollment, guid, on_both_engines, open_receiver, webhooks,
};

async fn enroll(sim: &TestSim) -> String {
    let body = enrollment(&sim.person("wf").await);
    sim.partner("wf").await.enroll(&guid(), &body).await.expect(200).account_id()
}

/// For each account the messages as they came, by what distinguishes them: type and amount.
fn told(receiver: &Receiver) -> BTreeMap<String, Vec<String>> {
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for received in receiver.received() {
        let entry = &received.body["accounts"][0];
        let event = &entry["events"][0];
        let amount = &event["transaction"]["transactionAmount"];
        let what = format!("{} {amount}", event["eventType"].as_str().unwrap());
        let account = entry["accountIdentifier"].as_str().unwrap();
        told.entry(account.to_owned()).or_default().push(what);
    }
    told
}

async fn count(sim: &TestSim, query: &'static str) -> i64 {
    let rows: Vec<(i64,)> = sim.sim.db.all(sql(query)).await.unwrap();
    rows[0].0
}

const RETRYING: &str = r#"{ "retry": { "enabled": true } }"#;

fn retrying() -> Json {
    serde_json::from_str(RETRYING).unwrap()
}

on_both_engines! {
    async fn whk_4_refusals_are_final_and_401_403_and_server_errors_are_not(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        sim.send_to("wf", &receiver.url(), retrying()).await;
        sim.freeze("wf").await;
        for (status, attempts) in [(400, 1), (404, 1), (409, 1), (401, 2), (403, 2), (500, 2)] {
            receiver.answer_next([Answer::Status(status)]);
            let account = enroll(&sim).await;
            let path = format!("wf/deliveries?accountIdentifier={account}");
            let first = json!({ "match": { "accountIdentifier": account }, "count": 1 });
            sim.control("POST", "wf/events/wait", first).await.expect(200);
            sim.advance("wf", "PT1H").await;
            let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
            let delivery = &listed["deliveries"][0];
            assert_eq!(delivery["attempts"].as_array().unwrap().len(), attempts, "{delivery}");
            let state = if attempts == 1 { "failed" } else { "delivered" };
            assert_eq!(delivery["state"], state, "{delivery}");
        }
    }

    async fn whk_4_an_endpoint_may_be_taken_at_its_status(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        receiver.answer_with(Answer::NoEcho);
        for (strict, state, reason) in
            [(true, "failed", "the answer does not echo"), (false, "delivered", "taken for")]
        {
            let members = json!({ "strictAcknowledgement": strict });
            sim.send_to("wf", &receiver.url(), members).await;
            let account = enroll(&sim).await;
            sim.settled("wf").await;
            let path = format!("wf/deliveries?accountIdentifier={account}");
            let listed = sim.control("GET", &path, Json::Null).await.expect(200).body;
            let delivery = &listed["deliveries"][0];
            assert_eq!(delivery["state"], state);
            assert!(delivery["attempts"][0]["reason"].as_str().unwrap().starts_with(reason));
        }
    }

    async fn whk_6_messages_of_an_account_keep_their_order_past_a_failure(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (failing, quick) = (open_receiver().await, open_receiver().await);
        let mut first = retrying();
        first["url"] = json!(failing.url());
        let endpoints = json!({ "webhooks": [first, { "url": quick.url() }] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        sim.freeze("wf").await;
        failing.answer_with(Answer::Status(503));
        let money = money_account(&sim, "wf").await;
        for amount in ["1.00", "2.00", "3.00", "4.00"] {
            money.credit(amount).await;
        }
        webhooks(&quick, 5).await;
        let wanted: Vec<String> = ["accountUpdated null".to_owned()]
            .into_iter()
            .chain((1..=4).map(|amount| format!("transaction {amount}.0")))
            .collect();
        let of_account = |receiver: &Receiver| told(receiver).remove(&money.account).unwrap();
        assert_eq!(of_account(&quick).len(), wanted.len());
        // Those behind the first one are not tried, however often the queue is looked at.
        assert_eq!(failing.total(), 1);
        failing.answer_next([Answer::Status(503)]);
        failing.answer_with(Answer::Acknowledge);
        let ran = sim.advance("wf", "PT2H").await;
        assert_eq!(ran.len(), 6, "{ran:?}");
        let of_failing = of_account(&failing);
        assert_eq!(of_failing[..2], [wanted[0].clone(), wanted[0].clone()]);
        assert_eq!(of_failing[2..], of_account(&quick)[..]);
        assert_eq!(told_amounts(&of_failing[3..]), told_amounts(&wanted[1..]));
    }

    async fn whk_6_an_endpoint_that_hangs_holds_up_no_other(engine: Engine) {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap() * 4;
        let sim = TestSim::configured(engine, |config| {
            config.webhooks.timeout_ms = patience;
            config.webhooks.concurrency = 4;
        })
        .await;
        let (hanging, quick) = (open_receiver().await, open_receiver().await);
        hanging.answer_with(Answer::Silence(PATIENCE * 4));
        let endpoints = json!({ "webhooks": [{ "url": hanging.url() }, { "url": quick.url() }] });
        sim.control("PUT", "wf", endpoints).await.expect(200);
        for _ in 0..12 {
            enroll(&sim).await;
        }
        webhooks(&quick, 12).await;
        assert!(hanging.total() <= 2, "{} wait for one that hangs", hanging.total());
        hanging.stop().await;
    }

    async fn whk_6_many_messages_of_few_accounts_arrive_whole_and_in_order(engine: Engine) {
        let sim = TestSim::start(engine).await;
        // On Postgres two processes send from one queue.
        let sibling = if engine == Engine::Postgres { Some(sim.sibling().await) } else { None };
        let receiver = sim.receiver("wf").await;
        let mut accounts = Vec::new();
        for _ in 0..3 {
            accounts.push(money_account(&sim, "wf").await);
        }
        let credit = async |money: &crate::support::money::Money, at: usize| {
            let by_sibling = sibling.as_ref().filter(|_| at % 2 == 1);
            let money = by_sibling.map_or(money.clone(), |sibling| money.at(sibling));
            money.credit(&format!("{at}.00")).await;
        };
        for at in 1..=12 {
            let [one, two, three] = &accounts[..] else { unreachable!() };
            futures_util::join!(credit(one, at), credit(two, at), credit(three, at));
        }
        webhooks(&receiver, 39).await;
        sim.settled("wf").await;
        assert_eq!(receiver.total(), 39, "each once, nobody having died");
        let wanted: Vec<String> = (1..=12).map(|amount| amount.to_string()).collect();
        for (account, told) in told(&receiver) {
            assert_eq!(told_amounts(&told[1..]), wanted, "{account}");
        }
    }

    // What waits must not slow what is due: the marks that lead past it are kept by every step.
    async fn whk_6_only_the_first_of_a_line_stands_ready(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        sim.send_to("wf", &receiver.url(), retrying()).await;
        sim.freeze("wf").await;
        receiver.answer_with(Answer::Status(503));
        let money = money_account(&sim, "wf").await;
        for _ in 0..30 {
            money.credit("1.00").await;
        }
        sim.settled_attempt("wf").await;
        let ready = "SELECT COUNT(*) AS n FROM webhook_deliveries WHERE ready_at IS NOT NULL";
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let rows: Vec<(i64,)> = sim.sim.db.all(sql(ready)).await.unwrap();
            if rows == [(1,)] {
                break;
            }
            assert!(tokio::time::Instant::now() < deadline, "{rows:?} stand ready");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        receiver.answer_with(Answer::Acknowledge);
        sim.advance("wf", "PT1H").await;
        assert_eq!(receiver.total(), 32);
        let rows: Vec<(i64,)> = sim.sim.db.all(sql(ready)).await.unwrap();
        assert_eq!(rows, [(0,)]);
    }

    async fn an_attempt_waits_for_a_reset_and_goes_with_it(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        let attempts = "SELECT COUNT(*) AS n FROM webhook_attempts";
        receiver.answer_next([Answer::Silence(Duration::from_millis(300))]);
        enroll(&sim).await;
        webhooks(&receiver, 1).await;
        let world = Key::world(&"wf".parse().unwrap());
        let mut reset = sim.sim.db.begin(Scope::keys(vec![world])).await.unwrap();
        for delete in [
            "DELETE FROM webhook_attempts WHERE program_code = 'wf'",
            "DELETE FROM webhook_deliveries WHERE program_code = 'wf'",
            "DELETE FROM webhook_events WHERE program_code = 'wf'",
        ] {
            reset.write(sql(delete));
        }
        // Long enough for the answer to come; what it means has to wait.
        for _ in 0..20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(count(&sim, attempts).await, 0, "recorded beside a reset");
        }
        reset.commit().await.unwrap();
        enroll(&sim).await;
        sim.settled("wf").await;
        assert_eq!(count(&sim, attempts).await, 1, "that of the second one");
    }

    async fn an_advance_ends_where_an_attempt_cannot_be_recorded(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = sim.receiver("wf").await;
        sim.send_to("wf", &receiver.url(), retrying()).await;
        sim.freeze("wf").await;
        receiver.answer_with(Answer::Status(503));
        enroll(&sim).await;
        sim.settled_attempt("wf").await;
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        unit.write(sql(
            "INSERT INTO webhook_attempts (program_code, delivery_id, attempt, attempted_at, \
            latency_ms, http_status, verdict, reason) SELECT program_code, delivery_id, 2, \
            attempted_at, 0, http_status, verdict, reason FROM webhook_attempts",
        ));
        unit.commit().await.unwrap();
        let advancing = sim.control("POST", "wf/clock/advance", json!({ "by": "PT1H" }));
        let answer = tokio::time::timeout(PATIENCE, advancing).await.unwrap();
        assert!(answer.status >= 500, "{}", answer.text);
    }

    async fn an_advance_says_whether_more_ran_than_it_lists(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let _receiver = sim.receiver("wf").await;
        sim.freeze("wf").await;
        enroll(&sim).await;
        sim.settled("wf").await;
        for (count, is_cut) in [(1_000i64, false), (1_001, true)] {
            let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
            // As if so many attempts had been made in the second that follows.
            let attempts = "INSERT INTO webhook_attempts (program_code, delivery_id, attempt, \
                attempted_at, latency_ms, verdict, reason) WITH RECURSIVE n (i) AS ( \
                SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
                SELECT a.program_code, a.delivery_id, $1 * 1000 + n.i, \
                p.clock_frozen_at + 1 + n.i % 1000, 0, a.verdict, a.reason \
                FROM webhook_attempts a JOIN programs p ON p.program_code = a.program_code, n \
                WHERE a.attempt = 1";
            unit.write(sql(attempts).bind(count));
            unit.commit().await.unwrap();
            let by = json!({ "by": "PT1S" });
            let moved = sim.control("POST", "wf/clock/advance", by).await.expect(200).body;
            assert_eq!(moved["ran"].as_array().unwrap().len(), 1_000);
            assert_eq!(moved["isCut"], is_cut);
        }
    }

    async fn a_lease_outlasts_all_that_is_sent_under_it(engine: Engine) {
        let patience = 60_000;
        let sim = TestSim::configured(engine, |config| config.webhooks.timeout_ms = patience).await;
        let receiver = sim.receiver("wf").await;
        receiver.answer_with(Answer::Silence(PATIENCE));
        enroll(&sim).await;
        webhooks(&receiver, 1).await;
        let until = "SELECT MAX(lease_wall_at) AS n FROM webhook_deliveries";
        let wall = piebox::kernel::time::Timestamp::parse(START).unwrap().millis();
        // Sent twice by a fault, each time with a token to be fetched first.
        let most = i64::try_from(patience).unwrap() * 4;
        assert!(count(&sim, until).await > wall + most);
        receiver.stop().await;
    }

    async fn a_hundred_tasks_that_fail_for_ever_hide_no_other(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let body = enrollment(&sim.person_with("wf", "ofacMatch").await);
        let review = json!({ "ofac": { "reviewHours": 1 } });
        sim.control("PUT", "wf", review).await.expect(200);
        let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
        // Tasks of an account that cannot be read: each fails, whenever it is tried.
        let broken = enroll(&sim).await;
        let mut unit = sim.sim.db.begin(Scope::keys(Vec::new())).await.unwrap();
        unit.write(
            sql("UPDATE accounts SET terms = 'broken' WHERE account_id = $1").bind(broken.as_str()),
        );
        for _ in 0..250 {
            let insert = "INSERT INTO tasks (program_code, task_id, account_id, kind, details, \
                state, created_at, due_at) SELECT program_code, $1, $2, kind, details, state, 0, \
                0 FROM tasks WHERE program_code = 'wf' AND account_id = $3";
            let insert = sql(insert).bind(guid()).bind(broken.as_str());
            unit.write(insert.bind(account.as_str()));
        }
        unit.commit().await.unwrap();
        sim.wall.advance(7_200_000);
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let read = partner.get(&format!("/accounts/{account}")).await;
            if read.status == 401 || read.body["account"]["status"] != "pending" {
                break;
            }
            assert!(tokio::time::Instant::now() < deadline, "{}", read.text);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The amounts of transactions, without their spelling.
fn told_amounts(told: &[String]) -> Vec<String> {
    let amount = |what: &String| {
        let number = what.split(' ').nth(1).unwrap().trim_matches('"').parse::<f64>().unwrap();
        number.to_string()
    };
    told.iter().map(amount).collect()
}
