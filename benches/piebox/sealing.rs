//! EC_v1 on its own, on one thread.

use std::time::Instant;

use piebox::crypto::{Binding, KeyPair, open, seal};

use super::load::{Figure, Pace, ROUNDS, Rate};
use super::report::Report;
use super::stage::{Engine, PROGRAM, Stage};

/// What it costs to open what a partner sealed, and to seal what a card keeps secret.
pub async fn measure(report: &mut Report, pace: Pace) {
    report.section("EC_v1, one thread");
    let stage = Stage::open(Engine::SqliteMemory).await;
    let person = stage.person().await.to_string();
    stage.close().await;
    let recipient = KeyPair::from_seed([1; 32]);
    let binding =
        Binding { program_code: PROGRAM, request_id: "5b0c7a0e-8d7c-4b43-9a55-000000000001" };
    let container =
        seal(person.as_bytes(), recipient.public(), &KeyPair::from_seed([2; 32]), binding)
            .expect("a short text");
    let (mut opened, mut sealed) = (Figure::default(), Figure::default());
    let mut seed = [3u8; 32];
    for _ in 0..ROUNDS {
        opened.push(repeat(pace, || open(&container, &recipient, binding).is_ok()));
        sealed.push(repeat(pace, || {
            seed[0] = seed[0].wrapping_add(1);
            let ephemeral = KeyPair::from_seed(seed);
            seal(person.as_bytes(), recipient.public(), &ephemeral, binding).is_ok()
        }));
    }
    report.rate("open a user document", &opened);
    report.rate("seal one, with a new ephemeral key", &sealed);
}

fn repeat(pace: Pace, mut once: impl FnMut() -> bool) -> Rate {
    let (start, mut done) = (Instant::now(), 0.0);
    while start.elapsed() < pace.length {
        assert!(once(), "it is well formed");
        done += 1.0;
    }
    let seconds = start.elapsed().as_secs_f64();
    // One thread at work: its time is the processor's.
    Rate { per_second: done / seconds, cpu_us: seconds * 1e6 / done }
}
