//! Which account a person is on: for operations whose path names the user alone.

mod store;

use crate::db::{DbError, Read};
use crate::kernel::ids::{AccountId, UserId};
use crate::programs::world::World;

/// The account of a user. It never changes, so it may be read before its key is taken.
pub async fn account_of(
    mut read: impl Read,
    world: &World,
    user: UserId,
) -> Result<Option<AccountId>, DbError> {
    store::account_of(&mut read, &world.code, user).await
}
