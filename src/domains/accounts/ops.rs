//! Use cases on accounts: reading one, opening one, completing one. Enrollment decides; this family
//! writes.

use super::events;
use super::model::{Account, AccountStatus, Holder, Standing};
use super::store;
use crate::db::{DbError, Read, Work};
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox;

/// What a look-up found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The version of the world that the account was read in; 0 if the world is gone.
    pub world_version: i64,
    /// The account, if it is there.
    pub account: Option<Account>,
}

impl Found {
    /// The account, or the vendor's refusal.
    pub fn expect(self) -> Result<Account, Refusal> {
        self.account.ok_or_else(|| Refusal::of(&codes::ACCOUNT_NOT_FOUND))
    }
}

/// What is kept of a new holder beside the account object: hashes of secrets, and the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHolderSecrets {
    /// Keyed hash of the identity number.
    pub identity_hash: Option<String>,
    /// `YYYY-MM-DD`.
    pub date_of_birth: Option<String>,
    /// Keyed hash of the default phone number.
    pub default_phone_hash: Option<String>,
    /// Keyed hash of the PIN.
    pub pin_hash: Option<String>,
    /// Middle name, addresses, e-mail and phone numbers, as JSON.
    pub profile: String,
}

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

/// Accounts of a program, oldest first.
pub async fn list(
    mut read: impl Read,
    world: &World,
    wanted: &Wanted<'_>,
) -> Result<Vec<Listed>, DbError> {
    store::list(&mut read, &world.code, wanted).await
}

/// Reads an account: one trip.
pub async fn get(mut read: impl Read, world: &World, id: AccountId) -> Result<Found, DbError> {
    store::find(&mut read, &world.code, id).await
}

/// Reads an account inside a unit of work.
pub async fn get_in(unit: &mut Work, world: &World, id: AccountId) -> Result<Found, DbError> {
    store::find(unit, &world.code, id).await
}

/// Collects a new account with its holder and cards. Tells the partner if it is complete.
pub fn open(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    secrets: &NewHolderSecrets,
    now: Timestamp,
) {
    announce(unit, world, account, now);
    store::insert(unit, &world.code, account);
    for holder in &account.holders {
        store::insert_holder(unit, &world.code, account, holder, secrets);
        store::insert_cards(unit, &world.code, account, holder);
    }
}

/// Collects what a half-finished account lacked, and tells the partner.
pub fn complete(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    pin_hash: Option<&str>,
    now: Timestamp,
) {
    announce(unit, world, account, now);
    store::update(unit, &world.code, account);
    for holder in &account.holders {
        store::update_screening(unit, &world.code, holder, pin_hash);
        store::insert_cards(unit, &world.code, account, holder);
    }
}

/// An `accountUpdated` for every account that has got past registration.
fn announce(unit: &mut Work, world: &World, account: &mut Account, now: Timestamp) {
    if account.holders.iter().any(Holder::is_screened) {
        account.message_sequence += 1;
        outbox::record(unit, world, &events::account_updated(world, account, now));
    }
}
