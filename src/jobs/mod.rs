//! What falls due as a world's clock moves. Advancing a clock stops at each due moment on the way,
//! runs what is due there, and goes on: 24 hours of retries play in a moment, in their order, each
//! at its own time.
//!
//! So far webhook attempts are the only kind of job.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Sim;
use crate::db::DbError;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::ops::{self, WorldError};

/// Jobs that one answer lists at most.
const LISTED_MAX: i64 = 1_000;
/// Pause while another process (or the dispatcher) is busy with what is due.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// A job that ran while a clock was advanced.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JobRan {
    /// What kind: `webhookAttempt`.
    pub kind: &'static str,
    /// The world's moment at which it ran.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What it was about: the delivery.
    pub subject: String,
    /// What came of it.
    pub result: String,
}

/// Moves a world's clock on to what `target` makes of its present moment, and runs what falls due
/// on the way. Advances of one world follow one another, so none is lost in another.
pub async fn advance<E: From<WorldError> + From<DbError>>(
    sim: &Sim,
    code: &ProgramCode,
    target: impl FnOnce(Timestamp) -> Result<Timestamp, E>,
) -> Result<Vec<JobRan>, E> {
    let _turn = sim.worlds.turn_to_advance(code).await?;
    let world = sim.worlds.create_or_refresh(code).await?;
    let start = world.now(sim.worlds.wall());
    let target = target(start)?;
    let mut now = start;
    while let Some(due) = sim.dispatcher.next_due(code).await?.filter(|due| *due <= target) {
        if due > now {
            ops::advance_clock(&sim.worlds, code, due).await?;
            now = due;
        }
        sim.dispatcher.run_due(code).await?;
        if sim.dispatcher.next_due(code).await?.is_some_and(|still| still <= now) {
            tokio::time::sleep(BUSY_PAUSE).await;
        }
    }
    if target > now {
        ops::advance_clock(&sim.worlds, code, target).await?;
    }
    let ran = sim.dispatcher.attempts_between(code, (start, target), LISTED_MAX).await?;
    Ok(ran.into_iter().map(webhook_attempt).collect())
}

fn webhook_attempt((delivery, at, verdict, reason): (String, i64, String, String)) -> JobRan {
    JobRan {
        kind: "webhookAttempt",
        at: Timestamp::from_millis(at),
        subject: delivery,
        result: format!("{verdict}: {reason}"),
    }
}
