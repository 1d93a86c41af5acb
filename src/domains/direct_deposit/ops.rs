//! Use cases on switches: starting one, reading them, what a partner says of one, what the vendor
//! reports of one, and the printed form.

use super::form::{self, ManualForm};
use super::model::{
    Attempt, Change, ChangeProblem, EVENTS_MAX, Portion, Report, STARTED_REASON, Step, SwitchStatus,
};
use super::{events, rules, store};
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::ledger::model::Books;
use crate::domains::ledger::ops as ledger;
use crate::kernel::ids::{AccountId, DepositAccountId, SwitchId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, SwitchWork};

const HOUR_MS: i64 = 3_600_000;

/// An attempt that was just started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Loads the vendor's SDK.
    pub vendor_token: String,
    /// The attempt.
    pub id: SwitchId,
}

/// Starts an attempt: each call one of its own.
pub async fn create(
    db: &Db,
    world: &World,
    account: AccountId,
    now: Timestamp,
) -> Result<Outcome<Started>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let books = match ledger::open(&mut unit, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let made = store::last_number(&mut unit, &world.code, account).await?;
    if let Some(denial) = rules::judge_new(books.standing, made) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    let (attempt, vendor_token) = draw(world, account, made + 1, now);
    store::insert(&mut unit, &world.code, account, &attempt);
    unit.commit().await?;
    Ok(Outcome::Done(Started { vendor_token, id: attempt.id }))
}

/// The n-th attempt of an account, and its token.
fn draw(world: &World, account: AccountId, number: i64, now: Timestamp) -> (Attempt, String) {
    let labels = ["direct deposit switch", &account.to_string(), &number.to_string()];
    let mut source = world.source(&labels);
    let id = source.id(SwitchId::new);
    let vendor_token = source.id(|guid| guid.to_string());
    // 24 hexadecimal digits, as the vendor's own ids have.
    let reference = source.id(|guid| guid.simple().to_string());
    let attempt = Attempt {
        id,
        number,
        vendor_reference: reference.chars().take(24).collect(),
        portion: Portion::default(),
        status: SwitchStatus::Started,
        reason: STARTED_REASON.to_owned(),
        depositor: None,
        event_ids: Vec::new(),
        created_at: now,
        last_event_at: now,
    };
    (attempt, vendor_token)
}

/// `accountData.id`: the account among those that take direct deposits.
pub fn deposit_account(world: &World, account: AccountId) -> DepositAccountId {
    world.source(&["direct deposit account", &account.to_string()]).id(DepositAccountId::new)
}

/// All attempts of an account, oldest first.
pub async fn list(
    mut read: impl Read,
    world: &World,
    account: AccountId,
) -> Result<Result<Vec<Attempt>, Refusal>, DbError> {
    let attempts = store::all(&mut read, &world.code, account).await?;
    if attempts.is_empty() {
        let books = ledger::open(&mut read, world, account).await?;
        return Ok(books.map(|_| attempts));
    }
    Ok(Ok(attempts))
}

/// The last attempt of an account.
pub async fn latest(
    mut read: impl Read,
    world: &World,
    account: AccountId,
) -> Result<Result<Attempt, Refusal>, DbError> {
    if let Some(attempt) = store::latest(&mut read, &world.code, account).await? {
        return Ok(Ok(attempt));
    }
    let books = ledger::open(&mut read, world, account).await?;
    Ok(books.and_then(|_| Err(rules::none_yet())))
}

/// Takes down what a partner says of an attempt. Nobody is told.
pub async fn update(
    db: &Db,
    world: &World,
    (account, id, change): (AccountId, SwitchId, &Change),
    now: Timestamp,
) -> Result<Outcome<Attempt>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let Some(known) = store::find(&mut unit, &world.code, (account, id)).await? else {
        let books = ledger::open(&mut unit, world, account).await?;
        return Ok(Outcome::refused(books.err().unwrap_or_else(|| rules::not_found(id))));
    };
    let changed = match known.changed(change, now) {
        Ok(changed) => changed,
        Err(problem) => return Ok(Outcome::refused(rules::refused_change(problem))),
    };
    if changed != known {
        store::update(&mut unit, &world.code, &changed);
        expect_completion(&mut unit, world, account, (&known, &changed), now);
        unit.commit().await?;
    }
    Ok(Outcome::Done(changed))
}

/// Where the program says that the vendor completes by itself what was submitted, this one will.
fn expect_completion(
    unit: &mut Work,
    world: &World,
    account: AccountId,
    (before, after): (&Attempt, &Attempt),
    now: Timestamp,
) {
    let submitted = SwitchStatus::Submitted;
    let is_new = after.status == submitted && before.status != submitted;
    let hours = world.settings.direct_deposit_switch.completion_hours.filter(|_| is_new);
    if let Some(hours) = hours {
        let task = SwitchWork::CompleteSwitch { switch: after.id };
        let due = now.plus_millis(i64::from(hours) * HOUR_MS);
        schedule::ops::put(unit, world, (account, task), &after.id.to_string(), (now, due));
    }
}

/// Why a report of the vendor is not taken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReportProblem {
    /// It does not fit the attempt.
    #[error(transparent)]
    Change(#[from] ChangeProblem),
    /// There are as many as may be.
    #[error("the attempt has {EVENTS_MAX} events, the most it may")]
    Full,
}

/// Collects what the vendor reports of an attempt, and has the partner told. The unit must hold the
/// key of the account; the books are the caller's to save.
pub(super) fn report(
    unit: &mut Work,
    world: &World,
    books: &mut Books,
    (known, change): (&Attempt, &Change),
    now: Timestamp,
) -> Result<Attempt, ReportProblem> {
    let mut changed = known.changed(change, now)?;
    if changed.event_ids.len() >= EVENTS_MAX {
        return Err(ReportProblem::Full);
    }
    let event = events::next_id(world, books);
    changed.event_ids.push(event);
    store::update(unit, &world.code, &changed);
    ledger::tell(unit, world, books, |books| events::progressed(books, (&changed, event), now));
    expect_completion(unit, world, books.account, (known, &changed), now);
    Ok(changed)
}

/// Collects that an attempt need not be completed by itself any more.
pub(super) fn forget_completion(unit: &mut Work, world: &World, account: AccountId, id: SwitchId) {
    let task = SwitchWork::CompleteSwitch { switch: id };
    schedule::ops::cancel_one(unit, world, account, task);
}

/// Has the vendor complete a submitted attempt, as a task that has fallen due. The unit must hold
/// the key of the account. Tells what came of it.
pub async fn complete_later(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, SwitchId),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Ok(mut books) = ledger::open(unit, world, account).await? else {
        return Ok("the account is gone");
    };
    let Some(known) = store::find(unit, &world.code, (account, id)).await? else {
        return Ok("the switch attempt is gone");
    };
    let change = Change {
        step: Some(Step::from(Report::Completed)),
        reason: Some(Report::Completed.reason().to_owned()),
        ..Change::default()
    };
    if report(unit, world, &mut books, (&known, &change), now).is_err() {
        return Ok("the switch attempt has ended already");
    }
    ledger::save(unit, world, &mut books, now);
    Ok("the switch is completed")
}

/// The printed form, as a PDF. It shows what is asked for; of the account only its state counts.
pub async fn manual_form(
    mut read: impl Read,
    world: &World,
    account: AccountId,
    form: &ManualForm,
) -> Result<Result<Vec<u8>, Refusal>, DbError> {
    let books = ledger::open(&mut read, world, account).await?;
    Ok(books.and_then(|books| match rules::judge_account(books.standing) {
        Some(denial) => Err(denial.refusal().under("DDS-5")),
        None => Ok(form::pdf(form)),
    }))
}
