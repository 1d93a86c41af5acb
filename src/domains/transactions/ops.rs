//! Use cases on an account's history: reading it. Rows are written by the ledger alone, together
//! with the postings and holds that they tell of.

use super::model::Transaction;
use super::rules::Wanted;
use super::store;
use crate::db::{DbError, Read, Work};
use crate::kernel::ids::{AccountId, TransactionId};
use crate::programs::world::World;

pub use super::store::Page;

/// A page of an account's history: one trip.
pub async fn list(
    mut read: impl Read,
    world: &World,
    account: AccountId,
    wanted: &Wanted,
) -> Result<Page, DbError> {
    store::list(&mut read, &world.code, account, wanted).await
}

/// One transaction of an account.
pub async fn find(
    read: &mut impl Read,
    world: &World,
    account: AccountId,
    id: TransactionId,
) -> Result<Option<Transaction>, DbError> {
    store::find(read, &world.code, (account, id)).await
}

/// Collects a new transaction.
pub fn insert(unit: &mut Work, world: &World, account: AccountId, new: &Transaction) {
    store::insert(unit, &world.code, account, new);
}

/// Collects the changing members of an authorization.
pub fn update(unit: &mut Work, world: &World, transaction: &Transaction) {
    store::update(unit, &world.code, transaction);
}
