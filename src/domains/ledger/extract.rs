//! An extract of an account's postings: those behind one number and up to another, with what their
//! transactions say of them, their sums, and the balances before and behind. Postings are only ever
//! added, in the order of their numbers; so an extract is the same whenever it is read.

mod store;

use std::collections::BTreeMap;

use super::model::{Entry, Sums};
use crate::db::{DbError, Read};
use crate::kernel::ids::{AccountId, PurseId};
use crate::kernel::money::Money;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Which postings of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The account.
    pub account: AccountId,
    /// Behind this number.
    pub after: i64,
    /// Up to this one.
    pub last: i64,
}

/// Number of the last posting before the first one that was made at this moment or later; postings
/// up to `after` are passed over. `None` if none was made so late.
pub async fn last_before(
    read: &mut impl Read,
    world: &World,
    (account, after): (AccountId, i64),
    moment: Timestamp,
) -> Result<Option<i64>, DbError> {
    let first = store::first_since(read, &world.code, (account, after), moment).await?;
    Ok(first.map(|number| number - 1))
}

/// Ledger balances of an account's purses behind its posting of this number. A purse that nothing
/// was moved in has none.
pub async fn balances(
    read: &mut impl Read,
    world: &World,
    (account, last): (AccountId, i64),
) -> Result<BTreeMap<PurseId, Money>, DbError> {
    store::balances(read, &world.code, (account, last)).await
}

/// What was moved, purse by purse.
pub async fn sums(
    read: &mut impl Read,
    world: &World,
    range: Range,
) -> Result<BTreeMap<PurseId, Sums>, DbError> {
    store::sums(read, &world.code, range).await
}

/// The postings in their order, at most so many.
pub async fn entries(
    read: &mut impl Read,
    world: &World,
    range: Range,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    store::entries(read, &world.code, range, limit).await
}
