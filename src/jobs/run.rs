//! Doing tasks that have fallen due: each in a unit of work of its own, under the key of its
//! account. Two processes may see the same task; the one that comes second finds it done.

use std::collections::BTreeSet;

use tokio_util::sync::CancellationToken;

use crate::app::Sim;
use crate::db::{DbError, Key, Work};
use crate::domains::accounts::{completion, later};
use crate::domains::adjustments::ops as adjustments;
use crate::domains::check_deposits::ops as check_deposits;
use crate::domains::direct_deposit::ops as switches;
use crate::domains::mail_tracking::ops as mail;
use crate::domains::statements::ops as statements;
use crate::domains::transactions::authorizations;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
use crate::programs::world::World;
use crate::schedule::{self, Due, Front, MailWork, MoneyWork, Ran, StatementWork, SwitchWork};

/// Does what falls due in all worlds, until told to stop.
pub async fn run(sim: Sim, stop: CancellationToken) {
    let poll = std::time::Duration::from_millis(sim.config.webhooks.poll_ms);
    while !stop.is_cancelled() {
        if let Err(cause) = run_due(&sim, None).await {
            tracing::error!(%cause, "cannot look for due tasks");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(poll) => {}
        }
    }
}

/// What came of a look for due tasks.
#[derive(Debug, Default)]
pub struct Looked {
    /// What was done.
    pub ran: Vec<Ran>,
    /// Why some tasks were not; each is in the log.
    pub failures: Vec<DbError>,
}

/// Does everything that is due now, of one world or of all, in order of their moments. Tells what
/// it did. A task that fails is left to another look and keeps no other one waiting; tasks of a
/// world that is being advanced in this process are left to the advance, which is then told as
/// their cause.
pub async fn run_due(sim: &Sim, only: Option<&ProgramCode>) -> Result<Looked, DbError> {
    let (mut looked, mut left) = (Looked::default(), BTreeSet::new());
    // Those that stay due stand in front of the others, however many they are.
    let mut pass_over = 0;
    loop {
        let front = schedule::ops::due(&sim.db, sim.worlds.wall(), only, pass_over).await?;
        let Front { tasks, unreadable } = &front;
        if tasks.is_empty() && *unreadable == 0 {
            return Ok(looked);
        }
        let is_advanced =
            |task: &Due| only.is_none() && sim.worlds.is_being_advanced(&task.program);
        if !tasks.is_empty() && tasks.iter().all(is_advanced) {
            // Behind so many there may be more: the next look comes soon.
            return Ok(looked);
        }
        for task in tasks.iter().filter(|task| !left.contains(&task.id)).collect::<Vec<_>>() {
            if is_advanced(task) {
                left.insert(task.id);
                continue;
            }
            match run_one(sim, task).await {
                Ok(done) => looked.ran.extend(done),
                // The world has changed in between: the next look decides by the new one.
                Err(DbError::WorldMoved) => {}
                Err(cause) => {
                    tracing::error!(
                        %cause, task = %task.id, account = %task.account, program = %task.program,
                        "a task is left to another look"
                    );
                    left.insert(task.id);
                    looked.failures.push(cause);
                }
            }
        }
        pass_over += unreadable + tasks.iter().filter(|task| left.contains(&task.id)).count();
    }
}

async fn run_one(sim: &Sim, task: &Due) -> Result<Option<Ran>, DbError> {
    let found = sim.worlds.find_version(&task.program, task.world_version).await?;
    let Some(world) = found else { return Ok(None) };
    let faults = faults_of(&world, task);
    let mut keys = vec![Key::account(&world.code, task.account)];
    keys.extend(completion::fault_keys(&world, &faults));
    let mut unit = sim.db.begin(world.scope(keys)).await?;
    if !schedule::ops::is_due(&mut unit, &world, task.id).await? {
        return Ok(None);
    }
    let now = world.now(sim.worlds.wall());
    let result = do_task(&mut unit, &world, task, now).await?;
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

/// Fault rules that may befall a task.
fn faults_of<'w>(world: &'w World, task: &Due) -> Vec<&'w Fault> {
    match task.work {
        schedule::Work::Account(_) => completion::order_faults(world),
        schedule::Work::Money(MoneyWork::SettleAdjustment { struck_by, .. }) => {
            adjustments::faults_of_retry(world, task.account, struck_by)
        }
        schedule::Work::Money(_)
        | schedule::Work::Switch(_)
        | schedule::Work::Mail(_)
        | schedule::Work::Statement(_) => Vec::new(),
    }
}

/// Has the family that knows it do a task. Tells what came of it.
async fn do_task(
    unit: &mut Work,
    world: &World,
    task: &Due,
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let account = task.account;
    match task.work {
        schedule::Work::Account(work) => later::run(unit, world, (account, work), now).await,
        schedule::Work::Money(MoneyWork::SettleAdjustment { adjustment, attempt, struck_by }) => {
            let (which, how) = ((account, adjustment), (attempt, struck_by));
            adjustments::settle_later(unit, world, which, how, now).await
        }
        schedule::Work::Money(MoneyWork::ReleaseDeposit { transfer }) => {
            check_deposits::release_later(unit, world, (account, transfer), now).await
        }
        schedule::Work::Money(MoneyWork::ExpireHold { transaction }) => {
            authorizations::expire_later(unit, world, (account, transaction), now).await
        }
        schedule::Work::Switch(SwitchWork::CompleteSwitch { switch }) => {
            switches::complete_later(unit, world, (account, switch), now).await
        }
        schedule::Work::Mail(MailWork::MoveCard { instrument }) => {
            mail::move_later(unit, world, (account, instrument), now).await
        }
        schedule::Work::Statement(StatementWork::CloseCycle { first_day }) => {
            statements::close_later(unit, world, (account, first_day), now).await
        }
    }
}
