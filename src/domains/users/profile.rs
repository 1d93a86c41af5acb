//! The use case of PUT user and of PUT enrollment: the profile of a holder changes. Follows the
//! Users page and "Update Consumer Profile" of Enrollments API Endpoints.
//!
//! Invariants: what is not given stays; what identifies a person is fixed once the identity check
//! is passed; the default phone of a primary holder is counted like that of an enrollment; a
//! locked account keeps the profiles of its holders. Names have a call of their own.

use super::addresses;
use super::changes::changed;
use super::model::{GivenIdentity, NewPerson, Person, Profile, ProfileChange, UserUpdate};
use super::ops as users;
use super::rules::{self, UserFacts};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::limits::{self, Reached, Whose};
use crate::domains::accounts::membership::account_of;
use crate::domains::accounts::model::{
    Account, AccountStatus, AccountType, CheckStatus, Holder, IdentityType,
};
use crate::domains::accounts::ops::{self as accounts, Private, PrivateChange};
use crate::domains::accounts::rules::{self as account_rules, AccountUpdate, UpdateFacts};
use crate::domains::accounts::terms::{terms_facts, terms_in_use};
use crate::domains::contact_verifications::model::UnfitContact;
use crate::domains::contact_verifications::ops as contacts;
use crate::domains::enrollments::ops::{identity_hash, phone_hash, shown_identity};
use crate::domains::enrollments::rules as enrolling;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Whose profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// The primary holder's.
    Primary,
    /// That of a holder of the account.
    User(UserId),
}

impl Whom {
    /// The holder who is meant, or the refusal.
    pub(super) fn of(self, account: &Account) -> Result<&Holder, Refusal> {
        let found = match self {
            Whom::Primary => account.primary(),
            Whom::User(user) => account.holder(user),
        };
        found.ok_or_else(|| {
            Refusal::of(&codes::ACCOUNT_NOT_FOUND)
                .because(format!("account {} has no such holder", account.id))
        })
    }
}

/// An account and the person of it that was changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Updated {
    /// The account as it now is.
    pub account: Account,
    /// The person as it now is.
    pub person: Person,
}

/// A holder as on file.
struct OnFile<'a> {
    account: &'a Account,
    holder: &'a Holder,
    private: &'a Private,
    profile: &'a Profile,
}

/// What else there is to judge by.
struct Beside<'a> {
    terms_in_use: &'a [String],
    unfit_contact: Option<UnfitContact>,
    now: Timestamp,
}

/// Changes the profile of a holder. The same change again finds nothing left to do.
pub async fn update(
    db: &Db,
    world: &World,
    (id, whom, update): (AccountId, Whom, &UserUpdate),
    now: Timestamp,
) -> Result<Outcome<Updated>, DbError> {
    let given = &update.person;
    let mut unit = db.begin(world.scope(keys(world, id, given))).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let holder = match whom.of(&before) {
        Ok(holder) => holder,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let private = private(&mut unit, world, holder).await?;
    let profile = users::read_profile(&private.profile)?;
    let on_file = OnFile { account: &before, holder, private: &private, profile: &profile };
    let person = changed(&profile, given);
    let beside = Beside {
        terms_in_use: &terms_in_use(&mut unit, world, (id, &update.terms)).await?,
        unfit_contact: {
            contacts::unfit(&mut unit, world, &update.contact_verifications, now).await?
        },
        now,
    };
    if let Some(refusal) = judge(world, &on_file, (update, &person), &beside) {
        return Ok(Outcome::refused(refusal));
    }
    let change = private_change(world, &on_file, (given, &person));
    if let Some(refusal) = limited(&mut unit, world, &on_file, (given, &change)).await? {
        return Ok(Outcome::refused(refusal));
    }
    let holder = Holder {
        transfer_acceptance: update.acceptance.unwrap_or(holder.transfer_acceptance),
        identity: match change.identity_hash {
            Some(_) => shown_identity(&given.identity),
            None => holder.identity.clone(),
        },
        ..holder.clone()
    };
    let mut account = Account { terms: terms(&before, update, now).terms, ..before.clone() };
    let person = put(&mut account, holder, (&on_file, &change));
    let private = [(person.holder.user_id, change)];
    accounts::save(&mut unit, world, (&before, &mut account), &private, now);
    unit.commit().await?;
    Ok(Outcome::Done(Updated { account, person }))
}

/// Changes the profile of a user, on whatever account.
pub async fn update_of(
    db: &Db,
    world: &World,
    (user, update): (UserId, &UserUpdate),
    now: Timestamp,
) -> Result<Outcome<Updated>, DbError> {
    match account_of(db, world, user).await? {
        Some(account) => self::update(db, world, (account, Whom::User(user), update), now).await,
        None => Ok(Outcome::refused(nobody(user))),
    }
}

/// The refusal of a user who is on no account of the program.
pub(super) fn nobody(user: UserId) -> Refusal {
    let facts = format!("the program has no user {user}");
    Refusal::of(&codes::ACCOUNT_NOT_FOUND).because(facts)
}

/// What is kept of a holder; it is there whenever the holder is.
pub(super) async fn private(
    unit: &mut Work,
    world: &World,
    holder: &Holder,
) -> Result<Private, DbError> {
    let found = accounts::private(unit, world, holder.user_id).await?;
    found.ok_or_else(|| DbError::Unreadable(format!("user {} has no profile", holder.user_id)))
}

/// Puts a changed holder in place, and answers the whole person.
fn put(
    account: &mut Account,
    holder: Holder,
    (on_file, change): (&OnFile<'_>, &PrivateChange),
) -> Person {
    let place = account.holders.iter_mut().find(|known| known.user_id == holder.user_id);
    if let Some(known) = place {
        *known = holder.clone();
    }
    let after = change.profile.as_ref().map(|profile| profile.after.clone());
    let born = change.date_of_birth.clone().or_else(|| on_file.private.date_of_birth.clone());
    Person {
        holder,
        date_of_birth: born,
        profile: after.unwrap_or_else(|| on_file.profile.clone()),
    }
}

/// The account with the terms that are given.
fn terms(before: &Account, update: &UserUpdate, now: Timestamp) -> Account {
    let mut account = before.clone();
    account.accept(update.terms.iter().map(|terms| terms.at(now)));
    account
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
    (update, person): (&UserUpdate, &NewPerson),
    beside: &Beside<'_>,
) -> Option<Refusal> {
    let given = &update.person;
    judge_names(on_file, given)
        .or_else(|| {
            let facts = facts(world, on_file, beside.now);
            rules::judge_change(&facts, given, person).map(|denial| denial.refusal())
        })
        .or_else(|| judge_identity(world, on_file, given))
        .or_else(|| {
            let moves = !given.addresses.is_empty();
            let allowed = &world.settings.addresses.allowed_states;
            let denial = moves.then(|| enrolling::judge_region(allowed, person)).flatten();
            denial.map(enrolling::Denial::refusal)
        })
        .or_else(|| judge_terms(world, on_file, update, beside))
        .or_else(|| beside.unfit_contact.map(|unfit| enrolling::Denial::Contact(unfit).refusal()))
        .or_else(|| judge_lock(on_file.account))
}

/// The rules of PUT account.
fn judge_terms(
    world: &World,
    on_file: &OnFile<'_>,
    update: &UserUpdate,
    beside: &Beside<'_>,
) -> Option<Refusal> {
    let facts = UpdateFacts {
        terms: terms_facts(world, beside.now),
        user: users::facts(&world.settings, None, false, beside.now),
        terms_in_use: beside.terms_in_use,
    };
    let asked = AccountUpdate {
        terms: update.terms.clone(),
        partner_account_identifier: None,
        email: None,
    };
    let denial = account_rules::judge_update(&facts, &asked);
    denial.map(account_rules::UpdateDenial::refusal).or_else(|| {
        let count = terms(on_file.account, update, beside.now).terms.len();
        let is_longer = count > on_file.account.terms.len();
        account_rules::too_many_terms(count).filter(|_| is_longer)
    })
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

/// Locked and closed accounts keep the profiles of their holders.
pub(super) fn judge_lock(account: &Account) -> Option<Refusal> {
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
        profile: (profile != *on_file.profile)
            .then(|| ProfileChange { before: on_file.profile.clone(), after: profile }),
        ..PrivateChange::default()
    }
}

/// Refuses a number or a default phone with which the person would have too many accounts. Second
/// holders take no place.
async fn limited(
    unit: &mut Work,
    world: &World,
    on_file: &OnFile<'_>,
    (given, change): (&NewPerson, &PrivateChange),
) -> Result<Option<Refusal>, DbError> {
    let is_counted = change.identity_hash.is_some() || change.default_phone_hash.is_some();
    if !on_file.holder.is_primary || !is_counted {
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
