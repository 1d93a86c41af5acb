//! Starting background tasks, and stopping all of them in good order.
//!
//! A [`Lifecycle`] stops in two steps. Soft: take nothing new on, finish what is under way. Hard:
//! drop everything at once. The first signal means soft and the second hard; a task that fails
//! also means soft, since a process that has lost one of its parts should not linger.
//!
//! ```no_run
//! # use std::{process::ExitCode, time::Duration};
//! # use piebox::lifecycle::Lifecycle;
//! # async fn run() -> std::io::Result<ExitCode> {
//! let lifecycle = Lifecycle::new();
//! lifecycle.watch_signals()?;
//! let soft = lifecycle.soft();
//! lifecycle.spawn("ticker", async move { soft.cancelled().await });
//! lifecycle.soft().cancelled().await;
//! Ok(lifecycle.finish(Duration::from_secs(10)).await.into())
//! # }
//! ```
//!
//! Left out: restarting tasks that failed, and ending the process, which is up to `main`. Tasks
//! are stopped where they await; one that computes without end cannot be. Unix only.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{JoinError, JoinHandle};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How long tasks that were dropped may take to let go. They do so at their next await.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// The tasks of one process, or of one test, and their end. Clones share everything.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// A child of `hard`: who waits for the soft stop must not sleep through the hard one.
    soft: CancellationToken,
    hard: CancellationToken,
    /// Cancelled when `finish` is over, so that the signal watcher ends as well.
    over: CancellationToken,
    tasks: TaskTracker,
    failures: Mutex<Vec<String>>,
}

impl Default for Shared {
    fn default() -> Self {
        let hard = CancellationToken::new();
        Self {
            soft: hard.child_token(),
            hard,
            over: CancellationToken::new(),
            tasks: TaskTracker::new(),
            failures: Mutex::default(),
        }
    }
}

/// How everything ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Every task ended by itself, and none before its time. Exit code 0.
    Clean,
    /// A task panicked or ended before its time. Exit code 1.
    Failed,
    /// Tasks had to be dropped, after the grace or at the second signal. Exit code 3.
    CutOff,
}

impl Ending {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Failed => 1,
            // Not 2, which stands for wrong usage.
            Self::CutOff => 3,
        }
    }
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        Self::from(ending.code())
    }
}

impl Lifecycle {
    /// A lifecycle of its own, with no task yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The token of the soft stop. Cancel it to begin one.
    #[must_use]
    pub fn soft(&self) -> CancellationToken {
        self.shared.soft.clone()
    }

    /// The token of the hard stop. Cancel it to begin one; that begins the soft one as well.
    #[must_use]
    pub fn hard(&self) -> CancellationToken {
        self.shared.hard.clone()
    }

    /// What went wrong so far, one sentence a task, oldest first.
    #[must_use]
    pub fn failures(&self) -> Vec<String> {
        let failures = &self.shared.failures;
        failures.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a task that should last until the soft stop.
    ///
    /// One that ends earlier, or panics at any time, counts as failed: the soft stop begins and the
    /// ending will be [`Ending::Failed`]. A hard stop drops the task where it awaits.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn spawn<F>(&self, name: impl Into<Cow<'static, str>>, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.start(name.into(), Lasting::UntilStopped, future);
    }

    /// Runs a task that may end whenever its work is done. Otherwise like [`Lifecycle::spawn`].
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn spawn_errand<F>(&self, name: impl Into<Cow<'static, str>>, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.start(name.into(), Lasting::WhileNeeded, future);
    }

    /// Turns SIGINT and SIGTERM into stops: the first signal soft, the second hard.
    ///
    /// From then on the process no longer dies of these signals by itself, even after the end of
    /// this lifecycle.
    ///
    /// # Errors
    ///
    /// When the system refuses the handlers.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with IO enabled.
    pub fn watch_signals(&self) -> io::Result<()> {
        let interrupt = signal(SignalKind::interrupt())?;
        let terminate = signal(SignalKind::terminate())?;
        // Not tracked: the watcher must outlast the tasks, so it ends with `finish` instead.
        launch(follow_signals(self.shared.clone(), Signals { interrupt, terminate }));
        Ok(())
    }

    /// Ends everything: begins the soft stop unless it has begun, waits for the tasks for at most
    /// `grace`, then begins the hard stop. A hard stop meanwhile cuts the wait short.
    ///
    /// After the hard stop tasks get one second to let go. One that never awaits is left behind.
    pub async fn finish(&self, grace: Duration) -> Ending {
        let shared = &self.shared;
        shared.soft.cancel();
        shared.tasks.close();
        let in_time = tokio::select! {
            // Tasks first: what ended in the same moment as the grace ended in time.
            biased;
            () = shared.tasks.wait() => !shared.hard.is_cancelled(),
            () = shared.hard.cancelled() => false,
            () = tokio::time::sleep(grace) => false,
        };
        shared.hard.cancel();
        if !in_time {
            tracing::warn!(tasks = shared.tasks.len(), "dropping tasks");
            if timeout(LAST_MOMENT, shared.tasks.wait()).await.is_err() {
                tracing::error!(tasks = shared.tasks.len(), "tasks would not let go");
            }
        }
        shared.over.cancel();
        match (self.failures().is_empty(), in_time) {
            (false, _) => Ending::Failed,
            (true, false) => Ending::CutOff,
            (true, true) => Ending::Clean,
        }
    }

    fn start<F>(&self, name: Cow<'static, str>, lasting: Lasting, future: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // A task of its own, so that a panic ends up in the join handle.
        let mut task = launch(future);
        let shared = self.shared.clone();
        launch(self.shared.tasks.track_future(async move {
            let result = tokio::select! {
                result = &mut task => result,
                () = shared.hard.cancelled() => {
                    task.abort();
                    task.await
                }
            };
            shared.judge(&name, lasting, result);
        }));
    }
}

/// How long a task should last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lasting {
    UntilStopped,
    WhileNeeded,
}

impl Shared {
    fn judge(&self, name: &str, lasting: Lasting, result: Result<(), JoinError>) {
        let stopping = self.soft.is_cancelled();
        match result {
            Ok(()) if lasting == Lasting::UntilStopped && !stopping => {
                self.fail(format!("task {name} ended before its time"));
            }
            Ok(()) => tracing::debug!(task = name, "task ended"),
            Err(error) if error.is_panic() => {
                let why = panic_message(error.into_panic());
                self.fail(format!("task {name} panicked: {why}"));
            }
            // Dropped, by the hard stop or with the runtime.
            Err(_) => tracing::debug!(task = name, "task dropped"),
        }
    }

    fn fail(&self, failure: String) {
        tracing::error!("{failure}");
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).push(failure);
        self.soft.cancel();
    }
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

async fn follow_signals(shared: Arc<Shared>, mut signals: Signals) {
    for (token, step) in [(&shared.soft, "soft"), (&shared.hard, "hard")] {
        tokio::select! {
            name = signals.next() => {
                tracing::info!(signal = name, step, "stopping");
                token.cancel();
            }
            () = shared.over.cancelled() => return,
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place tasks are started, so that each is named, tracked and watched"
)]
fn launch<F>(future: F) -> JoinHandle<()>
where
    F: Future<Output = ()> + Send + 'static,
{
    tokio::spawn(future)
}

fn panic_message(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "no message".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use tokio::time::{Instant, sleep};

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    /// A task that lasts until the soft stop.
    fn steady(lifecycle: &Lifecycle) -> impl Future<Output = ()> + Send + 'static {
        let soft = lifecycle.soft();
        async move { soft.cancelled().await }
    }

    async fn stops_softly(lifecycle: &Lifecycle) {
        timeout(SOON, lifecycle.soft().cancelled()).await.unwrap();
    }

    #[tokio::test]
    async fn tasks_that_heed_the_soft_stop_end_cleanly() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("one", steady(&lifecycle));
        lifecycle.spawn(String::from("two"), steady(&lifecycle));
        assert_eq!(lifecycle.finish(SOON).await, Ending::Clean);
        assert!(lifecycle.failures().is_empty());
    }

    #[tokio::test]
    async fn no_task_at_all_ends_cleanly() {
        assert_eq!(Lifecycle::new().finish(Duration::ZERO).await, Ending::Clean);
    }

    #[tokio::test]
    async fn a_task_that_ends_early_stops_the_rest() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("steady", steady(&lifecycle));
        lifecycle.spawn("short", async {});
        stops_softly(&lifecycle).await;
        assert_eq!(lifecycle.failures(), ["task short ended before its time"]);
        assert_eq!(lifecycle.finish(SOON).await, Ending::Failed);
    }

    #[tokio::test]
    async fn a_task_that_panics_stops_the_rest() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("steady", steady(&lifecycle));
        lifecycle.spawn("broken", async { panic!("no {}", "luck") });
        stops_softly(&lifecycle).await;
        assert_eq!(lifecycle.failures(), ["task broken panicked: no luck"]);
        assert_eq!(lifecycle.finish(SOON).await, Ending::Failed);
    }

    #[tokio::test]
    async fn a_panic_while_stopping_still_counts() {
        let lifecycle = Lifecycle::new();
        let soft = lifecycle.soft();
        lifecycle.spawn("sore", async move {
            soft.cancelled().await;
            panic!("late");
        });
        assert_eq!(lifecycle.finish(SOON).await, Ending::Failed);
        assert_eq!(lifecycle.failures(), ["task sore panicked: late"]);
    }

    #[tokio::test]
    async fn an_errand_may_end_when_it_likes() {
        let lifecycle = Lifecycle::new();
        let (done, seen) = tokio::sync::oneshot::channel();
        lifecycle.spawn_errand("errand", async move {
            let _ = done.send(());
        });
        seen.await.unwrap();
        sleep(Duration::from_millis(20)).await;
        assert!(!lifecycle.soft().is_cancelled());
        assert_eq!(lifecycle.finish(SOON).await, Ending::Clean);
    }

    #[tokio::test]
    async fn a_panicking_errand_is_a_failure() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn_errand("errand", async { panic!("lost") });
        stops_softly(&lifecycle).await;
        assert_eq!(lifecycle.finish(SOON).await, Ending::Failed);
    }

    #[tokio::test]
    async fn a_task_that_ignores_the_soft_stop_is_dropped_after_the_grace() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("stubborn", std::future::pending());
        let start = Instant::now();
        let ending = lifecycle.finish(Duration::from_millis(50)).await;
        assert_eq!(ending, Ending::CutOff);
        assert!(start.elapsed() >= Duration::from_millis(50));
        assert!(lifecycle.hard().is_cancelled());
    }

    #[tokio::test]
    async fn work_under_way_is_finished_within_the_grace() {
        let lifecycle = Lifecycle::new();
        let done = Arc::new(AtomicBool::new(false));
        let (soft, flag) = (lifecycle.soft(), done.clone());
        lifecycle.spawn("worker", async move {
            soft.cancelled().await;
            sleep(Duration::from_millis(50)).await;
            flag.store(true, Ordering::SeqCst);
        });
        assert_eq!(lifecycle.finish(SOON).await, Ending::Clean);
        assert!(done.load(Ordering::SeqCst));
    }

    #[tokio::test]
    async fn a_hard_stop_cuts_the_grace_short() {
        let lifecycle = Lifecycle::new();
        lifecycle.spawn("stubborn", std::future::pending());
        let hard = lifecycle.hard();
        lifecycle.spawn_errand("second thoughts", async move { hard.cancel() });
        let ending = timeout(SOON, lifecycle.finish(Duration::from_secs(600))).await;
        assert_eq!(ending.unwrap(), Ending::CutOff);
    }

    #[tokio::test]
    async fn a_hard_stop_is_a_soft_one_too_but_not_the_other_way_round() {
        let (one, other) = (Lifecycle::new(), Lifecycle::new());
        one.hard().cancel();
        assert!(one.soft().is_cancelled());
        other.soft().cancel();
        assert!(!other.hard().is_cancelled());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_task_that_never_awaits_does_not_hold_up_the_end() {
        let lifecycle = Lifecycle::new();
        let release = Arc::new(AtomicBool::new(false));
        let flag = release.clone();
        lifecycle.spawn("busy", async move {
            while !flag.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(5));
            }
        });
        let ending = timeout(SOON, lifecycle.finish(Duration::ZERO)).await;
        // So that the runtime of this test can end too.
        release.store(true, Ordering::SeqCst);
        assert_eq!(ending.unwrap(), Ending::CutOff);
    }

    #[tokio::test]
    async fn lifecycles_do_not_disturb_each_other() {
        let (one, other) = (Lifecycle::new(), Lifecycle::new());
        other.spawn("steady", steady(&other));
        one.spawn("short", async {});
        stops_softly(&one).await;
        assert_eq!(one.finish(SOON).await, Ending::Failed);
        assert!(!other.soft().is_cancelled());
        assert_eq!(other.finish(SOON).await, Ending::Clean);
    }

    #[tokio::test]
    async fn the_first_signal_is_soft_and_the_second_hard() {
        let lifecycle = Lifecycle::new();
        lifecycle.watch_signals().unwrap();
        lifecycle.spawn("stubborn", std::future::pending());
        send("TERM");
        stops_softly(&lifecycle).await;
        assert!(!lifecycle.hard().is_cancelled());
        send("INT");
        timeout(SOON, lifecycle.hard().cancelled()).await.unwrap();
        assert_eq!(lifecycle.finish(SOON).await, Ending::CutOff);
    }

    fn send(signal: &str) {
        let line = format!("kill -{signal} {}", std::process::id());
        assert!(Command::new("sh").args(["-c", &line]).status().unwrap().success());
    }

    #[test]
    fn every_ending_has_its_exit_code() {
        let codes = [Ending::Clean, Ending::Failed, Ending::CutOff].map(Ending::code);
        assert_eq!(codes, [0, 1, 3]);
    }
}
