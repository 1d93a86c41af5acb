//! The gate for a sanctions match that comes of mistyped data: the person is corrected and screened
//! again. Follows the index of the reference; all but its purpose is our reading.

use super::model::{GateState, Subject};
use super::screening;
use super::visit::{Caller, Visit, nobody};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::completion;
use crate::domains::accounts::later::end_review;
use crate::domains::accounts::limits::{self, Whose};
use crate::domains::accounts::model::AccountType;
use crate::domains::accounts::ops as accounts;
use crate::domains::accounts::positions::Position;
use crate::domains::enrollments::rules as enrolling;
use crate::domains::users::model::{GivenIdentity, NewPerson, Profile, ProfileChange};
use crate::domains::users::{ops as users, rules};
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::programs::world::World;
use crate::schedule::{self, Review};

/// Corrects the holder of an account under review, the primary one if none is named, and screens
/// again: by the number that is given with the correction, which is not kept.
pub async fn ofac2(
    db: &Db,
    caller: &Caller<'_>,
    (account, user): (AccountId, Option<UserId>),
    person: &NewPerson,
) -> Result<Outcome<GateState>, DbError> {
    let world = caller.world;
    let faults = completion::order_faults(world);
    let phone = phone_hash(caller, person);
    let mut keys = vec![Key::account(&world.code, account)];
    keys.extend(completion::fault_keys(world, &faults));
    keys.extend(phone.as_deref().map(|hash| Key::phone(&world.code, hash)));
    let mut unit = db.begin(world.scope(keys)).await?;
    let found = accounts::get_in(&mut unit, world, account).await?.account;
    let primary = found.as_ref().and_then(|account| account.primary());
    let Some(user) = user.or(primary.map(|holder| holder.user_id)) else { return Ok(nobody()) };
    let Some(mut visit) = Visit::find(&mut unit, world, (account, user)).await? else {
        return Ok(nobody());
    };
    if !visit.position().is_some_and(Position::is_ofac_review) {
        return Ok(visit.wrong_gate());
    }
    let product = world.settings.product(&visit.account.product_code);
    let facts = users::facts(&world.settings, product, false, caller.now);
    // Without a number there is nothing to screen by.
    let stated = NewPerson { has_identifying_data: true, ..person.clone() };
    if let Some(denial) = rules::judge(&facts, &stated) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    if let Some(refusal) = judge_where(world, person) {
        return Ok(Outcome::refused(refusal));
    }
    if let Some(refusal) = beyond_limits(&mut unit, caller, &visit, phone.as_deref()).await? {
        return Ok(Outcome::refused(refusal));
    }
    correct(&mut visit, person, phone)?;
    let screened = screening::screen(&world.settings, person.identity.ssn(), false);
    if screened.position == Position::Approved {
        let task = schedule::AccountWork::ReviewOfac { result: Review::Clear };
        schedule::ops::cancel(&mut unit, world, account, task.kind());
        let end = (Review::Clear, caller.now);
        end_review(&mut unit, world, &mut visit.account, end).await?;
    }
    let outcome = visit.answer(world, Subject::Account);
    visit.save(&mut unit, caller);
    unit.commit().await?;
    Ok(outcome)
}

/// The rules of enrolling that are about where somebody lives, and by what they are known.
fn judge_where(world: &World, person: &NewPerson) -> Option<Refusal> {
    if matches!(person.identity, GivenIdentity::Onboarding(_)) {
        let words = "identifyingData: a correction is screened by ssn or ssnSuffix.";
        return Some(Refusal::of(&codes::MEMBER_INVALID).saying(words).under("OFC-1"));
    }
    let allowed = &world.settings.addresses.allowed_states;
    enrolling::judge_region(allowed, person).map(enrolling::Denial::refusal)
}

fn phone_hash(caller: &Caller<'_>, person: &NewPerson) -> Option<String> {
    person.default_phone().map(|number| caller.world.keyed_hash("phone", number))
}

/// A default phone that takes the place of another counts like one of a new account.
async fn beyond_limits(
    unit: &mut Work,
    caller: &Caller<'_>,
    visit: &Visit,
    phone: Option<&str>,
) -> Result<Option<Refusal>, DbError> {
    let known = visit.private.default_phone_hash.as_deref();
    let Some(phone) = phone.filter(|hash| Some(*hash) != known) else { return Ok(None) };
    let account_type = visit.account.account_type;
    let whose = Whose {
        identity_hash: None,
        born: None,
        phone_hash: Some(phone),
        account_type,
        beside: Some(visit.account.id),
    };
    let places = limits::places(unit, caller.world, &whose).await?;
    let limits = caller.world.settings.limits_of(account_type == AccountType::Business);
    Ok(limits::reached_by_phone(&places, limits.phone).map(limits::Reached::refusal))
}

/// Names, profile, phone and date of birth; the number on file stays.
fn correct(visit: &mut Visit, person: &NewPerson, phone: Option<String>) -> Result<(), DbError> {
    let before = users::read_profile(&visit.private.profile)?;
    let after = Profile { business_data: before.business_data.clone(), ..person.profile() };
    visit.change.profile = Some(ProfileChange { before, after });
    visit.change.default_phone_hash = phone;
    visit.change.date_of_birth = person.date_of_birth.clone();
    if let Some(holder) = visit.holder() {
        holder.first_name = person.first_name.clone();
        holder.last_name = person.last_name.clone();
    }
    Ok(())
}
