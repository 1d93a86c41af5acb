//! Card packages that stores have in hand, for instant issue: looked up and taken by enrollments,
//! listed and set by testers. Follows the instant issue table of the reference page of POST
//! enrollments; how packages come into being is our reading.

mod store;

use super::model::PackageState;
use crate::db::{Db, DbError, Key, Read, Scope, Work};
use crate::domains::accounts::model::Account;
use crate::domains::accounts::positions::Position;
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::page::Page;
use crate::programs::world::World;

/// One package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The identifier printed on it.
    pub mapping_identifier: String,
    /// Where it stands.
    pub state: PackageState,
    /// The account that took it.
    pub account: Option<AccountId>,
}

/// Where a package stands; `None` if there is none. The unit must hold its key.
pub async fn state(
    unit: &mut Work,
    world: &World,
    package: Option<&str>,
) -> Result<Option<PackageState>, DbError> {
    match package {
        Some(identifier) => store::state(unit, &world.code, identifier).await,
        None => Ok(None),
    }
}

/// Marks a package as taken by a new account. One that is declined at once leaves it in the store.
pub fn take(unit: &mut Work, world: &World, package: Option<&str>, account: &Account) {
    let is_kept = account.position().is_some_and(Position::is_active);
    if let Some(identifier) = package.filter(|_| is_kept) {
        store::take(unit, &world.code, identifier, account.id);
    }
}

/// Packages of a program, by identifier.
pub async fn list(
    mut read: impl Read,
    world: &World,
    state: Option<PackageState>,
    page: Page,
) -> Result<Vec<Package>, DbError> {
    store::list(&mut read, &world.code, state, page).await
}

/// Sets packages to a state, of no account; those that are not there yet are made. Tells whether
/// the program exists.
pub async fn put(
    db: &Db,
    program: &ProgramCode,
    identifiers: &[String],
    state: PackageState,
) -> Result<bool, DbError> {
    // The whole world: one key instead of a thousand.
    let mut unit = db.begin(Scope::keys(vec![Key::world(program)])).await?;
    if !store::program_exists(&mut unit, program).await? {
        return Ok(false);
    }
    let mut sorted: Vec<&str> = identifiers.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sorted.dedup();
    for identifier in sorted {
        store::put(&mut unit, program, identifier, state);
    }
    unit.commit().await?;
    Ok(true)
}

/// Removes a package; tells whether there was one.
pub async fn remove(db: &Db, world: &World, identifier: &str) -> Result<bool, DbError> {
    let keys = vec![Key::package(&world.code, identifier)];
    let mut unit = db.begin(Scope::beside([&world.code], keys)).await?;
    let is_there = store::state(&mut unit, &world.code, identifier).await?.is_some();
    if is_there {
        store::remove(&mut unit, &world.code, identifier);
    }
    unit.commit().await?;
    Ok(is_there)
}
