//! Use cases on accounts: reading one, opening one, completing one. Enrollment decides; this family
//! writes.

use super::events;
use super::model::{Account, Card, Holder};
use super::{states, store};
use crate::db::{DbError, Read, Work};
use crate::domains::mail_tracking::ops as mail;
use crate::domains::purses::ops as purses;
use crate::domains::statements::ops as statements;
use crate::domains::users::changes::parts_changed;
use crate::domains::users::events as user_events;
use crate::domains::users::model::ProfileChange;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{self, Message};

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
    /// Keyed hash of the onboarding id, for holders enrolled with one.
    pub matricula_hash: Option<String>,
    /// Middle name, addresses, e-mail and phone numbers, as JSON.
    pub profile: String,
}

/// What is kept of a holder beside the account object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// Keyed hash of the identity number.
    pub identity_hash: Option<String>,
    /// Keyed hash of the onboarding id, for holders enrolled with one.
    pub matricula_hash: Option<String>,
    /// `YYYY-MM-DD`.
    pub date_of_birth: Option<String>,
    /// Keyed hash of the default phone number.
    pub default_phone_hash: Option<String>,
    /// Middle name, addresses, e-mail and phone numbers, as JSON.
    pub profile: String,
    /// Tries at the pending gate that were used up.
    pub gate_tries: i64,
    /// What becomes of the next document, if a tester has said so.
    pub next_document: Option<String>,
}

/// What of it changes; `None` leaves a member as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrivateChange {
    /// Keyed hash of the identity number.
    pub identity_hash: Option<String>,
    /// `YYYY-MM-DD`.
    pub date_of_birth: Option<String>,
    /// Keyed hash of the default phone number.
    pub default_phone_hash: Option<String>,
    /// Keyed hash of the PIN.
    pub pin_hash: Option<String>,
    /// Middle name, addresses, e-mail and phone numbers. Who renames a holder gives it as well.
    pub profile: Option<ProfileChange>,
    /// Tries at the pending gate that were used up.
    pub gate_tries: Option<i64>,
    /// What becomes of the next document; empty text takes it back.
    pub next_document: Option<String>,
}

/// Reads an account: one trip.
pub async fn get(mut read: impl Read, world: &World, id: AccountId) -> Result<Found, DbError> {
    store::find(&mut read, &world.code, id).await
}

/// Reads an account inside a unit of work.
pub async fn get_in(read: &mut impl Read, world: &World, id: AccountId) -> Result<Found, DbError> {
    store::find(read, &world.code, id).await
}

/// What is kept of a holder beside the account object, read inside a unit of work.
pub async fn private(
    unit: &mut Work,
    world: &World,
    user: UserId,
) -> Result<Option<Private>, DbError> {
    store::private(unit, &world.code, user).await
}

/// Collects a new account with its holders and cards. Tells the partner unless registration has
/// stopped half-way.
pub fn open(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    secrets: &NewHolderSecrets,
    now: Timestamp,
) {
    if account.is_screened() {
        announce(unit, world, account, now);
    }
    tell_orders(unit, world, (None, account), now);
    states::record(unit, world, (None, account), now);
    store::insert(unit, &world.code, account);
    purses::open(unit, world, account);
    for holder in &account.holders {
        add_holder(unit, world, account.id, holder, (secrets, now));
    }
    if account.completed_at.is_some() {
        statements::expect(unit, world, account, now);
    }
}

fn add_holder(
    unit: &mut Work,
    world: &World,
    account: AccountId,
    holder: &Holder,
    (secrets, now): (&NewHolderSecrets, Timestamp),
) {
    store::insert_holder(unit, &world.code, account, holder, (secrets, now));
    for (position, card) in (0i64..).zip(&holder.cards) {
        add_card(unit, world, (account, holder.user_id), (position, card), now);
    }
}

/// The one place where cards come into being.
fn add_card(
    unit: &mut Work,
    world: &World,
    owner: (AccountId, UserId),
    (position, card): (i64, &Card),
    now: Timestamp,
) {
    store::insert_card(unit, &world.code, owner, (position, card));
    mail::expect(unit, world, (owner.0, card), now);
}

/// Collects what has changed of an account, each row once, and tells the partner if it is anything
/// that `accountUpdated` or, of a person, `userUpdated` shows. `private` is what the account object
/// does not show. Purses are not written here: their balances are the ledger's, all else is their
/// own family's.
pub fn save(
    unit: &mut Work,
    world: &World,
    (before, account): (&Account, &mut Account),
    private: &[(UserId, PrivateChange)],
    now: Timestamp,
) {
    if account.is_screened() {
        for (user, change) in private {
            announce_person(unit, world, (before, &mut *account), (*user, change), now);
        }
        if events::differ(before, account) {
            announce(unit, world, account, now);
        }
    }
    tell_orders(unit, world, (Some(before), account), now);
    if before.completed_at.is_none() && account.completed_at.is_some() {
        statements::expect(unit, world, account, now);
    }
    states::record(unit, world, (Some(before), account), now);
    let without_parts =
        |account: &Account| Account { holders: Vec::new(), purses: Vec::new(), ..account.clone() };
    if without_parts(before) != without_parts(account) {
        store::update(unit, &world.code, account);
    }
    let unchanged = PrivateChange::default();
    for holder in &account.holders {
        let Some(known) = before.holders.iter().find(|known| known.user_id == holder.user_id)
        else {
            continue;
        };
        let change = private.iter().find(|(user, _)| *user == holder.user_id);
        let change = change.map_or(&unchanged, |(_, change)| change);
        let is_same = Holder { cards: holder.cards.clone(), ..known.clone() } == *holder;
        if !is_same || *change != unchanged {
            store::update_holder(unit, &world.code, holder, change);
        }
        for (position, card) in (0i64..).zip(&holder.cards) {
            match known.cards.iter().find(|known| known.id == card.id) {
                None => {
                    let owner = (account.id, holder.user_id);
                    add_card(unit, world, owner, (position, card), now);
                }
                Some(known) if known != card => store::update_card(unit, &world.code, card),
                Some(_) => {}
            }
        }
    }
}

/// Collects a holder who joins an account.
pub fn join(
    unit: &mut Work,
    world: &World,
    account: AccountId,
    holder: &Holder,
    secrets: (&NewHolderSecrets, Timestamp),
) {
    add_holder(unit, world, account, holder, secrets);
}

/// Collects a message about the account under its next number, which [`save`] then writes.
pub fn tell(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    message: impl FnOnce(&Account) -> Message,
) {
    account.message_sequence += 1;
    outbox::record(unit, world, &message(account));
}

/// Tells of plastic that was ordered: in place of other plastic always, for the first time where
/// the program wants it.
fn tell_orders(
    unit: &mut Work,
    world: &World,
    (before, account): (Option<&Account>, &mut Account),
    now: Timestamp,
) {
    let cards = |account: &Account| -> Vec<Card> {
        account.holders.iter().flat_map(|holder| &holder.cards).cloned().collect()
    };
    let known = before.map(cards).unwrap_or_default();
    for card in cards(account) {
        let is_new = known.iter().all(|one| one.id != card.id);
        let is_told = card.emboss_type.is_some() || world.settings.card.tell_first_order;
        if is_new && is_told && card.is_mailed() {
            let message = |account: &Account| events::card_updated(world, account, &card, now);
            tell(unit, world, account, message);
        }
    }
}

fn announce(unit: &mut Work, world: &World, account: &mut Account, now: Timestamp) {
    tell(unit, world, account, |account| events::account_updated(world, account, now));
}

/// Tells what has changed of a holder's person, if anything has.
fn announce_person(
    unit: &mut Work,
    world: &World,
    (before, account): (&Account, &mut Account),
    (user, change): (UserId, &PrivateChange),
    now: Timestamp,
) {
    let Some(profile) = &change.profile else { return };
    let (Some(known), Some(holder)) = (before.holder(user), account.holder(user)) else { return };
    let parts = parts_changed((known, holder), profile);
    if parts.is_empty() {
        return;
    }
    let holder = holder.clone();
    tell(unit, world, account, |account| {
        let (place, person) = ((account.id, account.message_sequence), (&holder, &profile.after));
        user_events::user_updated(world, place, person, &parts, now)
    });
}
