//! Webhooks: from the commit to the receiver, and how many a second.
//!
//! Units of an enrollment with one delivery are committed to the database layer, so that the moment
//! of the commit is known exactly; leasing, sending and recording are the simulator's own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use piebox::receiver::{Received, Receiver, ReceiverOptions};
use serde_json::json;

use super::load::{Pace, Supply, quantile};
use super::report::{Report, Target};
use super::stage::{Engine, Stage};
use super::unit::{Hander, Shape, commit};

/// Deliveries a second of the moderate load.
const MODERATE: usize = 200;
/// Deliveries that wait at once when the throughput is taken.
const BACKLOGS: [usize; 2] = [500, 4_000];
/// How long to wait for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

type Moments = HashMap<String, Instant>;

/// Latency and throughput on each durable engine.
pub async fn measure(report: &mut Report, pace: Pace) {
    report.section("Webhooks: commit to receiver, and deliveries a second to one endpoint");
    for engine in Engine::durable() {
        latency(report, engine, pace).await;
        for backlog in BACKLOGS {
            throughput(report, engine, backlog).await;
        }
    }
}

/// A simulator whose world sends to a receiver.
async fn open(engine: Engine) -> (Stage, Receiver, Shape) {
    let options = ReceiverOptions { backlog: 65_536, ..ReceiverOptions::default() };
    let address = "127.0.0.1:0".parse().expect("an address");
    let receiver = Receiver::start(address, options).await.expect("a free port");
    let stage = Stage::open(engine).await;
    stage.control("PUT", "", &json!({ "webhooks": [{ "url": receiver.url() }] })).await;
    let shape = Shape::capture(Some(&receiver.url())).await;
    (stage, receiver, shape)
}

async fn latency(report: &mut Report, engine: Engine, pace: Pace) {
    let (stage, receiver, shape) = open(engine).await;
    let count = (pace.length.as_secs_f64() * 2.0 * MODERATE as f64) as usize;
    let arrived = Arc::new(Mutex::new(Moments::new()));
    let (noting, mut incoming) = (Arc::clone(&arrived), receiver.subscribe());
    let listener = tokio::spawn(async move {
        while let Ok(received) = incoming.recv().await {
            let now = Instant::now();
            noting.lock().expect("no panic").entry(account(&received)).or_insert(now);
        }
    });
    let world = stage.world().await;
    let units: Vec<_> = (0..count).map(|number| shape.unit(number)).collect();
    let mut committed = Moments::new();
    let mut clock = tokio::time::interval(Duration::from_secs(1) / MODERATE as u32);
    for unit in units {
        clock.tick().await;
        let account = unit.account.to_string();
        commit(&stage.sim.db, &world, unit).await.expect("each unit is another");
        committed.insert(account, Instant::now());
    }
    receiver.wait_for(count, PATIENCE).await.expect("every webhook comes");
    receiver.stop().await;
    listener.await.expect("it ends with the receiver");
    let arrived = arrived.lock().expect("no panic").clone();
    let waits = committed
        .iter()
        .map(|(account, at)| arrived[account].saturating_duration_since(*at).as_secs_f64() * 1e3);
    let waits: Vec<f64> = waits.collect();
    let name = engine.name();
    let at = |part| quantile(waits.iter().copied(), part);
    report.value(&format!("{name}: {MODERATE} a second, median"), at(0.5), " ms", None);
    let what = format!("{name}: {MODERATE} a second, 99 of 100 within");
    report.value(&what, at(0.99), " ms", Some(Target::AtMost(50.0)));
    stage.close().await;
}

fn account(received: &Received) -> String {
    let account = &received.body["accounts"][0]["accountIdentifier"];
    account.as_str().expect("a webhook is about an account").to_owned()
}

/// From the first commit to the last arrival of many that are committed as fast as can be.
async fn throughput(report: &mut Report, engine: Engine, backlog: usize) {
    let (stage, receiver, shape) = open(engine).await;
    let units: Supply<_> = shape.units(0..backlog);
    let no_end = Pace { warm_up: Duration::ZERO, length: PATIENCE };
    let begun = Instant::now();
    Hander::drive(&stage, units, no_end).await;
    receiver.wait_for(backlog, PATIENCE).await.expect("every webhook comes");
    let rate = backlog as f64 / begun.elapsed().as_secs_f64();
    let what = format!("{}: a burst of {backlog}, deliveries a second", engine.name());
    report.value(&what, rate, "", Some(Target::AtLeast(2_000.0)));
    receiver.stop().await;
    stage.close().await;
}
