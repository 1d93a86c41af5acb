//! Finding accounts of a program: for testers, who know a status or a reference number, and for
//! partners, who know their consumer or another account of a person.

mod store;

use super::model::{Account, AccountStatus, Standing};
use crate::db::{DbError, Read};
use crate::kernel::ids::AccountId;
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Accounts that one answer to a partner lists at most.
const LINKED_MAX: i64 = 100;

/// Which accounts to list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Only with this status.
    pub status: Option<AccountStatus>,
    /// Only the one with this reference number.
    pub reference_number: Option<&'a str>,
    /// How many, and from where.
    pub page: Page,
}

/// One line of a list of accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: AccountId,
    /// Three letters and seven digits.
    pub reference_number: String,
    /// Its product.
    pub product_code: String,
    /// Its status and reason.
    pub standing: Standing,
    /// When it was made.
    pub created_at: Timestamp,
}

impl From<&Account> for Listed {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id,
            reference_number: account.reference_number.clone(),
            product_code: account.product_code.clone(),
            standing: account.standing,
            created_at: account.created_at,
        }
    }
}

/// Accounts of a program, oldest first.
pub async fn list(
    mut read: impl Read,
    world: &World,
    wanted: &Wanted<'_>,
) -> Result<Vec<Listed>, DbError> {
    store::list(&mut read, &world.code, wanted).await
}

/// Accounts that were enrolled with this id of the partner's for its consumer, oldest first.
pub async fn of_consumer(
    mut read: impl Read,
    world: &World,
    consumer: &str,
) -> Result<Vec<Listed>, DbError> {
    store::of_consumer(&mut read, &world.code, consumer, LINKED_MAX).await
}

/// Other accounts of a program that a holder of this one is a holder of too, oldest first. One is
/// known by identity number and date of birth.
pub async fn linked_to(
    mut read: impl Read,
    world: &World,
    id: AccountId,
) -> Result<Vec<Listed>, DbError> {
    store::linked_to(&mut read, &world.code, id, LINKED_MAX).await
}
