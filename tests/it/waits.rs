//! Waiting with a deadline: its bounds, how many may, what it waits for, and how it ends.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use piebox::db::Wait;
use piebox::kernel::durations::Within;
use piebox::kernel::ids::ProgramCode;
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, PATIENCE, TestSim, guid, on_both_engines};

/// Waits that may be under way at once.
const PLACES: usize = 1_000;

async fn verify(sim: &TestSim, claim: Json) -> Answer {
    sim.control("POST", "wf/requests/verify", claim).await
}

async fn wait_for_events(sim: &TestSim, within: &str) -> Answer {
    sim.control("POST", "wf/events/wait", json!({ "count": 1_000, "within": within })).await
}

/// Asserts that something took as long as was asked for and not much longer.
fn took(begun: Instant, least: u64) {
    let took = begun.elapsed();
    assert!((Duration::from_millis(least)..PATIENCE / 2).contains(&took), "{took:?}");
}

/// Takes all places.
async fn fill(sim: &TestSim) -> Vec<Wait<'_>> {
    let program: ProgramCode = "full".parse().unwrap();
    let begin = || sim.sim.waits.begin(sim.sim.db.listen(&program), Within::MOST);
    let mut waits: Vec<Wait<'_>> = std::iter::repeat_with(begin).take(PLACES).collect();
    let placed = join_all(waits.iter_mut().map(Wait::again)).await;
    assert!(placed.iter().all(|one| *one == Ok(true)));
    waits
}

on_both_engines! {
    async fn jrn_3_a_wait_ends_at_its_deadline_whatever_goes_on(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let busy = async {
            loop {
                partner.get("/certificates").await.expect(200);
                tokio::task::yield_now().await;
            }
        };
        let waiting = async {
            let begun = Instant::now();
            let claim = json!({ "match": { "path": "/never" }, "within": "PT0.5S" });
            verify(&sim, claim).await.expect(422);
            took(begun, 500);
            let begun = Instant::now();
            let late = wait_for_events(&sim, "PT0.5S").await.expect(504);
            let detail = late.body["detail"].as_str().unwrap();
            assert_eq!(detail, "0 of 1000 events came within PT0.5S");
            took(begun, 500);
        };
        tokio::select! {
            () = waiting => {}
            () = busy => {}
        }
    }

    async fn jrn_3_a_wait_over_its_bound_is_refused_by_the_name_of_its_member(engine: Engine) {
        let sim = TestSim::start(engine).await;
        sim.control("PUT", "wf", json!({})).await.expect(200);
        for path in ["wf/requests/verify", "wf/events/wait"] {
            for within in ["PT25.001S", "PT1M", "P1M", "-PT1S", "soon"] {
                let body = json!({ "match": {}, "within": within });
                let refused = sim.control("POST", path, body).await.expect(400).body;
                let says = "within: must be an ISO 8601 duration up to PT25S";
                assert_eq!(refused["detail"], says, "{path} {within}");
            }
        }
    }

    async fn jrn_3_of_too_many_waits_the_last_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        partner.get("/certificates").await.expect(200);
        let full = fill(&sim).await;
        let claim = json!({ "match": { "path": "/never" }, "within": "PT20S" });
        for refused in [wait_for_events(&sim, "PT20S").await, verify(&sim, claim.clone()).await] {
            let detail = refused.expect(503).body["detail"].clone();
            assert_eq!(detail, "too many calls wait already; repeat later");
        }
        // Who need not wait needs no place.
        verify(&sim, json!({ "match": {}, "within": "PT20S" })).await.expect(200);
        wait_for_events(&sim, "PT0S").await.expect(504);
        // Calls of other processes are waited for even by who does not ask to wait.
        let alone = engine == Engine::Sqlite;
        let explain = format!("wf/requests/{}/explain", guid());
        let explained = sim.control("GET", &explain, Json::Null).await;
        explained.expect(if alone { 404 } else { 503 });
        let never = json!({ "match": { "path": "/never" }, "never": true });
        verify(&sim, never.clone()).await.expect(if alone { 200 } else { 503 });
        drop(full);
        wait_for_events(&sim, "PT0.1S").await.expect(504);
        verify(&sim, never).await.expect(200);
    }

    async fn jrn_3_what_must_not_come_is_waited_for_where_another_process_may_bring_it(
        engine: Engine,
    ) {
        if engine == Engine::Sqlite {
            return;
        }
        let change = |config: &mut piebox::config::Config| config.journal.interval_ms = 500;
        let sim = TestSim::configured(engine, change).await;
        let other = sim.sibling().await;
        let here = sim.partner("wf").await;
        let there = here.at(other.router());
        there.get("/certificates").await.expect(200);
        other.sim.journal.flush(None).await.unwrap();
        // Each claim holds of what is written, and no longer with the call that is on its way.
        let calls = json!({ "path": "*/certificates" });
        for claim in [
            json!({ "match": calls, "count": { "exactly": 1 } }),
            json!({ "match": calls, "count": { "atMost": 2 } }),
            json!({ "match": { "path": "*/certificates", "status": 200, "method": "GET",
                "requestId": "5e5e5e5e-0000-4000-8000-000000000001" }, "never": true }),
        ] {
            let id = claim["match"]["requestId"].as_str().map_or_else(guid, str::to_owned);
            there.call("GET", "/certificates", &id, Json::Null).await.expect(200);
            let refuted = verify(&sim, claim).await.expect(422).body;
            assert_eq!(refuted["nearestMiss"], Json::Null, "{refuted}");
        }
    }
}
