//! Many tests at once on one simulator, each in a world of its own: none sees anything of another,
//! and memory stays bounded.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value as Json, json};
use tokio::task::JoinSet;

use crate::support::{Engine, TestSim, enrollment, guid, on_both_engines};

/// What one test does in its world, and expects there: its own people, money, time and faults.
async fn lives_alone(sim: &TestSim, number: usize) {
    let code = format!("t-{number}");
    let year = 2040 + number % 50;
    let first = format!("{year}-03-01T00:00:00.000Z");
    let begins = json!({ "clock": { "mode": "frozen", "now": first } });
    sim.control("PUT", &code, begins).await.expect(200);
    let clock = sim.control("GET", &format!("{code}/clock"), Json::Null).await.expect(200).body;
    assert_eq!(clock["now"], first);
    let is_odd = number % 2 == 1;
    if is_odd {
        let fault = json!({ "effect": { "kind": "interrupt" }, "times": 1 });
        sim.control("POST", &format!("{code}/faults"), fault).await.expect(201);
    }
    let partner = sim.partner(&code).await;
    let (id, body) = (guid(), enrollment(&sim.person(&code).await));
    if is_odd {
        partner.enroll(&id, &body).await.expect_refused(503, "503/0");
    }
    let account = partner.enroll(&id, &body).await.expect(200).account_id();
    let amount = 1 + number % 400;
    let credit = json!({
        "adjustmentIdentifier": guid(), "amount": format!("{amount}.00"), "currency": "USD",
        "adjustmentType": "instructionCredit", "adjustmentDescription": "Test",
    });
    let path = format!("/accounts/{account}");
    partner.call("POST", &format!("{path}/adjustments"), &guid(), credit).await.expect(200);
    assert!(sim.advance(&code, "P1D").await.is_empty(), "{code}");
    let read = partner.get(&path).await.expect(200).body;
    assert_eq!(read["account"]["purses"][0]["availableBalance"], amount as f64, "{code}");
    let listed = sim.control("GET", &format!("{code}/accounts"), Json::Null).await.expect(200).body;
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 1, "{code}");
    let events = sim.events(&code).await;
    assert!(events.iter().all(|event| event["accountIdentifier"] == account), "{code}: {events:?}");
    assert!(!events.is_empty(), "{code}");
    let audit = sim.control("POST", &format!("{code}/ledger/audit"), Json::Null).await.expect(200);
    assert_eq!((audit.body["fits"] == true, audit.body["postings"].as_i64()), (true, Some(1)));
    let clock = sim.control("GET", &format!("{code}/clock"), Json::Null).await.expect(200).body;
    assert_eq!(clock["now"], format!("{year}-03-02T00:00:00.000Z"));
}

/// Runs so many of them at once.
async fn at_once(sim: &Arc<TestSim>, tests: std::ops::Range<usize>) {
    let mut running = JoinSet::new();
    for number in tests {
        let sim = Arc::clone(sim);
        running.spawn(async move { lives_alone(&sim, number).await });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

/// How many at once; `PIEBOX_TEST_WORLDS=2000` for a measurement.
fn worlds() -> usize {
    let given = std::env::var("PIEBOX_TEST_WORLDS");
    given.map_or(60, |count| count.parse().expect("PIEBOX_TEST_WORLDS is a number"))
}

/// Resident memory of this process in MiB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).map_or(0, |kib| kib.parse::<u64>().unwrap() / 1_024)
}

on_both_engines! {
    async fn many_tests_at_once_live_each_in_a_world_of_its_own(engine: Engine) {
        // Fewer copies in memory than worlds: some are dropped and read again.
        let few = |config: &mut piebox::config::Config| {
            config.limits.worlds_cached = worlds() / 6;
            config.database.lock_wait_ms = 600_000;
        };
        let sim = Arc::new(TestSim::configured(engine, few).await);
        let begun = Instant::now();
        let mut sizes = vec![resident()];
        for round in 0..2 {
            at_once(&sim, round * worlds()..(round + 1) * worlds()).await;
            sizes.push(resident());
        }
        let (count, spent) = (worlds(), begun.elapsed().as_secs_f32());
        eprintln!("{engine:?}: twice {count} worlds at once, {spent:.1} s; MiB: {sizes:?}");
    }
}
