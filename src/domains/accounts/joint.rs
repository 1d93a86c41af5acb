//! The use case of joining: a second holder for an account. Follows the Joint Accounts page.
//!
//! Invariants: an account has two holders at most, one of them primary; what the second one's
//! screening comes to is shown with the person and does not move the account.

use super::cards;
use super::model::{Account, CardOrder, Holder};
use super::ops::{self, NewHolderSecrets};
use super::positions::Position;
use super::rules::{self, JoinFacts, Joining};
use super::terms::terms_facts;
use crate::db::{Db, DbError, Key, Work};
use crate::domains::enrollments::ops as enrollments;
use crate::domains::enrollments::rules::Denial;
use crate::domains::kyc::{scans, screening};
use crate::domains::users::model::GivenIdentity;
use crate::domains::users::ops as users;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Outcome;
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Product;
use crate::programs::world::World;

/// Adds a holder. One who has joined already, by the same identity, is not added again.
pub async fn join(
    db: &Db,
    world: &World,
    (id, new): (AccountId, &Joining),
    (request_id, now): (&str, Timestamp),
) -> Result<Outcome<Account>, DbError> {
    let secrets = enrollments::secrets(world, &new.person, None);
    let identity = secrets.identity_hash.as_deref();
    let identity = identity.map(|hash| Key::identity(&world.code, hash));
    let keys = identity.into_iter().chain([Key::account(&world.code, id)]).collect();
    let mut unit = db.begin(world.scope(keys)).await?;
    let before = match ops::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let Some(product) = world.settings.product(&before.product_code) else {
        return Ok(Outcome::refused(Denial::UnknownProduct.refusal()));
    };
    if let Some(denial) = rules::judge_joining(&facts(world, product, now), new) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    match known_as(&mut unit, world, &before, &secrets).await? {
        Some(holder) if holder.is_primary => return Ok(Outcome::refused(rules::is_primary())),
        Some(_) => return Ok(Outcome::Done(before)),
        None => {}
    }
    if let Some(refusal) = rules::judge_room(&before) {
        return Ok(Outcome::refused(refusal));
    }
    if let GivenIdentity::Onboarding(scan) = &new.person.identity {
        if let Some(refusal) = scans::refused(&mut unit, world, scan).await? {
            return Ok(Outcome::refused(refusal));
        }
        scans::take(&mut unit, world, scan, id);
    }
    let mut source = world.source(&["join", request_id, &id.to_string()]);
    let holder = screened(world, product, new, (&mut source, now));
    ops::join(&mut unit, world, id, &holder, (&secrets, now));
    let mut account = before.clone();
    account.holders.push(holder);
    ops::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

fn facts<'a>(world: &'a World, product: &'a Product, now: Timestamp) -> JoinFacts<'a> {
    JoinFacts {
        user: users::facts(&world.settings, Some(product), true, now),
        terms: terms_facts(world, now),
        materials: &product.materials,
        currencies: &product.currencies,
        allowed_states: &world.settings.addresses.allowed_states,
    }
}

/// The holder on file who is this very person, if one is.
async fn known_as(
    unit: &mut Work,
    world: &World,
    account: &Account,
    secrets: &NewHolderSecrets,
) -> Result<Option<Holder>, DbError> {
    // Who joined with a Matricula may have an ITIN by now; last four digits are many people's.
    let is_same = |known: &Option<String>, new: &Option<String>| known.is_some() && known == new;
    for holder in &account.holders {
        let Some(on_file) = ops::private(unit, world, holder.user_id).await? else { continue };
        let is_of_number = is_same(&on_file.identity_hash, &secrets.identity_hash)
            || is_same(&on_file.matricula_hash, &secrets.matricula_hash);
        if is_of_number && on_file.date_of_birth == secrets.date_of_birth {
            return Ok(Some(holder.clone()));
        }
    }
    Ok(None)
}

/// The person with what screening comes to, and with cards if it was passed.
fn screened(
    world: &World,
    product: &Product,
    new: &Joining,
    (source, now): (&mut Source, Timestamp),
) -> Holder {
    let mut holder = enrollments::holder(&new.person, false, source);
    let position = screening::screen(&world.settings, new.person.identity.ssn(), true).position;
    holder.kyc = position.shown().1;
    if position == Position::Approved {
        let order = CardOrder {
            plastic: new.wants_plastic,
            material: new.material.clone(),
            ..CardOrder::default()
        };
        holder.cards = cards::issue(world, product, &order, (&holder, source, now));
    }
    holder
}
