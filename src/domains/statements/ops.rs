//! Use cases on statements: drawing those whose cycle has ended, by the clock or when they are
//! asked for, listing them, and setting one.

use chrono::NaiveDate;

use super::document::{self, Content, PurseContent};
use super::model::{self, Cover, CoverPurse, Cycle, Cycles, KEPT_MAX, Period, Statement};
use super::{events, rules, store};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::model::{Account, AccountStatus, Purse, PurseStatus};
use crate::domains::accounts::{ops as accounts, people};
use crate::domains::ledger::extract::{self, Range};
use crate::domains::purses::ops as purses;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, CLOSE_CYCLE, StatementWork};

/// Entries that one statement prints at most; the rest is told by its number.
const ENTRIES_MAX: i64 = 2_000;

/// A statement as it is handed out.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Which it is.
    pub statement: Statement,
    /// A PDF.
    pub pdf: Vec<u8>,
}

/// The statements of an account, the newest first; those that nobody has drawn yet are drawn.
pub async fn list(
    db: &Db,
    world: &World,
    id: AccountId,
    now: Timestamp,
) -> Result<Result<Vec<Statement>, Refusal>, DbError> {
    Ok(drawn(db, world, id, now).await?.map(|(_, statements)| statements))
}

/// One statement, or why there is none.
pub async fn get(
    db: &Db,
    world: &World,
    (id, period): (AccountId, Period),
    now: Timestamp,
) -> Result<Result<Document, Refusal>, DbError> {
    let (account, statements) = match drawn(db, world, id, now).await? {
        Ok(found) => found,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(statement) = statements.into_iter().find(|known| known.period() == period) else {
        let today = now.date_in(world.cycle_zone());
        return Ok(Err(rules::not_found(period, cycles_of(world, &account), today)));
    };
    let purses = contents(db, world, (id, &statement)).await?;
    let content = Content { program: &world.code, statement: &statement, purses };
    let pdf = document::pdf(&content);
    Ok(Ok(Document { statement, pdf }))
}

/// An account with all its statements, the newest first.
async fn drawn(
    mut db: &Db,
    world: &World,
    id: AccountId,
    now: Timestamp,
) -> Result<Result<(Account, Vec<Statement>), Refusal>, DbError> {
    let found = accounts::get(db, world, id).await?;
    if found.world_version != world.edition.version {
        return Err(DbError::WorldMoved);
    }
    let account = match found.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut statements = store::list(&mut db, &world.code, id).await?;
    if !undrawn(world, &account, statements.first(), now).is_empty() {
        statements = draw_now(db, world, id, now).await?;
    }
    Ok(Ok((account, statements)))
}

/// The cycles of an account; `None` before its registration is complete.
fn cycles_of(world: &World, account: &Account) -> Option<Cycles> {
    let zone = world.cycle_zone();
    let is_closed = account.standing.status == AccountStatus::Closed;
    Some(Cycles {
        opened: account.completed_at?.date_in(zone),
        day: account.cycle_day?,
        closed: is_closed.then(|| account.status_changed_at.date_in(zone)),
    })
}

/// Cycles that have ended and have no statement yet, oldest first.
fn undrawn(
    world: &World,
    account: &Account,
    latest: Option<&Statement>,
    now: Timestamp,
) -> Vec<Cycle> {
    let Some(cycles) = cycles_of(world, account) else { return Vec::new() };
    let mut ended = cycles.ended(now.date_in(world.cycle_zone()));
    ended.retain(|cycle| latest.is_none_or(|latest| cycle.period() > latest.period()));
    ended
}

/// Draws what is undrawn since somebody asks for it. Nobody is told: who asks knows.
async fn draw_now(
    db: &Db,
    world: &World,
    id: AccountId,
    now: Timestamp,
) -> Result<Vec<Statement>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let Some(account) = accounts::get_in(&mut unit, world, id).await?.account else {
        return Ok(Vec::new());
    };
    let statements = draw(&mut unit, world, &account, now).await?;
    let newest = statements.first().map(|statement| statement.cycle);
    let is_awaited = schedule::ops::is_waiting(&mut unit, world, id, CLOSE_CYCLE).await?;
    if let Some(newest) = newest.filter(|_| world.settings.statements.automatic && !is_awaited) {
        put_next(&mut unit, world, (&account, newest), now);
    }
    unit.commit().await?;
    Ok(statements)
}

/// Collects the statements that are still to be drawn; all that there then are, the newest first.
/// The unit must hold the key of the account.
async fn draw(
    unit: &mut Work,
    world: &World,
    account: &Account,
    now: Timestamp,
) -> Result<Vec<Statement>, DbError> {
    let mut statements = store::list(unit, &world.code, account.id).await?;
    let undrawn = undrawn(world, account, statements.first(), now);
    if undrawn.is_empty() {
        return Ok(statements);
    }
    let people = people::list_in(unit, world, account.id).await?.expect().unwrap_or_default();
    let (holders, address) = model::addressed(&people);
    let product = world.settings.product(&account.product_code);
    let cover = Cover {
        holders,
        address,
        account_number: model::masked(&account.account_number),
        reference_number: account.reference_number.clone(),
        product: product.map_or(&account.product_code, |product| &product.name).clone(),
        currency: account.currency.clone(),
        purses: Vec::new(),
        zone: world.cycle_zone().name().to_owned(),
    };
    let all_purses = purses::all_of(unit, world, account.id).await?;
    for cycle in undrawn {
        let range = range_of(unit, world, (account, cycle), statements.first()).await?;
        let purses = purses_of(unit, world, (cycle, range), &all_purses).await?;
        let Range { after, last, .. } = range;
        let cover = Cover { purses, ..cover.clone() };
        let statement = Statement { cycle, after, last, cover };
        store::insert(unit, &world.code, (account.id, &statement), now);
        statements.insert(0, statement);
    }
    statements.truncate(KEPT_MAX);
    Ok(statements)
}

/// The postings that belong to a cycle. Numbers decide, so that statements follow one another
/// whatever a clock did: what is posted while it shows an earlier day is found in a later one.
async fn range_of(
    unit: &mut Work,
    world: &World,
    (account, cycle): (&Account, Cycle),
    before: Option<&Statement>,
) -> Result<Range, DbError> {
    let zone = world.cycle_zone();
    let id = account.id;
    let newest = account.transaction_sequence;
    let after = match before {
        Some(before) if before.cycle.end() == cycle.first => before.last,
        None if account.completed_at.map(|at| at.date_in(zone)) == Some(cycle.first) => 0,
        _ => {
            let begin = Timestamp::start_of(cycle.first, zone);
            extract::last_before(unit, world, (id, 0), begin).await?.unwrap_or(newest)
        }
    };
    let end = Timestamp::start_of(cycle.end(), zone);
    let last = extract::last_before(unit, world, (id, after), end).await?.unwrap_or(newest);
    Ok(Range { account: id, after, last })
}

/// The purses that a statement shows: those that were open at the end of the cycle, and those that
/// money was moved in.
async fn purses_of(
    unit: &mut Work,
    world: &World,
    (cycle, range): (Cycle, Range),
    all: &[Purse],
) -> Result<Vec<CoverPurse>, DbError> {
    let end = Timestamp::start_of(cycle.end(), world.cycle_zone());
    let moved = extract::sums(unit, world, range).await?;
    let is_shown = |purse: &&Purse| {
        let is_open = purse.status == PurseStatus::Active && purse.created_at < end;
        is_open || moved.contains_key(&purse.id)
    };
    let named = |purse: &Purse| CoverPurse::named(purse.id, purse.kind, &purse.details);
    Ok(all.iter().filter(is_shown).map(named).collect())
}

/// What a statement lists of each of its purses.
async fn contents(
    mut db: &Db,
    world: &World,
    (account, statement): (AccountId, &Statement),
) -> Result<Vec<PurseContent>, DbError> {
    let Statement { after, last, ref cover, .. } = *statement;
    let range = Range { account, after, last };
    let opening = extract::balances(&mut db, world, (account, after)).await?;
    let closing = extract::balances(&mut db, world, (account, last)).await?;
    let sums = extract::sums(&mut db, world, range).await?;
    let entries = extract::entries(&mut db, world, range, ENTRIES_MAX).await?;
    let content = |purse: &CoverPurse| PurseContent {
        name: purse.name.clone(),
        opening: opening.get(&purse.id).copied().unwrap_or_default(),
        closing: closing.get(&purse.id).copied().unwrap_or_default(),
        sums: sums.get(&purse.id).copied().unwrap_or_default(),
        entries: entries.iter().filter(|entry| entry.purse == purse.id).cloned().collect(),
    };
    Ok(cover.purses.iter().map(content).collect())
}

/// Registration is complete: where cycles are closed by the clock, collects that the first one will
/// be.
pub fn expect(unit: &mut Work, world: &World, account: &Account, now: Timestamp) {
    let first = cycles_of(world, account).and_then(|cycles| cycles.all().next());
    if let Some(first) = first.filter(|_| world.settings.statements.automatic) {
        put(unit, world, (account.id, first), now);
    }
}

fn put(unit: &mut Work, world: &World, (id, cycle): (AccountId, Cycle), now: Timestamp) {
    let due = Timestamp::start_of(cycle.end(), world.cycle_zone()).max(now);
    let task = StatementWork::CloseCycle { first_day: cycle.first };
    schedule::ops::put(unit, world, (id, task), &cycle.period().to_string(), (now, due));
}

fn put_next(unit: &mut Work, world: &World, (account, closed): (&Account, Cycle), now: Timestamp) {
    let today = now.date_in(world.cycle_zone());
    let cycles = cycles_of(world, account);
    if let Some(next) = cycles.and_then(|cycles| cycles.next_to_close(closed, today)) {
        put(unit, world, (account.id, next), now);
    }
}

/// Closes a cycle, as a task that has fallen due: draws its statement, tells the partner, and has
/// the next one closed in its turn. The unit must hold the key of the account. Tells what came of
/// it.
pub async fn close_later(
    unit: &mut Work,
    world: &World,
    (id, first_day): (AccountId, NaiveDate),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Some(before) = accounts::get_in(unit, world, id).await?.account else {
        return Ok("the account is gone");
    };
    if !world.settings.statements.automatic {
        return Ok("statements are drawn when they are asked for");
    }
    let statements = draw(unit, world, &before, now).await?;
    let drawn = statements.iter().find(|statement| statement.cycle.first == first_day);
    let Some(statement) = drawn else { return Ok("the account was closed before the cycle") };
    let mut account = before.clone();
    accounts::tell(unit, world, &mut account, |account| {
        events::ready(world, account, statement, now)
    });
    put_next(unit, world, (&account, statement.cycle), now);
    accounts::save(unit, world, (&before, &mut account), &[], now);
    Ok("statement ready")
}
