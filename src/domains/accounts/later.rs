//! What the outside world does to an account by and by: the end of a review, another try at an
//! order, another try to unblock. Each is done by a task that falls due, or at once by a tester.

use super::completion::{self, order_cards};
use super::model::Account;
use super::ops;
use super::positions::{Position, Step};
use crate::db::{DbError, Work};
use crate::kernel::ids::AccountId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, AccountWork, Review};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 3_600_000;

/// Does a task that has fallen due. The unit must hold the keys of the account and of
/// [`completion::order_faults`]. Tells what came of it.
pub async fn run(
    unit: &mut Work,
    world: &World,
    (id, work): (AccountId, AccountWork),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Some(before) = ops::get_in(unit, world, id).await?.account else {
        return Ok("the account is gone");
    };
    let mut account = before.clone();
    let result = match work {
        AccountWork::OrderCards { attempt } => {
            order_again(unit, world, &mut account, (attempt, now)).await?
        }
        AccountWork::UnblockCards { attempt, succeeds_on } => {
            unblock_again(unit, world, &mut account, (attempt, succeeds_on), now)
        }
        AccountWork::ReviewOfac { result } => {
            end_review(unit, world, &mut account, (result, now)).await?
        }
    };
    ops::save(unit, world, (&before, &mut account), &[], now);
    Ok(result)
}

async fn order_again(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    (attempt, now): (u32, Timestamp),
) -> Result<&'static str, DbError> {
    if account.position() != Some(Position::Approved) {
        return Ok("the account does not wait for cards");
    }
    let faults = completion::order_faults(world);
    order_cards(unit, world, &faults, account, (attempt, now)).await
}

/// Ends the review of a sanctions match. An account that is cleared completes by itself.
pub async fn end_review(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    (result, now): (Review, Timestamp),
) -> Result<&'static str, DbError> {
    let step = match result {
        Review::Clear => Step::OfacCleared,
        Review::Fail => Step::OfacFailed,
    };
    Ok(match account.take(step, now) {
        Some(Position::Approved) => {
            let faults = completion::order_faults(world);
            order_cards(unit, world, &faults, account, (1, now)).await?
        }
        Some(_) => "the review has ended",
        None => "no sanctions match is under review",
    })
}

/// Where the program says that reviews end by themselves, this one will.
pub fn schedule_review(unit: &mut Work, world: &World, account: &Account, now: Timestamp) {
    let ofac = &world.settings.ofac;
    let is_open = account.position().is_some_and(Position::awaits_review);
    if let Some(hours) = ofac.review_hours.filter(|_| is_open) {
        let task = AccountWork::ReviewOfac { result: ofac.review_result };
        let due = now.plus_millis(i64::from(hours) * HOUR_MS);
        let occasion = format!("review {}", account.message_sequence);
        schedule::ops::put(unit, world, (account.id, task), &occasion, (now, due));
    }
}

/// Schedules the retries that are to unblock the cards of an account whose block was lifted.
pub fn retry_unblocking(
    unit: &mut Work,
    world: &World,
    account: &Account,
    (succeeds_on, now): (Option<u32>, Timestamp),
) {
    schedule_unblocking(unit, world, account, (1, succeeds_on), now);
}

/// Retries are spread evenly over their window; the last one is at its end.
fn schedule_unblocking(
    unit: &mut Work,
    world: &World,
    account: &Account,
    (attempt, succeeds_on): (u32, Option<u32>),
    now: Timestamp,
) {
    let settings = &world.settings.card_processor;
    let window_ms = i64::from(settings.unblock_window_minutes) * MINUTE_MS;
    let due = now.plus_millis(window_ms / i64::from(settings.unblock_retries));
    let task = AccountWork::UnblockCards { attempt, succeeds_on };
    // An account may be blocked and unblocked twice in one moment; each is told by a message.
    let occasion = format!("attempt {attempt} after message {}", account.message_sequence);
    schedule::ops::put(unit, world, (account.id, task), &occasion, (now, due));
}

fn unblock_again(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    (attempt, succeeds_on): (u32, Option<u32>),
    now: Timestamp,
) -> &'static str {
    if account.position() != Some(Position::Healthy) {
        return "the account is blocked again";
    }
    if succeeds_on == Some(attempt) {
        account.unblock_cards(now);
        return "cards unblocked";
    }
    if attempt < world.settings.card_processor.unblock_retries {
        schedule_unblocking(unit, world, account, (attempt + 1, succeeds_on), now);
        return "cards stay blocked, to be tried again";
    }
    account.stand_at(Position::UnderReview, now);
    "cards stay blocked, the account is under review"
}
