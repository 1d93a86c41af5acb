//! The use case of POST identity: a taxpayer identification number for a holder who enrolled with a
//! Matricula Consular. Follows "Add Taxpayer ID" of Enrollments API Endpoints.
//!
//! The number itself is never kept: a keyed hash, alike for an ITIN and an SSN, and its last four.

use super::limits::{self, Whose};
use super::model::{Account, AccountType, Holder, IdentityType, ShownIdentity};
use super::ops::{self, Private, PrivateChange};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::users::model::GivenIdentity;
use crate::kernel::codes;
use crate::kernel::digits::has_digits;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Adds an ITIN to a holder. The same one again changes nothing.
pub async fn add_itin(
    db: &Db,
    world: &World,
    (id, user): (AccountId, UserId),
    (number, now): (&str, Timestamp),
) -> Result<Outcome<Account>, DbError> {
    let Some(hash) = itin_hash(world, number) else {
        let facts = "the number is not 9 digits of which the first is a 9";
        return Ok(Outcome::refused(Refusal::of(&codes::ITIN_INVALID).because(facts)));
    };
    let keys = vec![Key::account(&world.code, id), Key::identity(&world.code, &hash)];
    let mut unit = db.begin(world.scope(keys)).await?;
    let before = match ops::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let Some((holder, private)) = find(&mut unit, world, &before, user).await? else {
        let facts = format!("user {user} is no holder of account {id}");
        return Ok(Outcome::refused(Refusal::of(&codes::ACCOUNT_NOT_FOUND).because(facts)));
    };
    if private.matricula_hash.is_none() {
        return Ok(Outcome::refused(Refusal::of(&codes::NOT_MATRICULA)));
    }
    if private.identity_hash.as_ref() == Some(&hash) {
        return Ok(Outcome::Done(before));
    }
    if let Some(refusal) = limited(&mut unit, world, (&before, holder), &hash).await? {
        return Ok(Outcome::refused(refusal));
    }
    let mut account = before.clone();
    for holder in account.holders.iter_mut().filter(|holder| holder.user_id == user) {
        let last4 = number[number.len() - 4..].to_owned();
        holder.identity = Some(ShownIdentity { kind: IdentityType::Itin, last4 });
    }
    let change = PrivateChange { identity_hash: Some(hash), ..PrivateChange::default() };
    ops::save(&mut unit, world, (&before, &mut account), &[(user, change)], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

/// The keyed hash of an ITIN, if it is one: the same as if the number had come as an SSN.
fn itin_hash(world: &World, number: &str) -> Option<String> {
    let identity = GivenIdentity::Ssn(number.to_owned());
    let secret = identity.secret().filter(|_| has_digits(number, 9) && identity.is_itin())?;
    Some(world.keyed_hash("identity", &secret))
}

/// A holder of the account, with what is kept beside it.
async fn find<'a>(
    unit: &mut Work,
    world: &World,
    account: &'a Account,
    user: UserId,
) -> Result<Option<(&'a Holder, Private)>, DbError> {
    let Some(holder) = account.holders.iter().find(|holder| holder.user_id == user) else {
        return Ok(None);
    };
    Ok(ops::private(unit, world, user).await?.map(|private| (holder, private)))
}

/// Refuses a number with which the primary holder would have too many accounts; second holders
/// take no place.
async fn limited(
    unit: &mut Work,
    world: &World,
    (account, holder): (&Account, &Holder),
    hash: &str,
) -> Result<Option<Refusal>, DbError> {
    if !holder.is_primary {
        return Ok(None);
    }
    let whose = Whose {
        identity_hash: Some(hash),
        born: None,
        phone_hash: None,
        account_type: account.account_type,
        beside: Some(account.id),
    };
    let places = limits::places(unit, world, &whose).await?;
    let limits = world.settings.limits_of(account.account_type == AccountType::Business);
    let reached = limits::reached_by_identity(&places, limits.itin);
    Ok(reached.map(|reached| reached.refusal().under("ITN-3")))
}
