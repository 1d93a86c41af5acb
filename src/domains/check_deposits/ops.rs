//! Use cases on checks: asking whether one may be deposited, handing one in, accepting it or taking
//! it back, changing the day of its money, and reading. What happens to a check from outside is in
//! [`super::actions`].

use chrono::{Days, NaiveDate};

use super::model::{CheckStep, Decision, Deposit, DepositState, Deposited, NewDeposit};
use super::rules::{self, Assessment, Excess, Facts, Limits};
use super::steps::{self, NotTaken};
use super::store;
use super::{events, store::Listed};
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::accounts::ops as accounts;
use crate::domains::ledger::model::Books;
use crate::domains::ledger::ops as ledger;
use crate::kernel::calendar;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, TransferId};
use crate::kernel::money::Amount;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

pub use super::store::Wanted;

/// Days of the rolling limit behind today.
const ROLLING: Days = Days::new(29);

/// Says what an account lacks for a check of this amount, or for any check. Changes nothing.
pub async fn assess(
    db: &Db,
    world: &World,
    (account, amount): (AccountId, Option<Amount>),
    now: Timestamp,
) -> Result<Result<Assessment, Refusal>, DbError> {
    let mut read = db;
    let books = match ledger::open(&mut read, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let known = known(&mut read, world, &books, now).await?;
    let unmet = rules::unmet(&known.facts(world, &books), amount);
    Ok(Ok(Assessment {
        unmet: unmet.iter().map(rules::Unmet::prerequisite).collect(),
        hold_days: known.hold_days,
        funds_available_on: known.hold_days.map(|days| available_on(world, days, now)),
    }))
}

/// What is read to judge a check, beside the books.
struct Known {
    hold_days: Option<u32>,
    wanting_terms: Option<String>,
    deposited: Deposited,
}

impl Known {
    fn facts<'a>(&'a self, world: &World, books: &'a Books) -> Facts<'a> {
        let settings = &world.settings.check_deposits;
        Facts {
            standing: books.standing,
            currency: &books.currency,
            hold_days: self.hold_days,
            wanting_terms: self.wanting_terms.as_deref(),
            limits: Limits {
                check: settings.largest_check,
                day: settings.daily_limit,
                rolling: settings.rolling_limit,
            },
            deposited: self.deposited,
        }
    }
}

async fn known(
    read: &mut impl Read,
    world: &World,
    books: &Books,
    now: Timestamp,
) -> Result<Known, DbError> {
    let zone = world.settings.check_deposits.zone();
    let today = now.date_in(zone);
    let first = today.checked_sub_days(ROLLING).unwrap_or(today);
    let since = (Timestamp::start_of(today, zone), Timestamp::start_of(first, zone));
    let deposited = store::deposited(read, &world.code, books.account, since).await?;
    // Of two tiers, which no account has, the longer one.
    let tiers = books.features.iter().filter_map(|id| world.settings.feature(id));
    let tier = tiers.filter(|feature| feature.hold_days.is_some()).max_by_key(|it| it.hold_days);
    let terms = tier.and_then(|tier| tier.terms.as_deref());
    let wanted = terms.filter(|_| world.settings.features.enforce_terms);
    let wanting_terms = match wanted {
        Some(terms) => wanting(read, world, books.account, terms).await?,
        None => None,
    };
    Ok(Known { hold_days: tier.and_then(|tier| tier.hold_days), wanting_terms, deposited })
}

/// These terms, if the account has not accepted them.
async fn wanting(
    read: &mut impl Read,
    world: &World,
    account: AccountId,
    terms: &str,
) -> Result<Option<String>, DbError> {
    let found = accounts::get_in(read, world, account).await?;
    let accepted = found.account.iter().flat_map(|account| &account.terms);
    let has = accepted.filter(|known| known.accepted).any(|known| known.identifier == terms);
    Ok((!has).then(|| terms.to_owned()))
}

/// The day on which money that is posted now is there.
pub(super) fn available_on(world: &World, hold_days: u32, now: Timestamp) -> NaiveDate {
    let today = now.date_in(world.settings.check_deposits.zone());
    calendar::add_business_days(today, hold_days)
}

/// Takes a check in, once: one that comes again is answered as it stands. A check beyond a limit is
/// taken in and declined.
pub async fn submit(
    db: &Db,
    world: &World,
    new: NewDeposit,
    now: Timestamp,
) -> Result<Outcome<Deposit>, DbError> {
    let keys = vec![Key::account(&world.code, new.account), Key::transfer(&world.code, new.id)];
    let mut unit = db.begin(world.scope(keys)).await?;
    let mut books = match ledger::open(&mut unit, world, new.account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if let Some(known) = store::find(&mut unit, &world.code, new.id).await? {
        let refusal = rules::judge_repeat(&known, &new);
        return Ok(refusal.map_or(Outcome::Done(known), Outcome::refused));
    }
    let known = known(&mut unit, world, &books, now).await?;
    let (hold_days, excess) = match rules::judge(&known.facts(world, &books), &new) {
        Ok(judged) => judged,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let mut deposit = begun(world, new, hold_days, now);
    let taken = begin(&mut unit, world, (&mut books, &mut deposit), excess, now).await?;
    if let Err(problem) = taken {
        return Ok(Outcome::refused(problem.refusal(&deposit, "posted")));
    }
    store::insert(&mut unit, &world.code, &deposit);
    ledger::save(&mut unit, world, &mut books, now);
    unit.commit().await?;
    Ok(Outcome::Done(deposit))
}

fn begun(world: &World, asked: NewDeposit, hold_days: u32, now: Timestamp) -> Deposit {
    let settings = &world.settings.check_deposits;
    Deposit {
        asked,
        state: DepositState::first(settings.acceptance, settings.review),
        reason: None,
        hold_days,
        funds_available_on: available_on(world, hold_days, now),
        is_rescheduled: false,
        submitted_at: now,
        changed_at: now,
        ended_at: None,
        posted: None,
    }
}

/// What becomes of a new check at once.
async fn begin(
    unit: &mut Work,
    world: &World,
    (books, deposit): (&mut Books, &mut Deposit),
    excess: Option<Excess>,
    now: Timestamp,
) -> Result<Result<(), NotTaken>, DbError> {
    if let Some(excess) = excess {
        deposit.state = DepositState::Declined;
        deposit.reason = Some(excess.reason().to_owned());
        deposit.ended_at = Some(now);
        let tell = |books: &Books| events::failed(world, books, deposit, now);
        ledger::tell(unit, world, books, tell);
        return Ok(Ok(()));
    }
    let is_waiting = world.settings.check_deposits.acceptance;
    if deposit.state == DepositState::Pending && !is_waiting {
        let step = (CheckStep::Accept, None);
        let taken = steps::take(unit, world, (books, deposit), step, now).await?;
        return Ok(taken.map(|_| ()));
    }
    Ok(Ok(()))
}

/// A check of an account with the books of the account, both read inside a unit of work that holds
/// the key of the account.
pub(super) async fn open(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, TransferId),
) -> Result<Result<(Books, Deposit), Refusal>, DbError> {
    let books = match ledger::open(unit, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let found = of_account(unit, world, (account, id)).await?;
    Ok(found.map(|deposit| (books, deposit)).ok_or_else(|| rules::not_found(id)))
}

/// A check, if the account has handed it in.
pub(super) async fn of_account(
    read: &mut impl Read,
    world: &World,
    (account, id): (AccountId, TransferId),
) -> Result<Option<Deposit>, DbError> {
    let found = store::find(read, &world.code, id).await?;
    Ok(found.filter(|deposit| deposit.asked.account == account))
}

/// Writes a changed check and its books, and ends the unit.
pub(super) async fn save(
    mut unit: Work,
    world: &World,
    (mut books, deposit): (Books, &Deposit),
    now: Timestamp,
) -> Result<(), DbError> {
    store::update(&mut unit, &world.code, deposit);
    ledger::save(&mut unit, world, &mut books, now);
    unit.commit().await
}

/// Accepts a check or takes it back. The same decision again is answered as the check stands.
pub async fn decide(
    db: &Db,
    world: &World,
    (account, id, decision): (AccountId, TransferId, Decision),
    now: Timestamp,
) -> Result<Outcome<Deposit>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let (mut books, mut deposit) = match open(&mut unit, world, (account, id)).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if deposit.state.has_taken(decision) {
        return Ok(Outcome::Done(deposit));
    }
    let (step, what) = match decision {
        Decision::Accept => (CheckStep::Accept, "accepted"),
        Decision::Cancel => (CheckStep::Cancel, "canceled"),
    };
    let within = (&mut books, &mut deposit);
    if let Err(problem) = steps::take(&mut unit, world, within, (step, None), now).await? {
        return Ok(Outcome::refused(problem.refusal(&deposit, what)));
    }
    save(unit, world, (books, &deposit), now).await?;
    Ok(Outcome::Done(deposit))
}

/// Has the money of a posted check be there earlier: on a business day from today to the day that
/// was set. Today is at once.
pub async fn reschedule(
    db: &Db,
    world: &World,
    (id, day): (TransferId, NaiveDate),
    now: Timestamp,
) -> Result<Outcome<Deposit>, DbError> {
    let mut read = db;
    let Some(known) = store::find(&mut read, &world.code, id).await? else {
        return Ok(Outcome::refused(rules::not_found(id)));
    };
    // A check stays with its account, so the key that was read before is the right one.
    let account = known.asked.account;
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let (mut books, mut deposit) = match open(&mut unit, world, (account, id)).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let today = now.date_in(world.settings.check_deposits.zone());
    if deposit.state != DepositState::OnHold {
        let status = deposit.state.shown();
        return Ok(Outcome::refused(rules::out_of_state(status, "given another funding date")));
    }
    if let Err(refusal) = rules::judge_funds_date(day, (today, deposit.funds_available_on)) {
        return Ok(Outcome::refused(refusal));
    }
    if day == deposit.funds_available_on {
        return Ok(Outcome::Done(deposit));
    }
    let within = (&mut books, &mut deposit);
    if let Err(problem) = steps::move_release(&mut unit, world, within, (day, now)).await? {
        return Ok(Outcome::refused(problem.refusal(&deposit, "released")));
    }
    save(unit, world, (books, &deposit), now).await?;
    Ok(Outcome::Done(deposit))
}

/// Makes the money of a check available, as a task that has fallen due. The unit must hold the key
/// of the account. Tells what came of it.
pub async fn release_later(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, TransferId),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Ok((mut books, mut deposit)) = open(unit, world, (account, id)).await? else {
        return Ok("the check deposit is gone");
    };
    let within = (&mut books, &mut deposit);
    if steps::take(unit, world, within, (CheckStep::Release, None), now).await?.is_err() {
        return Ok("the check deposit is not on hold any more");
    }
    store::update(unit, &world.code, &deposit);
    ledger::save(unit, world, &mut books, now);
    Ok("the money of the check deposit is available")
}

/// Reads a check of an account, or says which of both is not there.
pub async fn get(
    mut read: impl Read,
    world: &World,
    (account, id): (AccountId, TransferId),
) -> Result<Result<Deposit, Refusal>, DbError> {
    if let Some(deposit) = of_account(&mut read, world, (account, id)).await? {
        return Ok(Ok(deposit));
    }
    Ok(match ledger::open(&mut read, world, account).await? {
        Ok(_) => Err(rules::not_found(id)),
        Err(refusal) => Err(refusal),
    })
}

/// A page of an account's checks, the newest first: one trip.
pub async fn list(
    mut read: impl Read,
    world: &World,
    account: AccountId,
    wanted: &Wanted,
) -> Result<Result<Listed, Refusal>, DbError> {
    let listed = store::list(&mut read, &world.code, account, wanted).await?;
    if listed.world_version != world.edition.version {
        return Err(DbError::WorldMoved);
    }
    let found = listed.has_account;
    Ok(if found { Ok(listed) } else { Err(Refusal::of(&codes::ACCOUNT_NOT_FOUND)) })
}
