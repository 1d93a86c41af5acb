//! Load: a number of clients, each doing one thing after the other, and what they reach.
//!
//! Clients, server and SQLite's threads share one process and its cores, so a rate is what the
//! whole of them reaches. Beside the rate stands the processor time of the process for one
//! operation; it tells more than the rate where something else (a disk, one writer) sets the pace.

use std::fs;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::timeout;

/// Clients of a measurement that says nothing else.
pub const CLIENTS: usize = 32;
/// Rounds of a measurement; the median counts.
pub const ROUNDS: usize = 3;
/// Ticks of processor time a second in `/proc`: fixed on Linux for all programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// One client.
pub trait Client: Send + 'static {
    /// Does one thing; false if there is nothing left to do.
    fn step(&mut self) -> impl Future<Output = bool> + Send;
}

/// How long a measurement takes.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    pub warm_up: Duration,
    pub length: Duration,
}

impl Pace {
    /// One second, times `PIEBOX_BENCH_SECONDS`.
    pub fn from_environment() -> Self {
        let seconds = std::env::var("PIEBOX_BENCH_SECONDS").map_or(1.0, |text| {
            text.parse::<f64>().expect("PIEBOX_BENCH_SECONDS is a number of seconds")
        });
        Self { warm_up: Duration::from_millis(300), length: Duration::from_secs_f64(seconds) }
    }

    /// How many things to prepare if at most `per_second` of them can be done.
    pub fn supply(&self, per_second: usize) -> usize {
        ((self.warm_up + self.length).as_secs_f64() * per_second as f64) as usize
    }
}

/// What clients reached in one round.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    /// Operations a second.
    pub per_second: f64,
    /// Microseconds of processor time of this process for one operation.
    pub cpu_us: f64,
}

/// Lets the clients work: warm-up, then the span that counts.
pub async fn drive<C: Client>(clients: Vec<C>, pace: Pace) -> Rate {
    let done = Arc::new(AtomicU64::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = JoinSet::new();
    for mut client in clients {
        let (done, stop) = (Arc::clone(&done), Arc::clone(&stop));
        tasks.spawn(async move {
            while !stop.load(Ordering::Relaxed) && client.step().await {
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(pace.warm_up).await;
    let before = Reading::take(&done);
    // Ends early if the clients have run out of prepared things.
    let _ = timeout(pace.length, finish(&mut tasks)).await;
    let after = Reading::take(&done);
    stop.store(true, Ordering::Relaxed);
    finish(&mut tasks).await;
    before.until(&after)
}

async fn finish(tasks: &mut JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        ended.expect("a client failed");
    }
}

struct Reading {
    done: u64,
    cpu: f64,
    at: Instant,
}

impl Reading {
    fn take(done: &AtomicU64) -> Self {
        Self { done: done.load(Ordering::Relaxed), cpu: cpu_seconds(), at: Instant::now() }
    }

    fn until(&self, after: &Self) -> Rate {
        let done = (after.done - self.done) as f64;
        assert!(done > 0.0, "nothing was done: the warm-up used up what was prepared");
        Rate {
            per_second: done / (after.at - self.at).as_secs_f64(),
            cpu_us: (after.cpu - self.cpu) * 1e6 / done,
        }
    }
}

/// Processor time of this process so far, all threads, in seconds.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("the name of the program");
    let ticks: f64 = fields.split_whitespace().skip(11).take(2).flat_map(str::parse::<f64>).sum();
    ticks / TICKS_PER_SECOND
}

/// The rounds of one measurement.
#[derive(Debug, Clone, Default)]
pub struct Figure(Vec<Rate>);

impl Figure {
    pub fn push(&mut self, rate: Rate) {
        self.0.push(rate);
    }

    /// Operations a second: the median.
    pub fn per_second(&self) -> f64 {
        median(self.0.iter().map(|rate| rate.per_second))
    }

    /// Microseconds of processor time for one operation: the median.
    pub fn cpu_us(&self) -> f64 {
        median(self.0.iter().map(|rate| rate.cpu_us))
    }

    /// Distance of the best round from the worst, as a part of the median.
    pub fn spread(&self) -> f64 {
        let rates = || self.0.iter().map(|rate| rate.per_second);
        let (least, most) = (rates().fold(f64::MAX, f64::min), rates().fold(0.0, f64::max));
        (most - least) / self.per_second()
    }

    /// This rate as a part of a baseline's. Rounds are taken in pairs, one beside the other, so
    /// that a slow spell of the machine hits both; the median of the pairs counts.
    pub fn ratio_to(&self, baseline: &Figure) -> f64 {
        let pairs = self.0.iter().zip(&baseline.0);
        median(pairs.map(|(own, other)| own.per_second / other.per_second))
    }
}

/// The middle one; of an even number, the upper middle one.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    quantile(values, 0.5)
}

/// The value that this part of all values lies below.
pub fn quantile(values: impl Iterator<Item = f64>, part: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * part) as usize;
    values.get(at.min(values.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// Prepared things, handed out one by one to all clients.
#[derive(Debug)]
pub struct Supply<T>(Arc<Mutex<std::vec::IntoIter<T>>>);

impl<T> Clone for Supply<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Supply<T> {
    pub fn of(things: Vec<T>) -> Self {
        Self(Arc::new(Mutex::new(things.into_iter())))
    }

    pub fn take(&self) -> Option<T> {
        self.0.lock().expect("no client panics while it takes").next()
    }
}
