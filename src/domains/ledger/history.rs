//! What became of an account's money, as lines of its timeline: each transaction with the posting
//! that it made, if it made one.

mod store;

use crate::db::{DbError, Read};
use crate::kernel::ids::AccountId;
use crate::kernel::timeline::{Behind, Line};
use crate::programs::world::World;

/// Lines of the account's timeline. An authorization stands where it was asked for, and as it is
/// now.
pub async fn lines(
    mut read: impl Read,
    world: &World,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::lines(&mut read, &world.code, account, behind).await
}
