//! What many stored accounts cost: calls on a full database against the same calls on an empty one,
//! and the reset and the snapshot of a world that has been in use.

use std::time::Instant;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::calls::settle;
use super::http::Caller;
use super::load::{Figure, Pace, ROUNDS, Rate, drive, median};
use super::people::{self, Enrollment};
use super::report::{Report, Target};
use super::stage::{Engine, Stage};

/// Accounts of the full database, unless `PIEBOX_BENCH_ACCOUNTS` says otherwise.
const ACCOUNTS: usize = 20_000;
/// Accounts that are read, of both databases.
const READ: usize = 1_000;
/// Accounts of the world that is reset.
const RESET: usize = 1_000;
/// Enrollments a second that are prepared.
const ENROLLMENTS_A_SECOND: usize = 10_000;

/// Calls on a full database.
pub async fn measure(report: &mut Report, pace: Pace) {
    let count = std::env::var("PIEBOX_BENCH_ACCOUNTS").map_or(ACCOUNTS, |text| {
        text.parse().expect("PIEBOX_BENCH_ACCOUNTS is a number of accounts")
    });
    report.section(&format!("{count} accounts stored, against {READ} (reads) and none (writes)"));
    for engine in Engine::durable() {
        let full = Stage::open(engine).await;
        let accounts = settle(&full, count).await;
        let (few, many) = reads(engine, &full, &accounts, pace).await;
        let (name, target) = (engine.name(), Some(Target::AtLeast(0.9)));
        report.rate(&format!("{name}: GET account of {READ}"), &few);
        report.against(&format!("{name}: GET account of {count}"), &many, &few, target);
        let (none, many) = writes(engine, &full, pace).await;
        report.rate(&format!("{name}: POST enrollment into an empty database"), &none);
        let what = format!("{name}: POST enrollment beside {count}");
        report.against(&what, &many, &none, target);
        full.close().await;
    }
}

async fn reads(engine: Engine, full: &Stage, all: &[Uuid], pace: Pace) -> (Figure, Figure) {
    let small = Stage::open(engine).await;
    let known = settle(&small, READ).await;
    let of_few = people::look_ups(known.iter(), &small.bearer);
    // All over the full database.
    let apart = all.iter().step_by((all.len() / READ).max(1));
    let of_many = people::look_ups(apart, &full.bearer);
    let (mut few, mut many) = (Figure::default(), Figure::default());
    for _ in 0..ROUNDS {
        few.push(drive(Caller::crew(small.served.address, &of_few).await, pace).await);
        many.push(drive(Caller::crew(full.served.address, &of_many).await, pace).await);
    }
    small.close().await;
    (few, many)
}

async fn writes(engine: Engine, full: &Stage, pace: Pace) -> (Figure, Figure) {
    let person = full.person().await;
    let supply = pace.supply(ENROLLMENTS_A_SECOND);
    let all = people::plain(&person, supply * ROUNDS);
    let (mut none, mut many) = (Figure::default(), Figure::default());
    for part in all.chunks(supply) {
        let empty = Stage::open(engine).await;
        none.push(post(&empty, part, pace).await);
        empty.close().await;
        many.push(post(full, part, pace).await);
    }
    (none, many)
}

async fn post(stage: &Stage, enrollments: &[Enrollment], pace: Pace) -> Rate {
    stage.world().await;
    let requests = people::requests(enrollments, &stage.bearer);
    drive(Caller::crew(stage.served.address, &requests).await, pace).await
}

/// Remembering a world and putting it back, as the caller sees it.
pub async fn state(report: &mut Report) {
    report.section(&format!("Snapshot of a world with {RESET} accounts"));
    for engine in Engine::durable() {
        let stage = Stage::open(engine).await;
        settle(&stage, RESET).await;
        let (mut taken, mut restored) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let wish = json!({ "name": "s", "replace": true });
            stage.control("POST", "/snapshots", &wish).await;
            taken.push(begun.elapsed().as_secs_f64() * 1e3);
            let begun = Instant::now();
            stage.control("POST", "/snapshots/s/restore", &Json::Null).await;
            restored.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let name = engine.name();
        report.value(&format!("{name}: taken"), median(taken.into_iter()), " ms", None);
        report.value(&format!("{name}: restored"), median(restored.into_iter()), " ms", None);
        stage.close().await;
    }
}

/// The reset of a world, as its caller sees it.
pub async fn reset(report: &mut Report) {
    report.section(&format!("Reset of a world with {RESET} accounts"));
    for engine in Engine::durable() {
        let stage = Stage::open(engine).await;
        let mut spans = Vec::new();
        for _ in 0..ROUNDS {
            settle(&stage, RESET).await;
            let begun = Instant::now();
            stage.control("POST", "/reset", &Json::Null).await;
            spans.push(begun.elapsed().as_secs_f64() * 1e3);
            assert_eq!(stage.control("GET", "/events", &Json::Null).await, json!({ "events": [] }));
        }
        let target = Some(Target::AtMost(50.0));
        report.value(engine.name(), median(spans.into_iter()), " ms", target);
        stage.close().await;
    }
}
