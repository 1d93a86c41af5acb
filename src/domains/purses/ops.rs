//! Use cases on purses: making, changing and closing one, and emptying all but the primary one.

use super::model::{NewPurse, PurseChange};
use super::rules::{self, Facts};
use super::store;
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::accounts::model::{Account, Purse, PurseStatus};
use crate::domains::accounts::ops as accounts;
use crate::domains::ledger::model::{Books, PurseTransfer};
use crate::domains::ledger::ops as ledger;
use crate::domains::transactions::model::{Details, InternalData};
use crate::kernel::ids::{AccountId, PurseId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::outcome::Outcome;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Shown of a transfer between purses.
const TYPE_DESCRIPTION: &str = "Transfer";

/// Collects the purses of a new account.
pub fn open(unit: &mut Work, world: &World, account: &Account) {
    for purse in &account.purses {
        store::insert(unit, &world.code, account.id, purse);
    }
}

/// All purses that an account has and has had, in the order of its list: one trip.
pub async fn all_of(
    unit: &mut Work,
    world: &World,
    account: AccountId,
) -> Result<Vec<Purse>, DbError> {
    store::all_of(unit, &world.code, account).await
}

/// Makes a purse, once for each request id: the same call again is answered by the purse as it now
/// stands.
pub async fn create(
    db: &Db,
    world: &World,
    (account, request_id): (AccountId, &str),
    new: NewPurse,
    now: Timestamp,
) -> Result<Outcome<Purse>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let books = match ledger::open(&mut unit, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Outcome::refused(refusal.under("PRS-1"))),
    };
    let labels = ["purse", request_id, &account.to_string()];
    let id = world.source(&labels).id(PurseId::new);
    if let Some(known) = store::find(&mut unit, &world.code, (account, id)).await? {
        return Ok(Outcome::Done(known));
    }
    let facts = Facts {
        standing: books.standing,
        purses: &books.purses,
        per_account: world.settings.purses.per_account,
        tiers: &world.settings.purses.interest_rate_tiers,
    };
    if let Some(denial) = rules::judge_new(&facts, &new) {
        return Ok(Outcome::refused(denial.refusal("PRS-1")));
    }
    let last = books.purses.iter().map(|purse| purse.position).max().unwrap_or_default();
    let purse = Purse {
        id,
        kind: new.kind.kind(),
        available: Money::ZERO,
        ledger: Money::ZERO,
        balance_at: now,
        is_hidden: new.is_hidden,
        is_round_up: new.is_round_up,
        status: PurseStatus::Active,
        position: last + 1,
        created_at: now,
        details: new.details,
    };
    store::insert(&mut unit, &world.code, account, &purse);
    unit.commit().await?;
    Ok(Outcome::Done(purse))
}

/// Changes what a partner says of a purse.
pub async fn update(
    db: &Db,
    world: &World,
    (id, purse): (AccountId, PurseId),
    change: &PurseChange,
) -> Result<Outcome<Purse>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let account = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal.under("PRS-2"))),
    };
    let changed = match rules::changed(&account, purse, change) {
        Ok(purse) => purse,
        Err(denial) => return Ok(Outcome::refused(denial.refusal("PRS-2"))),
    };
    store::update(&mut unit, &world.code, &changed);
    unit.commit().await?;
    Ok(Outcome::Done(changed))
}

/// Closes a purse.
pub async fn close(
    db: &Db,
    world: &World,
    (id, purse): (AccountId, PurseId),
    now: Timestamp,
) -> Result<Outcome<()>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let account = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal.under("PRS-3"))),
    };
    if let Err(denial) = rules::closable(&account, purse) {
        return Ok(Outcome::refused(denial.refusal("PRS-3")));
    }
    store::close(&mut unit, &world.code, purse, now);
    unit.commit().await?;
    Ok(Outcome::Done(()))
}

/// The account of a purse, open or closed.
pub async fn account_of(
    mut read: impl Read,
    world: &World,
    purse: PurseId,
) -> Result<Option<AccountId>, DbError> {
    store::account_of(&mut read, &world.code, purse).await
}

/// Transfers what is available in other purses into the primary one. What would not fit there stays
/// where it is, as does what is held.
pub fn sweep(world: &World, books: &mut Books, now: Timestamp) {
    let others: Vec<(PurseId, Money)> = books
        .purses
        .iter()
        .filter(|purse| purse.id != books.primary)
        .map(|purse| (purse.id, purse.available))
        .collect();
    for (from, mut left) in others {
        // One transfer moves no more than the largest amount.
        while let Ok(amount) = Amount::of(left.min(Amount::MAX.money())) {
            let occasion = format!("sweep of {from} {}", books.transaction_sequence);
            let way = (from, books.primary);
            let transfer = between(world, books, way, (amount, &occasion));
            if books.transfer(transfer, now).is_err() {
                // The primary purse is full: the rest stays.
                break;
            }
            left = left.checked_sub(amount.money()).unwrap_or_default();
        }
    }
}

/// A transfer from one purse of an account to another; `occasion` tells it from all others of the
/// account.
pub fn between(
    world: &World,
    books: &Books,
    (from, to): (PurseId, PurseId),
    (amount, occasion): (Amount, &str),
) -> PurseTransfer {
    let id = |end: &str| ledger::transaction_id(world, books.account, &format!("{occasion} {end}"));
    PurseTransfer {
        ids: [id("out"), id("in")],
        from,
        to,
        amount,
        details: Details {
            type_description: TYPE_DESCRIPTION.to_owned(),
            internal: Some(InternalData {
                transfer_type: Some("purseTransfer".to_owned()),
                ..InternalData::default()
            }),
            ..Details::default()
        },
    }
}
