//! Whether the user document of an upgrade says other than what is on file. What it leaves out is
//! not compared; the rest is, in the form in which it is kept.

use crate::db::DbError;
use crate::domains::accounts::model::Holder;
use crate::domains::accounts::ops::Private;
use crate::domains::users::model::{GivenIdentity, NewPerson, Profile};
use crate::programs::world::World;

/// Whether a person as given is another than the holder on file.
pub(super) fn differs(
    world: &World,
    person: &NewPerson,
    (holder, private): (&Holder, &Private),
) -> Result<bool, DbError> {
    let unreadable = |cause| DbError::Unreadable(format!("users.profile: {cause}"));
    let kept: Profile = serde_json::from_str(&private.profile).map_err(unreadable)?;
    let names = [(&person.first_name, &holder.first_name), (&person.last_name, &holder.last_name)];
    let names_agree = names.iter().all(|(given, kept)| given.is_empty() || given == kept);
    let born_agrees =
        person.date_of_birth.is_none() || person.date_of_birth == private.date_of_birth;
    let agrees = names_agree
        && born_agrees
        && is_same_identity(world, &person.identity, (holder, private))
        && is_same_profile(person, &kept);
    Ok(!agrees)
}

/// Whole numbers agree by their keyed hash; where either side is but the last four digits, these
/// must agree.
fn is_same_identity(
    world: &World,
    given: &GivenIdentity,
    (holder, private): (&Holder, &Private),
) -> bool {
    let is_kept = |identity: &GivenIdentity| {
        let hash = identity.secret().map(|secret| world.keyed_hash("identity", &secret));
        hash.is_some() && (hash == private.identity_hash || hash == private.matricula_hash)
    };
    match given {
        GivenIdentity::None => true,
        GivenIdentity::Clash(_) => false,
        GivenIdentity::SsnSuffix(last4) => {
            holder.identity.as_ref().is_some_and(|shown| shown.last4 == *last4)
        }
        GivenIdentity::Ssn(number) => {
            let last4 = number.get(number.len().saturating_sub(4)..).unwrap_or_default();
            is_kept(given) || is_kept(&GivenIdentity::SsnSuffix(last4.to_owned()))
        }
        GivenIdentity::Onboarding(_) => is_kept(given),
    }
}

/// Addresses and phones agree if they are the same ones, in whatever order.
fn is_same_profile(person: &NewPerson, kept: &Profile) -> bool {
    let given = person.profile();
    let addresses = person.addresses.is_empty()
        || (person.addresses.len() == kept.addresses.len()
            && kept.addresses.iter().all(|address| given.addresses.contains(address)));
    let phones = person.phones.is_empty()
        || (person.phones.len() == kept.phone_numbers.len()
            && kept.phone_numbers.iter().all(|phone| given.phone_numbers.contains(phone)));
    let middle_name = given.middle_name.is_none() || given.middle_name == kept.middle_name;
    let email = given.email.is_none() || given.email == kept.email;
    addresses && phones && middle_name && email
}
