//! Use cases on transfers: carrying one out, once, and judging one beforehand.

use super::model::{Asked, Done, Endpoint, FailureReason, NewTransfer, Status, Transfer};
use super::rules::{self, Facts};
use super::store;
use crate::db::{Db, DbError, Key, Read};
use crate::domains::ledger::model::{Books, MoneyRefusal};
use crate::domains::ledger::ops as ledger;
use crate::domains::purses::ops as purses;
use crate::kernel::ids::{AccountId, TransferId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// A call about a transfer, with the request id in canonical form.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The request id.
    pub request_id: &'a str,
    /// What is asked for.
    pub new: &'a NewTransfer,
    /// When.
    pub now: Timestamp,
}

/// Carries a transfer out, once: one that comes again is answered as it stands.
pub async fn create(db: &Db, world: &World, asking: &Asking<'_>) -> Result<Outcome<Done>, DbError> {
    let account = match account_of(db, world, asking.new).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let keys = vec![
        Key::account(&world.code, account),
        Key::transfer(&world.code, id_of(world, asking)),
        Key::request(&world.code, asking.request_id),
    ];
    let mut unit = db.begin(world.scope(keys)).await?;
    let (mut books, asked) = match judged(&mut unit, world, asking, account).await? {
        Judged::Refused(refusal) => return Ok(Outcome::refused(refusal)),
        Judged::Known(done) => return Ok(Outcome::Done(done)),
        Judged::Open(books, asked) => (books, asked),
    };
    let transfer = settled(world, &mut books, (asking, asked));
    store::insert(&mut unit, &world.code, &transfer, asking.request_id);
    ledger::save(&mut unit, world, &mut books, asking.now);
    unit.commit().await?;
    Ok(Outcome::Done(Done::of(transfer, &books)))
}

/// Judges a transfer as the purses now stand, and moves nothing.
pub async fn assess(db: &Db, world: &World, asking: &Asking<'_>) -> Result<Outcome<Done>, DbError> {
    let account = match account_of(db, world, asking.new).await? {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let mut read = db;
    Ok(match judged(&mut read, world, asking, account).await? {
        Judged::Refused(refusal) => Outcome::refused(refusal),
        Judged::Known(done) => Outcome::Done(done),
        Judged::Open(books, asked) => {
            let transfer = settled(world, &mut books.clone(), (asking, asked));
            let status = match transfer.status {
                Status::Completed => Status::Possible,
                other => other,
            };
            Outcome::Done(Done::of(Transfer { status, ..transfer }, &books))
        }
    })
}

/// The account of the route: named by one of its ends, or the one that a purse of it is of.
async fn account_of(
    db: &Db,
    world: &World,
    new: &NewTransfer,
) -> Result<Result<AccountId, Refusal>, DbError> {
    let named = match rules::named_account(new) {
        Ok(named) => named,
        Err(refusal) => return Ok(Err(refusal)),
    };
    Ok(match (named, new.source) {
        (Some(account), _) => Ok(account),
        (None, Endpoint::Purse(purse, _)) => {
            purses::account_of(db, world, purse).await?.ok_or_else(|| rules::no_purse(purse))
        }
        // An end without a purse names its account.
        (None, Endpoint::Primary(account)) => Ok(account),
    })
}

/// The id of a transfer: the partner's, or one that follows from the request id.
fn id_of(world: &World, asking: &Asking<'_>) -> TransferId {
    let drawn = || world.source(&["transfer", asking.request_id]).id(TransferId::new);
    asking.new.id.unwrap_or_else(drawn)
}

/// What is found when a transfer is looked at.
#[derive(Debug)]
enum Judged {
    /// It is refused.
    Refused(Refusal),
    /// It was carried out, or has failed, before.
    Known(Done),
    /// Nothing speaks against trying.
    Open(Box<Books>, Asked),
}

async fn judged(
    read: &mut impl Read,
    world: &World,
    asking: &Asking<'_>,
    account: AccountId,
) -> Result<Judged, DbError> {
    let books = match ledger::open(read, world, account).await? {
        Ok(books) => books,
        Err(refusal) => return Ok(Judged::Refused(refusal.under("TRF-1"))),
    };
    let asked = rules::resolve(asking.new, account, books.primary);
    let ids = (id_of(world, asking), asking.request_id);
    let known = store::find(read, &world.code, ids).await?;
    if let Some(refusal) = rules::judge_repeat(&known, asking.new, &asked) {
        return Ok(Judged::Refused(refusal));
    }
    if let Some(transfer) = known.into_iter().next() {
        return Ok(Judged::Known(Done::of(transfer, &books)));
    }
    let facts =
        Facts { standing: books.standing, currency: &books.currency, purses: &books.purses };
    Ok(match rules::judge(&facts, asking.new.currency.as_deref(), &asked) {
        Some(denial) => Judged::Refused(denial.refusal()),
        None => Judged::Open(Box::new(books), asked),
    })
}

/// Moves the money, or says why it cannot be moved.
fn settled(world: &World, books: &mut Books, (asking, asked): (&Asking<'_>, Asked)) -> Transfer {
    let id = id_of(world, asking);
    let ends = (asked.source, asked.target);
    let occasion = format!("transfer {id}");
    let mut moving = purses::between(world, books, ends, (asked.amount, &occasion));
    if let Some(internal) = &mut moving.details.internal {
        internal.transfer = Some(id);
        internal.description = asked.description.clone().or_else(|| asked.memo.clone());
    }
    let status = match books.transfer(moving, asking.now) {
        Ok(()) => Status::Completed,
        Err(MoneyRefusal::TooLarge) => Status::Failed(FailureReason::BalanceLimit),
        Err(MoneyRefusal::Insufficient { .. } | MoneyRefusal::NoPurse(_)) => {
            Status::Failed(FailureReason::InsufficientFunds)
        }
    };
    Transfer { id, asked, status, created_at: asking.now }
}
