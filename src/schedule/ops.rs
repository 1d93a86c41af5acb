//! Putting tasks on the schedule, taking them off, and finding those whose moment has come.

use super::model::{Front, Ran, Waiting, Work as Task};
use super::store;
use crate::db::{DbError, Read, Work};
use crate::kernel::ids::{AccountId, ProgramCode, TaskId};
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line};
use crate::programs::world::World;

/// Collects a task. `occasion` tells it from others of the same kind and account.
pub fn put(
    unit: &mut Work,
    world: &World,
    (account, task): (AccountId, impl Into<Task>),
    occasion: &str,
    (now, due): (Timestamp, Timestamp),
) {
    let task = task.into();
    let labels = ["task", task.kind(), &account.to_string(), occasion, &now.to_string()];
    let id = world.source(&labels).id(TaskId::new);
    store::insert(unit, &world.code, (id, account, task), (now, due));
}

/// Collects that nothing of this kind is to be done to the account any more.
pub fn cancel(unit: &mut Work, world: &World, account: AccountId, kind: &'static str) {
    store::cancel(unit, &world.code, account, kind);
}

/// Collects that this very task is not to be done to the account any more.
pub fn cancel_one(unit: &mut Work, world: &World, account: AccountId, task: impl Into<Task>) {
    store::cancel_one(unit, &world.code, account, task.into());
}

/// The first tasks whose moment has come, in their order; of one world, or of all. Those that
/// stay due whatever is done are passed over, as many as the caller has met.
pub async fn due(
    mut read: impl Read,
    wall: Timestamp,
    only: Option<&ProgramCode>,
    pass_over: usize,
) -> Result<Front, DbError> {
    let pass_over = i64::try_from(pass_over).unwrap_or(i64::MAX);
    store::due(&mut read, wall, only, pass_over).await
}

/// When the next task of a world falls due.
pub async fn next_due(
    mut read: impl Read,
    program: &ProgramCode,
) -> Result<Option<Timestamp>, DbError> {
    store::next_due(&mut read, program).await
}

/// Whether a task is still to be done; read inside the unit that would do it.
pub async fn is_due(unit: &mut Work, world: &World, task: TaskId) -> Result<bool, DbError> {
    store::is_due(unit, &world.code, task).await
}

/// Whether anything of this kind is still to be done to an account.
pub async fn is_waiting(
    unit: &mut Work,
    world: &World,
    account: AccountId,
    kind: &'static str,
) -> Result<bool, DbError> {
    store::is_waiting(unit, &world.code, account, kind).await
}

/// What is still to be done to an account, in its order.
pub async fn waiting(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Waiting>, DbError> {
    store::waiting(&mut read, program, account).await
}

/// Collects that a task was done, and what came of it.
pub fn done(unit: &mut Work, world: &World, task: TaskId, (now, result): (Timestamp, &str)) {
    store::done(unit, &world.code, task, (now, result));
}

/// Tasks that were done behind one moment of a world and up to another, in their order.
pub async fn ran_between(
    mut read: impl Read,
    program: &ProgramCode,
    span: (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Ran>, DbError> {
    store::ran_between(&mut read, program, span, limit).await
}

/// What was done to an account, as lines of its timeline.
pub async fn lines(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::lines(&mut read, program, account, behind).await
}
