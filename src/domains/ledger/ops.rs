//! Opening the books of an account and writing what was changed, inside the unit of work of a use
//! case. The unit must hold the key of the account.

use super::model::{Books, Hold};
use super::store;
use crate::db::{DbError, Read, Work};
use crate::domains::accounts::model::Account;
use crate::domains::features::ops as features;
use crate::domains::transactions::{events, ops as transactions};
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, TransactionId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{self, Message};

/// The books of an account, or the vendor's refusal: one trip.
pub async fn open(
    read: &mut impl Read,
    world: &World,
    account: AccountId,
) -> Result<Result<Books, Refusal>, DbError> {
    let Some(books) = store::find(read, &world.code, account).await? else {
        return Ok(Err(Refusal::of(&codes::ACCOUNT_NOT_FOUND)));
    };
    Ok(Ok(with_cushion(world, books)))
}

/// The books of an account that the unit has read as a whole, with the features read here.
pub async fn open_of(unit: &mut Work, world: &World, account: &Account) -> Result<Books, DbError> {
    let features = features::ids_of(unit, world, account.id).await?;
    Ok(with_cushion(world, store::of(account, features)?))
}

fn with_cushion(world: &World, books: Books) -> Books {
    Books { cushion: world.settings.cushion(&books.features), ..books }
}

/// The id of a transaction; `occasion` tells it from the others of its account.
pub fn transaction_id(world: &World, account: AccountId, occasion: &str) -> TransactionId {
    world.source(&["transaction", &account.to_string(), occasion]).id(TransactionId::new)
}

/// What a transaction holds; `None` if it never held anything.
pub async fn hold_of(
    read: &mut impl Read,
    world: &World,
    transaction: TransactionId,
) -> Result<Option<Hold>, DbError> {
    store::find_hold(read, &world.code, transaction).await
}

/// Collects all that was changed in the books, and the messages that tell of it.
pub fn save(unit: &mut Work, world: &World, books: &mut Books, now: Timestamp) {
    if books.is_changed() {
        collect(unit, world, books, now);
        store::update_sequences(unit, &world.code, books);
    }
}

/// As [`save`], for a use case that writes the account as well: balances and numbers go back into
/// it, and are written with it.
pub fn save_with(
    unit: &mut Work,
    world: &World,
    (books, account): (&mut Books, &mut Account),
    now: Timestamp,
) {
    collect(unit, world, books, now);
    account.purses.clone_from(&books.purses);
    account.message_sequence = books.message_sequence;
    account.transaction_sequence = books.transaction_sequence;
    account.listed_transactions = books.listed_transactions;
}

/// Collects a message about the account that tells of no transaction, under the next number, which
/// [`save`] then writes.
pub fn tell(
    unit: &mut Work,
    world: &World,
    books: &mut Books,
    message: impl FnOnce(&Books) -> Message,
) {
    books.message_sequence += 1;
    books.changes.is_numbered = true;
    outbox::record(unit, world, &message(books));
}

fn collect(unit: &mut Work, world: &World, books: &mut Books, now: Timestamp) {
    let changes = std::mem::take(&mut books.changes);
    books.listed_transactions += changes.listed();
    for transaction in &changes.transactions {
        transactions::insert(unit, world, books.account, transaction);
    }
    for transaction in &changes.changed {
        transactions::update(unit, world, transaction);
    }
    for posting in &changes.postings {
        store::insert_posting(unit, &world.code, books.account, posting);
    }
    for (hold, is_new) in &changes.holds {
        store::write_hold(unit, &world.code, books.account, (hold, *is_new));
    }
    for purse in books.purses.iter().filter(|purse| changes.purses.contains(&purse.id)) {
        store::update_purse(unit, &world.code, purse);
    }
    for told in &changes.messages {
        books.message_sequence += 1;
        let message = events::transactions(world, books, told, now);
        outbox::record(unit, world, &message);
    }
}
