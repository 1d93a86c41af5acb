//! The use cases by which a partner moves an account: PUT status and PUT close. Follows the
//! Accounts page. Closing for good is no call of the partner's.

use super::model::Account;
use super::ops;
use super::positions::{Position, Step};
use super::rules::{self, WantedStatus};
use crate::db::{Db, DbError, Key};
use crate::domains::ledger::ops as ledger;
use crate::domains::purses::ops as purses;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Outcome;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule;

/// The task that a partner's block or release overtakes.
const UNBLOCKING: schedule::AccountWork =
    schedule::AccountWork::UnblockCards { attempt: 1, succeeds_on: None };

/// Holds an account back, or lets go of it. An account that stands there already is left as it is.
pub async fn set(
    db: &Db,
    world: &World,
    (id, wanted): (AccountId, &WantedStatus),
    now: Timestamp,
) -> Result<Outcome<Account>, DbError> {
    let step = match rules::step_of(world.settings.partner_status.allowed, wanted) {
        Ok(step) => step,
        Err(denial) => return Ok(Outcome::refused(denial.refusal())),
    };
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match ops::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if before.position() == Some(target(step)) {
        return Ok(Outcome::Done(before));
    }
    let mut account = before.clone();
    let Some(position) = account.take(step, now) else {
        return Ok(Outcome::refused(rules::not_from_here(&before)));
    };
    // The partner's word counts at once; retries that are still to come would contradict it.
    schedule::ops::cancel(&mut unit, world, id, UNBLOCKING.kind());
    if position == Position::Healthy {
        account.unblock_cards(now);
    }
    ops::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

/// Where a step of the partner's leads, from wherever it may be taken.
fn target(step: Step) -> Position {
    match step {
        Step::Hold(hold) => Position::Held(hold),
        _ => Position::Healthy,
    }
}

/// Begins to close an account: the money of its purses is transferred into the primary one, to
/// be spent. An account
/// that is closing already is left as it is.
pub async fn close(
    db: &Db,
    world: &World,
    (id, reason): (AccountId, Option<&str>),
    now: Timestamp,
) -> Result<Outcome<Account>, DbError> {
    if let Some(refusal) = rules::judge_close_reason(reason) {
        return Ok(Outcome::refused(refusal));
    }
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match ops::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if before.position() == Some(Position::SpendDown) {
        return Ok(Outcome::Done(before));
    }
    let mut account = before.clone();
    let denial = rules::judge_close(&before);
    if let Some(refusal) = denial.or_else(|| match account.take(Step::SpendDown, now) {
        Some(_) => None,
        None => Some(rules::not_from_here(&before)),
    }) {
        return Ok(Outcome::refused(refusal));
    }
    schedule::ops::cancel(&mut unit, world, id, UNBLOCKING.kind());
    let mut books = ledger::open_of(&mut unit, world, &account).await?;
    purses::sweep(world, &mut books, now);
    ledger::save_with(&mut unit, world, (&mut books, &mut account), now);
    ops::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}
