//! What falls due as a world's clock moves. Advancing a clock stops at each due moment on the way,
//! runs what is due there, and goes on: 24 hours of retries play in a moment, in their order, each
//! at its own time.
//!
//! Two kinds of things fall due: tasks of [`crate::schedule`], done by [`run`], and webhook
//! attempts, made by the dispatcher. At one moment tasks come first, since they may cause webhooks.

mod run;

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Sim;
use crate::db::DbError;
use crate::kernel::ids::{Life, ProgramCode};
use crate::kernel::time::Timestamp;
use crate::programs::ops::{self, WorldError};
use crate::schedule::{self, Ran};

pub use run::{run, run_due};

/// Jobs that one answer lists at most.
const LISTED_MAX: i64 = 1_000;
/// Pause while another process (or the dispatcher) is busy with what is due.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// A job that ran while a clock was advanced.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRan {
    /// What kind: `webhookAttempt`, `orderCards`, `unblockCards`, `reviewOfac`, `settleAdjustment`,
    /// `expireHold`, `releaseDeposit`, `completeSwitch`, `moveCard` or `closeCycle`.
    pub kind: String,
    /// The world's moment at which it ran.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it was about: the delivery, or the account.
    pub subject: String,
    /// What came of it.
    pub result: String,
}

/// What ran while a clock was advanced.
#[derive(Debug, Clone, PartialEq)]
pub struct Advance {
    /// In order; the first thousand.
    pub ran: Vec<JobRan>,
    /// Whether more ran than that.
    pub is_cut: bool,
}

/// Moves a world's clock on to what `target` makes of its present moment, and runs what falls due
/// on the way. Advances of one world follow one another, so none is lost in another; one that meets
/// another life of the world goes no further ([`WorldError::BegunAnew`]).
pub async fn advance<E: From<WorldError> + From<DbError>>(
    sim: &Sim,
    code: &ProgramCode,
    target: impl FnOnce(Timestamp) -> Result<Timestamp, E>,
) -> Result<Advance, E> {
    let _turn = sim.worlds.turn_to_advance(code).await?;
    let world = sim.worlds.create_or_refresh(code).await?;
    let alive = (code, world.edition.life);
    let start = world.now(sim.worlds.wall());
    let target = target(start)?;
    let mut at_once = Vec::new();
    let begun = sim.dispatcher.mark();
    while let Some(due) = next_due(sim, code).await?.filter(|due| *due <= target) {
        let now = present(sim, alive).await?;
        if due > now {
            ops::advance_clock(&sim.worlds, alive, due).await?;
        }
        let looked = run_due(sim, Some(code)).await?;
        if let Some(cause) = looked.failures.into_iter().next() {
            return Err(cause.into());
        }
        at_once.extend(looked.ran.into_iter().filter(|task| task.at == start));
        sim.dispatcher.run_due(code).await?;
        sim.dispatcher.expect_recorded(code, begun)?;
        if next_due(sim, code).await?.is_some_and(|still| still <= due.max(now)) {
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    }
    if target > present(sim, alive).await? {
        ops::advance_clock(&sim.worlds, alive, target).await?;
    }
    // Behind the start, whoever did them; at the start, what was overdue and done here.
    let behind = schedule::ops::ran_between(&sim.db, code, (start, target), LISTED_MAX + 1).await?;
    let attempts = sim.dispatcher.attempts_between(code, (start, target), LISTED_MAX + 1).await?;
    let mut ran: Vec<JobRan> = at_once.into_iter().chain(behind).map(task).collect();
    ran.extend(attempts.into_iter().map(webhook_attempt));
    // Stable: what ran at one moment stays in its order, tasks before attempts.
    ran.sort_by_key(|job| job.at);
    let listed = usize::try_from(LISTED_MAX).unwrap_or(usize::MAX);
    let is_cut = ran.len() > listed;
    ran.truncate(listed);
    Ok(Advance { ran, is_cut })
}

/// What the clock of a world in this life shows by now, whoever has moved it.
async fn present(sim: &Sim, (code, life): (&ProgramCode, Life)) -> Result<Timestamp, WorldError> {
    sim.worlds.refresh(code);
    match sim.worlds.find(code).await? {
        Some(world) if world.edition.life == life => Ok(world.now(sim.worlds.wall())),
        Some(_) => Err(WorldError::BegunAnew(code.clone())),
        None => Err(WorldError::NotFound(code.clone())),
    }
}

/// When anything next falls due in a world.
async fn next_due(sim: &Sim, code: &ProgramCode) -> Result<Option<Timestamp>, DbError> {
    let task = schedule::ops::next_due(&sim.db, code).await?;
    let attempt = sim.dispatcher.next_due(code).await?;
    Ok(task.into_iter().chain(attempt).min())
}

fn task(ran: Ran) -> JobRan {
    JobRan { kind: ran.kind, at: ran.at, subject: ran.account, result: ran.result }
}

fn webhook_attempt((delivery, at, verdict, reason): (String, i64, String, String)) -> JobRan {
    JobRan {
        kind: "webhookAttempt".to_owned(),
        at: Timestamp::from_millis(at),
        subject: delivery,
        result: format!("{verdict}: {reason}"),
    }
}
