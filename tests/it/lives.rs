//! Lives of a world: it begins anew when it is reset, restored, imported, or deleted and made once
//! more. Nothing of an earlier life comes into the present one, whichever process still holds it.

use std::time::{Duration, Instant};

use piebox::receiver::{Answer as Reply, Receiver, ReceiverOptions};
use serde_json::{Value as Json, json};

use crate::support::{Answer, Engine, PATIENCE, TestSim, enrollment, guid, on_both_engines};

/// What begins a life.
const BEGINNINGS: [&str; 4] = ["reset", "restore", "import", "deleteAndMake"];

/// A frozen world with a snapshot of its beginning, and that beginning as a file.
async fn world(sim: &TestSim) -> String {
    let frozen = json!({ "clock": { "mode": "frozen", "now": "2031-05-06T10:00:00Z" } });
    sim.control("PUT", "wf", frozen).await.expect(200);
    sim.control("POST", "wf/snapshots", json!({ "name": "begin" })).await.expect(201);
    sim.control("GET", "wf/export", Json::Null).await.expect(200).text
}

async fn begin_anew(sim: &TestSim, how: &str, file: &str) {
    let answer = match how {
        "reset" => sim.control("POST", "wf/reset", Json::Null).await,
        "restore" => sim.control("POST", "wf/snapshots/begin/restore", Json::Null).await,
        "import" => {
            let path = "/_sim/v1/programs/wf/import";
            sim.bare("PUT", path, &[], file.to_owned()).await
        }
        _ => {
            sim.control("DELETE", "wf", Json::Null).await.expect(204);
            world(sim).await;
            return;
        }
    };
    answer.expect(200);
}

/// Calls of partners that the journal holds.
async fn calls(sim: &TestSim) -> usize {
    let listed = sim.control("GET", "wf/requests", Json::Null).await.expect(200).body;
    assert_eq!(listed["lost"], 0, "{listed}");
    listed["requests"].as_array().unwrap().len()
}

/// A simulator whose journal writes only when asked to and whose webhooks soon give up, and another
/// process beside it where there can be one.
async fn processes(engine: Engine) -> (TestSim, Option<TestSim>) {
    let slowly = |config: &mut piebox::config::Config| {
        config.journal.interval_ms = 5_000;
        config.webhooks.timeout_ms = 150;
    };
    let sim = TestSim::configured(engine, slowly).await;
    let other = match engine {
        Engine::Sqlite => None,
        Engine::Postgres => Some(sim.sibling().await),
    };
    (sim, other)
}

on_both_engines! {
    async fn jrn_4_a_call_that_waits_to_be_kept_is_not_kept_in_a_later_life(engine: Engine) {
        let (sim, other) = processes(engine).await;
        let holder = other.as_ref().unwrap_or(&sim);
        let file = world(&sim).await;
        let partner = sim.partner("wf").await.at(holder.router());
        for how in BEGINNINGS {
            for _ in 0..3 {
                partner.get("/certificates").await.expect(200);
            }
            begin_anew(&sim, how, &file).await;
            holder.sim.journal.flush(None).await.unwrap();
            assert_eq!(calls(&sim).await, 0, "{how}");
            partner.get("/certificates").await.expect(200);
            holder.sim.journal.flush(None).await.unwrap();
            assert_eq!(calls(&sim).await, 1, "{how}");
        }
    }

    async fn jrn_4_calls_that_are_being_kept_while_a_life_ends_end_with_it(engine: Engine) {
        let (sim, other) = processes(engine).await;
        let holder = other.as_ref().unwrap_or(&sim);
        let file = world(&sim).await;
        let partner = sim.partner("wf").await.at(holder.router());
        for round in 0..16 {
            for _ in 0..40 {
                partner.get("/certificates").await.expect(200);
            }
            let how = BEGINNINGS[round % 3];
            let keeping = async {
                tokio::time::sleep(Duration::from_micros(700 * round as u64)).await;
                holder.sim.journal.flush(None).await.unwrap();
            };
            tokio::join!(keeping, begin_anew(&sim, how, &file));
            assert_eq!(calls(&sim).await, 0, "{how}");
        }
    }

    async fn an_advance_does_not_go_on_in_a_later_life(engine: Engine) {
        let (sim, other) = processes(engine).await;
        let elsewhere = other.as_ref().unwrap_or(&sim);
        world(&sim).await;
        // Each hour of the way one attempt, and each attempt takes its time.
        let address = "127.0.0.1:0".parse().unwrap();
        let receiver = Receiver::start(address, ReceiverOptions::default()).await.unwrap();
        receiver.answer_with(Reply::Silence(Duration::from_secs(1)));
        let endpoint = json!([{ "url": receiver.url(), "retry": { "enabled": true } }]);
        let pending = async || {
            sim.control("PUT", "wf", json!({ "webhooks": endpoint })).await.expect(200);
            let person = sim.person("wf").await;
            sim.partner("wf").await.enroll(&guid(), &enrollment(&person)).await.expect(200);
        };
        // What is due in the life that is restored or imported lies before the advance's moment.
        pending().await;
        let again = json!({ "name": "begin", "replace": true });
        sim.control("POST", "wf/snapshots", again).await.expect(201);
        let file = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        for how in BEGINNINGS {
            pending().await;
            let day = sim.control("POST", "wf/clock/advance", json!({ "by": "P1D" }));
            let midst = async {
                until_it_moves(elsewhere).await;
                begin_anew(elsewhere, how, &file).await;
            };
            let (advanced, ()) = tokio::join!(day, midst);
            assert_stopped(&advanced, how);
            let clock = sim.control("GET", "wf/clock", Json::Null).await.expect(200).body;
            assert_eq!(clock["now"], "2031-05-06T10:00:00.000Z", "{how}");
        }
        receiver.stop().await;
    }
}

/// Waits until the clock has gone some hours of its way.
async fn until_it_moves(sim: &TestSim) {
    let began = Instant::now();
    loop {
        let clock = sim.control("GET", "wf/clock", Json::Null).await.expect(200).body;
        if clock["now"].as_str().unwrap() >= "2031-05-06T12" {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{clock}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[track_caller]
fn assert_stopped(advanced: &Answer, how: &str) {
    let says = advanced.body["detail"].as_str().unwrap_or_default();
    // Between the end of one life and the beginning of the next there may be nothing to meet.
    let is_gone = how == "deleteAndMake" && advanced.status == 404;
    let is_told = advanced.status == 409 && says.contains("has begun another life meanwhile");
    assert!(is_gone || is_told, "{how}: {} {}", advanced.status, advanced.text);
}
