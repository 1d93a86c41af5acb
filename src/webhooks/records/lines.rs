//! What the timeline of an account tells of webhooks: events as they are recorded, what faults did
//! to them before they were sent, and the attempts to deliver them.

mod store;

use crate::db::{DbError, Read};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::timeline::{Behind, Line};

/// Events about an account, as lines of its timeline.
pub async fn of_events(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::events(&mut read, program, account, behind).await
}

/// What faults did to them instead of an attempt, likewise.
pub async fn of_faults(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::faults(&mut read, program, account, behind).await
}

/// Attempts to deliver them, likewise.
pub async fn of_attempts(
    mut read: impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::attempts(&mut read, program, account, behind).await
}
