//! Doing tasks that have fallen due: each in a unit of work of its own, under the key of its
//! account. Two processes may see the same task; the one that comes second finds it done.

use tokio_util::sync::CancellationToken;

use crate::app::Sim;
use crate::db::{DbError, Key};
use crate::domains::accounts::{completion, later};
use crate::kernel::ids::ProgramCode;
use crate::schedule::{self, Due, Ran};

/// Does what falls due in all worlds, until told to stop.
pub async fn run(sim: Sim, stop: CancellationToken) {
    let poll = std::time::Duration::from_millis(sim.config.webhooks.poll_ms);
    while !stop.is_cancelled() {
        if let Err(cause) = run_due(&sim, None).await {
            tracing::error!(%cause, "due tasks are left to another look");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

/// Does everything that is due now, of one world or of all, in order of their moments. Tells what
/// it did.
pub async fn run_due(sim: &Sim, only: Option<&ProgramCode>) -> Result<Vec<Ran>, DbError> {
    let mut ran = Vec::new();
    loop {
        let due = schedule::ops::due(&sim.db, sim.worlds.wall(), only).await?;
        if due.is_empty() {
            return Ok(ran);
        }
        for task in &due {
            match run_one(sim, task).await {
                Ok(done) => ran.extend(done),
                // The world has changed in between: the next look decides by the new one.
                Err(DbError::WorldMoved) => {}
                Err(cause) => return Err(cause),
            }
        }
    }
}

async fn run_one(sim: &Sim, task: &Due) -> Result<Option<Ran>, DbError> {
    let found = sim.worlds.find_version(&task.program, task.world_version).await?;
    let Some(world) = found else { return Ok(None) };
    let faults = completion::order_faults(&world);
    let mut keys = vec![Key::account(&world.code, task.account)];
    keys.extend(completion::fault_keys(&world, &faults));
    let mut unit = sim.db.begin(world.scope(keys)).await?;
    if !schedule::ops::is_due(&mut unit, &world, task.id).await? {
        return Ok(None);
    }
    let now = world.now(sim.worlds.wall());
    let result = later::run(&mut unit, &world, (task.account, task.work), now).await?;
    schedule::ops::done(&mut unit, &world, task.id, (now, result));
    unit.commit().await?;
    tracing::info!(
        task = task.work.kind(), account = %task.account, program = %task.program, result,
        "a task was done"
    );
    Ok(Some(Ran {
        kind: task.work.kind().to_owned(),
        at: now,
        account: task.account.to_string(),
        result: result.to_owned(),
    }))
}
