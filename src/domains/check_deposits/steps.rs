//! Taking a step of the table with all that goes with it: postings, holds, the task that releases
//! the money, and what the partner hears. The unit of work must hold the key of the account.

use chrono::NaiveDate;

use super::events;
use super::model::{CheckStep, Deposit, DepositState};
use super::ops::available_on;
use super::rules::{self, Gate};
use crate::db::{DbError, Work};
use crate::domains::ledger::model::{Books, Floor, MoneyRefusal, NewTransaction};
use crate::domains::ledger::ops as ledger;
use crate::domains::transactions::model::{Details, InternalData, Transaction};
use crate::kernel::ids::TransactionId;
use crate::kernel::money::Money;
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, MoneyWork};

/// `transferType` of the postings.
const TRANSFER_TYPE: &str = "mrdc";

/// Why a step was not taken. Nothing may be written then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// It does not lead on from here.
    State,
    /// The account is not in use.
    Gate(Gate),
    /// The books do not take it.
    Money(MoneyRefusal),
}

impl NotTaken {
    /// The vendor's answer; `what` is what was to be done to the check.
    pub fn refusal(&self, deposit: &Deposit, what: &str) -> Refusal {
        match self {
            NotTaken::State => rules::out_of_state(deposit.state.shown(), what),
            NotTaken::Gate(gate) => gate.refusal(),
            NotTaken::Money(problem) => rules::too_large(problem),
        }
    }
}

impl From<MoneyRefusal> for NotTaken {
    fn from(refusal: MoneyRefusal) -> Self {
        NotTaken::Money(refusal)
    }
}

/// Takes a step, with its reason if it has one. Answers the row of the history that it has made.
pub(super) async fn take(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    (step, reason): (CheckStep, Option<&str>),
    now: Timestamp,
) -> Result<Result<Option<Transaction>, NotTaken>, DbError> {
    let from = deposit.state;
    let Some(to) = from.after(step, deposit.is_held()) else { return Ok(Err(NotTaken::State)) };
    if !rules::takes(books.standing, (from, to)) {
        return Ok(Err(NotTaken::Gate(Gate::AccountState(books.standing))));
    }
    if step == CheckStep::Approve {
        let approved = Deposit { state: DepositState::Approved, ..deposit.clone() };
        ledger::tell(unit, world, books, |books| events::updated(world, books, &approved, now));
    }
    deposit.state = to;
    deposit.changed_at = now;
    let done = match step {
        CheckStep::Accept | CheckStep::Approve if to.is_posted() => {
            post(unit, world, (books, deposit), now)
        }
        CheckStep::Release => release(unit, world, (books, deposit), now).await?.map(|()| None),
        CheckStep::Return => send_back(unit, world, (books, deposit), (from, now)).await?,
        _ => Ok(None),
    };
    let row = match done {
        Ok(row) => row,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if to.is_end() {
        deposit.reason = reason.map(str::to_owned);
        deposit.ended_at = Some(now);
    }
    let is_told = to.is_posted() != from.is_posted() || to == DepositState::Declined;
    if is_told {
        ledger::tell(unit, world, books, |books| events::updated(world, books, deposit, now));
    }
    Ok(Ok(row))
}

/// Credits the check and holds its money until the day, which is counted from now.
fn post(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    now: Timestamp,
) -> Result<Option<Transaction>, MoneyRefusal> {
    let day = available_on(world, deposit.hold_days, now);
    deposit.is_rescheduled |= day != deposit.funds_available_on;
    deposit.funds_available_on = day;
    let credit = entry(world, (books, deposit), (Direction::Credit, "Mobile Check Deposit"));
    let credit = books.post(credit, ProgramBook::Settlement, Floor::Open, now)?;
    deposit.posted = Some(credit.id);
    if deposit.is_held() {
        let held = (credit.id, credit.purse);
        books.hold(held, credit.amount, Floor::Open, now)?;
        put_release(unit, world, deposit, now);
    }
    Ok(Some(credit))
}

/// Debits a check that came back, whatever is there, and lets go of what is held.
async fn send_back(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    (from, now): (DepositState, Timestamp),
) -> Result<Result<Option<Transaction>, MoneyRefusal>, DbError> {
    if let Err(refusal) = release(unit, world, (books, deposit), now).await? {
        return Ok(Err(refusal));
    }
    if from == DepositState::OnHold {
        drop_release(unit, world, deposit);
    }
    let words = "Mobile Check Deposit Return";
    let debit = entry(world, (books, deposit), (Direction::Debit, words));
    Ok(books.post(debit, ProgramBook::Settlement, Floor::Open, now).map(Some))
}

/// Lets go of what is held of a posted check.
async fn release(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    now: Timestamp,
) -> Result<Result<(), MoneyRefusal>, DbError> {
    let Some(transaction) = deposit.posted else { return Ok(Ok(())) };
    let Some(hold) = ledger::hold_of(unit, world, transaction).await? else { return Ok(Ok(())) };
    if hold.amount == Money::ZERO {
        return Ok(Ok(()));
    }
    Ok(books.change_hold(&hold, Money::ZERO, Floor::Open, now).map(|_| ()))
}

/// Has the money be there on an earlier day; at once, if that is today.
pub(super) async fn move_release(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    (day, now): (NaiveDate, Timestamp),
) -> Result<Result<(), NotTaken>, DbError> {
    drop_release(unit, world, deposit);
    deposit.funds_available_on = day;
    deposit.is_rescheduled = true;
    deposit.changed_at = now;
    if day == now.date_in(world.settings.check_deposits.zone()) {
        let taken = take(unit, world, (books, deposit), (CheckStep::Release, None), now).await?;
        return Ok(taken.map(|_| ()));
    }
    put_release(unit, world, deposit, now);
    Ok(Ok(()))
}

fn put_release(unit: &mut Work, world: &World, deposit: &Deposit, now: Timestamp) {
    let (id, day) = (deposit.asked.id, deposit.funds_available_on);
    let task = MoneyWork::ReleaseDeposit { transfer: id };
    let due = Timestamp::start_of(day, world.settings.check_deposits.zone());
    let occasion = format!("{id} on {day}");
    schedule::ops::put(unit, world, (deposit.asked.account, task), &occasion, (now, due));
}

fn drop_release(unit: &mut Work, world: &World, deposit: &Deposit) {
    let task = MoneyWork::ReleaseDeposit { transfer: deposit.asked.id };
    schedule::ops::cancel_one(unit, world, deposit.asked.account, task);
}

/// A row of the history that comes from this check.
fn entry(
    world: &World,
    (books, deposit): (&Books, &Deposit),
    (direction, words): (Direction, &str),
) -> NewTransaction {
    let asked = &deposit.asked;
    NewTransaction {
        id: transaction_id(world, deposit, direction),
        purse: books.primary,
        kind: TransactionType::Other,
        direction,
        amount: asked.amount,
        details: Details {
            type_description: words.to_owned(),
            internal: Some(InternalData {
                transfer: Some(asked.id),
                transfer_type: Some(TRANSFER_TYPE.to_owned()),
                description: Some(words.to_owned()),
                ..InternalData::default()
            }),
            ..Details::default()
        },
    }
}

fn transaction_id(world: &World, deposit: &Deposit, direction: Direction) -> TransactionId {
    let occasion = format!("check deposit {} {direction}", deposit.asked.id);
    ledger::transaction_id(world, deposit.asked.account, &occasion)
}
