//! What becomes of an authorization: more is asked for, merchants take their money, it is taken
//! back, its time is over. Each is a step of the table in [`super::model`]; under the key of the
//! account, exactly one of those that end it is taken.

use super::actions::{Desk, not_here, refused};
use super::cards::{self, Merchant};
use super::model::{AuthorizationStep, AuthorizedData, Details, Transaction, TransactionState};
use super::ops;
use super::requests::{ClearWish, ExpireWish, IncrementWish, ReverseWish};
use super::rules::cards as rules;
use crate::db::{DbError, Work};
use crate::domains::accounts::actions::ActionError;
use crate::domains::accounts::model::InstrumentStatus;
use crate::domains::ledger::model::{Books, Floor, Hold, MoneyRefusal, NewTransaction};
use crate::domains::ledger::ops as ledger;
use crate::kernel::ids::{AccountId, PaymentId, TransactionId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, MoneyWork};

/// Collects that an authorization need not end by itself any more.
pub(super) fn forget(desk: &mut Desk<'_>, id: TransactionId) {
    let task = MoneyWork::ExpireHold { transaction: id };
    schedule::ops::cancel_one(desk.unit, desk.world, desk.account.id, task);
}

/// An authorization that holds money, with what it holds.
async fn expect_holding(
    desk: &mut Desk<'_>,
    id: TransactionId,
) -> Result<(Transaction, Hold), ActionError> {
    let found = desk.expect_pending(id).await?;
    let hold = ledger::hold_of(desk.unit, desk.world, id).await?;
    let hold =
        hold.ok_or_else(|| not_here(id, "holds nothing: a refund names it, or it expires"))?;
    Ok((found, hold))
}

/// More is asked for. What cannot be had is declined as a row of its own, and the authorization
/// stays as it is.
pub(super) async fn increment(
    desk: &mut Desk<'_>,
    IncrementWish { transaction_identifier: id, amount }: IncrementWish,
) -> Result<Vec<Transaction>, ActionError> {
    let (mut authorization, hold) = expect_holding(desk, id).await?;
    let card = authorization.details.card.as_ref().map(|card| card.payment_id);
    if let Some(reason) = cards::judge(desk, status_of(desk, card), amount.money()) {
        let mut details = authorization.details.clone();
        details.authorized = details.authorized.map(|authorized| AuthorizedData {
            requested: amount,
            approval_code: None,
            hold_expires_at: None,
            is_partly_cleared: false,
            decline_reason: Some(reason.to_string()),
            ..authorized
        });
        let (id, purse, kind) = (desk.next_id(), authorization.purse, authorization.kind);
        let direction = authorization.direction;
        let new = NewTransaction { id, purse, kind, direction, amount, details };
        return Ok(vec![desk.books.authorize(new, TransactionState::Declined, desk.now)]);
    }
    let too_large = || refused(MoneyRefusal::TooLarge);
    let held = hold.amount.checked_add(amount.money()).ok_or_else(too_large)?;
    if let Some(authorized) = &mut authorization.details.authorized {
        let requested = authorized.requested.money().checked_add(amount.money());
        let requested = requested.and_then(|sum| Amount::of(sum).ok());
        authorized.requested = requested.ok_or_else(too_large)?;
    }
    if !authorization.take(AuthorizationStep::Increment, held) {
        return Err(too_large());
    }
    desk.books.change_hold(&hold, held, Floor::Cushion, desk.now).map_err(refused)?;
    desk.books.change(authorization.clone());
    Ok(vec![authorization])
}

/// How the card of that number stands: as the one of its forms that works.
fn status_of(desk: &Desk<'_>, number: Option<PaymentId>) -> InstrumentStatus {
    let all = desk.account.holders.iter().flat_map(|holder| &holder.cards);
    let mut states =
        all.filter(|card| Some(card.payment_id) == number).map(|card| card.status).peekable();
    let first = states.peek().copied().unwrap_or(InstrumentStatus::Closed);
    states.find(|status| *status == InstrumentStatus::Activated).unwrap_or(first)
}

/// A merchant takes its money: each part is a posted row, and all of them travel as one message.
pub(super) async fn clear(
    desk: &mut Desk<'_>,
    wish: ClearWish,
) -> Result<Vec<Transaction>, ActionError> {
    cards::expect_postings(desk)?;
    let (parts, total) = parts(&wish)?;
    let Some(id) = wish.transaction_identifier else { return post_by_force(desk, wish, &parts) };
    cards::expect_no_card(wish.payment_instrument_identifier)?;
    let (mut authorization, hold) = expect_holding(desk, id).await?;
    let clearing = rules::clear(hold.amount, total, wish.is_final.unwrap_or(true));
    expect_beyond(desk.books, clearing.beyond, wish.force)?;
    if !authorization.take(clearing.step, clearing.left) {
        return Err(not_here(id, "cannot be cleared"));
    }
    desk.books.change_hold(&hold, clearing.left, Floor::Zero, desk.now).map_err(refused)?;
    let authorized = authorization.details.authorized.clone().map(|authorized| AuthorizedData {
        hold_expires_at: None,
        is_partly_cleared: false,
        ..authorized
    });
    let ClearWish { merchant: name, mcc: category, city, state, .. } = wish;
    let merchant = Merchant { name, category, city, state };
    let network = authorization.details.network.clone().map(|told| merchant.over(told));
    let details = Details { authorized, network, ..authorization.details.clone() };
    let mut rows = post(desk, (authorization.kind, &details), &parts)?;
    if authorization.state != TransactionState::Pending {
        forget(desk, id);
    }
    desk.books.change_silently(authorization.clone());
    rows.push(authorization);
    Ok(rows)
}

/// The parts of a clearing and their sum.
fn parts(wish: &ClearWish) -> Result<(Vec<Amount>, Money), ActionError> {
    let parts = match (wish.amount, wish.amounts.as_slice()) {
        (Some(amount), []) => vec![amount],
        (None, [_, ..]) => wish.amounts.clone(),
        (None, []) => {
            return Err(ActionError::Invalid("amount: is missing, and so are amounts".to_owned()));
        }
        (Some(_), _) => {
            return Err(ActionError::Invalid("amounts: not together with amount".to_owned()));
        }
    };
    let add = |sum: Money, part: &Amount| sum.checked_add(part.money());
    let total = parts.iter().try_fold(Money::ZERO, add);
    let total = total.ok_or_else(|| refused(MoneyRefusal::TooLarge))?;
    Ok((parts, total))
}

/// What was not held must be there, unless the network forces it.
fn expect_beyond(books: &Books, beyond: Money, is_forced: bool) -> Result<(), ActionError> {
    let available = books.spendable(books.primary, Floor::Cushion);
    if is_forced || beyond <= available {
        return Ok(());
    }
    Err(ActionError::Impossible(format!(
        "amount: {beyond} is wanted beyond what is held and {available} is available; force posts \
         it all the same (TXN-3)"
    )))
}

/// Posts the parts. What was held, and what was found available beyond it, is there; what is forced
/// may take the balance below zero.
fn post(
    desk: &mut Desk<'_>,
    (kind, details): (TransactionType, &Details),
    parts: &[Amount],
) -> Result<Vec<Transaction>, ActionError> {
    let mut rows = Vec::with_capacity(parts.len());
    for amount in parts {
        let new = NewTransaction {
            id: desk.next_id(),
            purse: desk.books.primary,
            kind,
            direction: Direction::Debit,
            amount: *amount,
            details: details.clone(),
        };
        let posted = desk.books.post(new, ProgramBook::Settlement, Floor::Open, desk.now);
        rows.push(posted.map_err(refused)?);
    }
    desk.books.tell_together(rows.len());
    Ok(rows)
}

/// The network posts what nobody authorized.
fn post_by_force(
    desk: &mut Desk<'_>,
    wish: ClearWish,
    parts: &[Amount],
) -> Result<Vec<Transaction>, ActionError> {
    if !wish.force {
        let words = "transactionIdentifier: is missing; without one the posting needs force";
        return Err(ActionError::Invalid(words.to_owned()));
    }
    let used = cards::pick(desk, wish.payment_instrument_identifier)?;
    let ClearWish { merchant: name, mcc: category, city, state, .. } = wish;
    let network = Some(Merchant { name, category, city, state }.alone(desk)?);
    let details = Details { network, ..used.details(desk, "Purchase") };
    post(desk, (TransactionType::Purchase, &details), parts)
}

/// An authorization is taken back, all that is left or a part of it.
pub(super) async fn reverse(
    desk: &mut Desk<'_>,
    ReverseWish { transaction_identifier: id, amount }: ReverseWish,
) -> Result<Vec<Transaction>, ActionError> {
    let found = desk.expect_pending(id).await?;
    let left = found.amount;
    let step = rules::reverse(left.money(), amount)
        .ok_or_else(|| ActionError::Impossible(format!("amount: only {left} of {id} is left")))?;
    end(desk, found, step).await
}

/// The time of an authorization is over, before its day.
pub(super) async fn expire(
    desk: &mut Desk<'_>,
    ExpireWish { transaction_identifier: id }: ExpireWish,
) -> Result<Vec<Transaction>, ActionError> {
    let found = desk.expect_pending(id).await?;
    end(desk, found, (Money::ZERO, AuthorizationStep::Expire)).await
}

async fn end(
    desk: &mut Desk<'_>,
    authorization: Transaction,
    step: (Money, AuthorizationStep),
) -> Result<Vec<Transaction>, ActionError> {
    let id = authorization.id;
    let hold = ledger::hold_of(desk.unit, desk.world, id).await?;
    let changed = give_back(desk.books, (authorization, hold), step, desk.now).map_err(refused)?;
    let Some(changed) = changed else { return Err(not_here(id, "cannot be taken back")) };
    if changed.state != TransactionState::Pending {
        forget(desk, id);
    }
    Ok(vec![changed])
}

/// Lets go of what an authorization holds; `None` if it has ended already. The partner hears of it,
/// unless a part was cleared: a completed row would look like one more clearing.
fn give_back(
    books: &mut Books,
    (mut authorization, hold): (Transaction, Option<Hold>),
    (left, step): (Money, AuthorizationStep),
    now: Timestamp,
) -> Result<Option<Transaction>, MoneyRefusal> {
    if !authorization.take(step, left) {
        return Ok(None);
    }
    if let Some(hold) = hold {
        books.change_hold(&hold, left, Floor::Zero, now)?;
    }
    match authorization.state {
        TransactionState::Cleared => books.change_silently(authorization.clone()),
        _ => books.change(authorization.clone()),
    }
    Ok(Some(authorization))
}

/// Lets go of what an authorization holds, as a task that has fallen due. The unit must hold the
/// key of the account. Tells what came of it.
pub async fn expire_later(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, TransactionId),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Ok(mut books) = ledger::open(unit, world, account).await? else {
        return Ok("the account is gone");
    };
    let Some(authorization) = ops::find(unit, world, account, id).await? else {
        return Ok("the authorization is gone");
    };
    let hold = ledger::hold_of(unit, world, id).await?;
    let step = (Money::ZERO, AuthorizationStep::Expire);
    match give_back(&mut books, (authorization, hold), step, now) {
        Ok(Some(_)) => ledger::save(unit, world, &mut books, now),
        Ok(None) => return Ok("the authorization has ended already"),
        Err(_) => return Ok("the balance would be beyond what can be kept"),
    }
    Ok("the authorization has expired")
}
