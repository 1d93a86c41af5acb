//! How fast piebox is, as ratios to baselines that are taken in the same run on the same machine.
//!
//! `cargo bench --bench piebox` prints one table; nothing is asserted. Names of sections behind
//! `--` choose: `cargo bench --bench piebox -- get enroll`. `PIEBOX_BENCH_SECONDS` sets how long
//! one measurement takes, `PIEBOX_BENCH_ACCOUNTS` how many accounts the large database holds, and
//! `PIEBOX_TEST_POSTGRES_URL` where Postgres is. `docs/performance.md` says what each row means.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement that cannot be made ends the run; the environment sets its pace"
)]

mod calls;
mod crowd;
mod http;
mod load;
mod money;
mod people;
mod process;
mod report;
mod sealing;
mod seam;
mod shares;
mod stage;
mod unit;
mod webhooks;

use load::Pace;
use report::Report;

const SECTIONS: [&str; 10] = [
    "hello", "get", "enroll", "adjust", "history", "seam", "sealing", "process", "webhooks",
    "crowd",
];

fn main() {
    // `cargo test --all-targets` runs this too, in a build whose figures would mean nothing.
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("piebox: measurements are made by `cargo bench --bench piebox`");
        return;
    }
    let chosen: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    if let Some(unknown) = chosen.iter().find(|name| !SECTIONS.contains(&name.as_str())) {
        println!("piebox: there is no section {unknown:?}; there are {}", SECTIONS.join(", "));
        return;
    }
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|it| it == name);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("threads can be started").block_on(async {
        let (mut report, pace) = (Report::default(), Pace::from_environment());
        introduce(pace).await;
        for name in SECTIONS.into_iter().filter(|name| is_chosen(name)) {
            run(name, &mut report, pace).await;
        }
        shares::conclude(&report);
    });
}

/// What the figures depend on and do not show.
async fn introduce(pace: Pace) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let busy = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').next().unwrap_or("?");
    println!("piebox, {cores} cores shared by clients and server; load before the start: {busy}");
    println!(
        "{} clients, keep-alive, on loopback; {} rounds of {:.1} s after {:.1} s; medians",
        load::CLIENTS,
        load::ROUNDS,
        pace.length.as_secs_f64(),
        pace.warm_up.as_secs_f64(),
    );
    println!("sqlite file: write-ahead log, synchronous normal");
    match stage::postgres_settings().await {
        Some(settings) => println!("postgres: {settings}"),
        None => println!("NOT MEASURED ON POSTGRES: PIEBOX_TEST_POSTGRES_URL is not set"),
    }
}

async fn run(section: &str, report: &mut Report, pace: Pace) {
    match section {
        "hello" => calls::hello(report, pace).await,
        "get" => calls::get_account(report, pace).await,
        "enroll" => calls::enroll(report, pace).await,
        "adjust" => money::adjust(report, pace).await,
        "history" => money::history(report, pace).await,
        "seam" => seam::measure(report, pace).await,
        "sealing" => sealing::measure(report, pace).await,
        "process" => process::measure(report, pace).await,
        "webhooks" => webhooks::measure(report, pace).await,
        _ => {
            crowd::reset(report).await;
            crowd::state(report).await;
            crowd::measure(report, pace).await;
        }
    }
}
