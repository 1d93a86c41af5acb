//! The use case of PUT enrollment: the profile of the primary holder changes. Follows "Update
//! Consumer Profile" of Enrollments API Endpoints and the Users page.
//!
//! Invariants: what is not given stays; what identifies a person is fixed once the identity check
//! is passed; a default phone is counted like that of an enrollment.
//! Left out so far: changing names, which has a call of its own, and the event `userUpdated`.

use super::ops::{identity_hash, phone_hash, shown_identity};
use super::rules as enrolling;
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::limits::{self, Reached, Whose};
use crate::domains::accounts::model::{
    Account, AccountStatus, AccountType, CheckStatus, Holder, IdentityType,
};
use crate::domains::accounts::ops::{self as accounts, Private, PrivateChange};
use crate::domains::users::addresses;
use crate::domains::users::changes::changed;
use crate::domains::users::model::{GivenIdentity, NewPerson, Profile};
use crate::domains::users::ops as users;
use crate::domains::users::rules::{self, UserFacts};
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// The primary holder as on file.
struct OnFile<'a> {
    account: &'a Account,
    holder: &'a Holder,
    private: &'a Private,
    profile: &'a Profile,
}

/// Changes the profile of an account's primary holder. The same change again finds nothing left to
/// do.
pub async fn update(
    db: &Db,
    world: &World,
    (id, given): (AccountId, &NewPerson),
    now: Timestamp,
) -> Result<Outcome<Account>, DbError> {
    let mut unit = db.begin(world.scope(keys(world, id, given))).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let lost = || DbError::Unreadable(format!("account {id} has no primary holder"));
    let holder = before.primary().ok_or_else(lost)?;
    let private = accounts::private(&mut unit, world, holder.user_id).await?.ok_or_else(lost)?;
    let profile = users::read_profile(&private.profile)?;
    let on_file = OnFile { account: &before, holder, private: &private, profile: &profile };
    let person = changed(&profile, given);
    if let Some(refusal) = judge(world, &on_file, (given, &person), now) {
        return Ok(Outcome::refused(refusal));
    }
    let change = private_change(world, &on_file, (given, &person));
    if let Some(refusal) = limited(&mut unit, world, &on_file, (given, &change)).await? {
        return Ok(Outcome::refused(refusal));
    }
    let mut account = before.clone();
    if let Some(primary) = account.holders.iter_mut().find(|holder| holder.is_primary)
        && change.identity_hash.is_some()
    {
        primary.identity = shown_identity(&given.identity);
    }
    let private = [(holder.user_id, change)];
    accounts::save(&mut unit, world, (&before, &mut account), &private, now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

/// Everything this call decides on: any of the numbers given may become the default phone.
fn keys(world: &World, id: AccountId, given: &NewPerson) -> Vec<Key> {
    let numbers = given.phones.iter().filter_map(|phone| phone.number.as_deref());
    let phones = numbers.map(|number| Key::phone(&world.code, &world.keyed_hash("phone", number)));
    let identity = identity_hash(world, given).map(|hash| Key::identity(&world.code, &hash));
    std::iter::once(Key::account(&world.code, id)).chain(phones).chain(identity).collect()
}

fn judge(
    world: &World,
    on_file: &OnFile<'_>,
    (given, person): (&NewPerson, &NewPerson),
    now: Timestamp,
) -> Option<Refusal> {
    judge_names(on_file, given)
        .or_else(|| {
            let facts = facts(world, on_file, now);
            rules::judge_change(&facts, given, person).map(|denial| denial.refusal())
        })
        .or_else(|| judge_identity(world, on_file, given))
        .or_else(|| {
            let moves = !given.addresses.is_empty();
            let allowed = &world.settings.addresses.allowed_states;
            let denial = moves.then(|| enrolling::judge_region(allowed, person)).flatten();
            denial.map(enrolling::Denial::refusal)
        })
        .or_else(|| judge_lock(on_file.account))
}

/// The rules of enrolling. What they ask of a home address for the sake of the identity check, they
/// ask where the one on file meets it.
fn facts(world: &World, on_file: &OnFile<'_>, now: Timestamp) -> UserFacts {
    let product = world.settings.product(&on_file.account.product_code);
    let checked = users::facts(&world.settings, product, true, now);
    let as_it_is = changed(on_file.profile, &NewPerson::default());
    let wants_kyc = addresses::judge(&checked, &as_it_is.addresses).is_none();
    UserFacts { wants_kyc, ..checked }
}

fn judge_names(on_file: &OnFile<'_>, given: &NewPerson) -> Option<Refusal> {
    let Holder { first_name, last_name, .. } = on_file.holder;
    let middle = on_file.profile.middle_name.as_ref();
    let is_other = |given: &str, known: &str| !given.is_empty() && given != known;
    let member = if is_other(&given.first_name, first_name) {
        "firstName"
    } else if is_other(&given.last_name, last_name) {
        "lastName"
    } else if given.middle_name.is_some() && given.middle_name.as_ref() != middle {
        "middleName"
    } else {
        return None;
    };
    let words = format!("profileData.{member}: a name is changed by a call of its own.");
    Some(Refusal::of(&codes::MEMBER_INVALID).saying(words).under("ENR-47"))
}

/// What identifies a person may be mended until the identity check is passed.
fn judge_identity(world: &World, on_file: &OnFile<'_>, given: &NewPerson) -> Option<Refusal> {
    let differs_in = if is_other_birth_date(on_file, given) {
        "dateOfBirth"
    } else if is_other_identity(world, on_file, given) {
        "the identity number"
    } else {
        return None;
    };
    let is_scan = matches!(given.identity, GivenIdentity::Onboarding(_));
    let is_fixed = on_file.holder.kyc.kyc == CheckStatus::Passed || is_scan;
    is_fixed.then(|| {
        Refusal::of(&codes::IDENTITY_FIXED)
            .because(format!("{differs_in} differs from the one on file"))
    })
}

fn is_other_birth_date(on_file: &OnFile<'_>, given: &NewPerson) -> bool {
    given.date_of_birth.is_some() && given.date_of_birth != on_file.private.date_of_birth
}

fn is_other_identity(world: &World, on_file: &OnFile<'_>, given: &NewPerson) -> bool {
    let Some(hash) = identity_hash(world, given) else { return false };
    let shown = on_file.holder.identity.as_ref();
    let is_same_suffix = match &given.identity {
        GivenIdentity::SsnSuffix(last4) => shown
            .is_some_and(|shown| shown.kind != IdentityType::Matricula && shown.last4 == *last4),
        _ => false,
    };
    !is_same_suffix && on_file.private.identity_hash.as_ref() != Some(&hash)
}

fn judge_lock(account: &Account) -> Option<Refusal> {
    let standing = account.standing;
    let is_locked = matches!(standing.status, AccountStatus::Locked | AccountStatus::Closed);
    is_locked.then(|| {
        let facts = format!("account {} is {} / {}", account.id, standing.status, standing.reason);
        Refusal::of(&codes::PROFILE_LOCKED).because(facts)
    })
}

fn private_change(
    world: &World,
    on_file: &OnFile<'_>,
    (given, person): (&NewPerson, &NewPerson),
) -> PrivateChange {
    let known = &on_file.private.default_phone_hash;
    let hash = phone_hash(world, person).filter(|hash| known.as_ref() != Some(hash));
    let identity = is_other_identity(world, on_file, given).then(|| identity_hash(world, given));
    let business_data = on_file.profile.business_data.clone();
    let profile = Profile { business_data, ..person.profile() };
    PrivateChange {
        identity_hash: identity.flatten(),
        date_of_birth: given.date_of_birth.clone().filter(|_| is_other_birth_date(on_file, given)),
        default_phone_hash: hash,
        profile: (profile != *on_file.profile).then(|| serde_json::json!(profile).to_string()),
        ..PrivateChange::default()
    }
}

/// Refuses a number or a default phone with which the person would have too many accounts.
async fn limited(
    unit: &mut Work,
    world: &World,
    on_file: &OnFile<'_>,
    (given, change): (&NewPerson, &PrivateChange),
) -> Result<Option<Refusal>, DbError> {
    if change.identity_hash.is_none() && change.default_phone_hash.is_none() {
        return Ok(None);
    }
    let account_type = on_file.account.account_type;
    let is_shared = matches!(given.identity, GivenIdentity::SsnSuffix(_));
    let born = change.date_of_birth.as_deref().or(on_file.private.date_of_birth.as_deref());
    let whose = Whose {
        identity_hash: change.identity_hash.as_deref(),
        born: if is_shared { born } else { None },
        phone_hash: change.default_phone_hash.as_deref(),
        account_type,
        beside: Some(on_file.account.id),
    };
    let places = limits::places(unit, world, &whose).await?;
    let limits = world.settings.limits_of(account_type == AccountType::Business);
    let of_number = if given.identity.is_itin() { limits.itin } else { limits.ssn };
    let identity = change.identity_hash.as_ref();
    let identity = identity.and_then(|_| limits::reached_by_identity(&places, of_number));
    let phone = change.default_phone_hash.as_ref();
    let phone = phone.and_then(|_| limits::reached_by_phone(&places, limits.phone));
    let phone = phone.map(|reached| reached.refusal().under("LIM-8"));
    Ok(identity.map(Reached::refusal).or(phone))
}
