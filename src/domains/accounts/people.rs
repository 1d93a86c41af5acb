//! The persons of an account, with their profiles.

mod store;

use crate::db::{DbError, Read, Work};
use crate::domains::users::model::Person;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::programs::world::World;

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundPeople {
    /// The version of the world that they were read in; 0 if the world is gone.
    pub world_version: i64,
    people: Option<Vec<Person>>,
}

impl FoundPeople {
    /// The persons, or the refusal of an unknown account.
    pub fn expect(self) -> Result<Vec<Person>, Refusal> {
        self.people.ok_or_else(|| Refusal::of(&codes::ACCOUNT_NOT_FOUND))
    }
}

/// The holders of an account, the primary one first: one trip.
pub async fn list(
    mut read: impl Read,
    world: &World,
    id: AccountId,
) -> Result<FoundPeople, DbError> {
    store::list(&mut read, &world.code, id).await
}

/// As [`list`], inside a unit of work.
pub async fn list_in(
    unit: &mut Work,
    world: &World,
    id: AccountId,
) -> Result<FoundPeople, DbError> {
    store::list(unit, &world.code, id).await
}
