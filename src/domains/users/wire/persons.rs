//! Persons as answers show them: the user of the account object, and the profile in the form of the
//! user document, so that what is read can be sent back. No identity number is among it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::crypto::Container;
use crate::domains::accounts::wire::UserWire;
use crate::domains::users::model::{Address, Email, Person, Phone};
use crate::http::call::Call;

/// `{"users": [...]}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UsersResponse {
    users: Vec<PersonWire>,
}

/// `{"user": {...}}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct UserResponse {
    user: PersonWire,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PersonWire {
    #[serde(flatten)]
    user: UserWire,
    #[schema(format = Uuid)]
    account_holder_identifier: String,
    /// The profile, sealed to the partner's key where the program has encryption and the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    encrypted_user_data: Option<Container>,
    /// The profile in the clear, elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_data: Option<UserDataWire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserDataWire {
    profile_data: ProfileDataWire,
    #[serde(skip_serializing_if = "Option::is_none")]
    identifying_data: Option<BirthWire>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<Email>,
    phone_numbers: Vec<Phone>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProfileDataWire {
    first_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    middle_name: Option<String>,
    last_name: String,
    addresses: Vec<Address>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BirthWire {
    #[schema(example = "1990-01-20")]
    date_of_birth: String,
}

impl UsersResponse {
    /// The persons, with their sealed members made for this call.
    pub fn of<'a>(persons: impl IntoIterator<Item = &'a Person>, call: &Call) -> Self {
        Self { users: persons.into_iter().map(|person| PersonWire::of(person, call)).collect() }
    }
}

impl UserResponse {
    /// One person.
    pub fn of(person: &Person, call: &Call) -> Self {
        Self { user: PersonWire::of(person, call) }
    }
}

impl PersonWire {
    fn of(person: &Person, call: &Call) -> Self {
        let data = UserDataWire::of(person);
        let sealed = call.seal("seal-user", &person.holder.user_id.to_string(), &data);
        Self {
            user: UserWire::of(&person.holder),
            account_holder_identifier: person.holder.account_holder_id.to_string(),
            user_data: sealed.is_none().then_some(data),
            encrypted_user_data: sealed,
        }
    }
}

impl UserDataWire {
    fn of(Person { holder, date_of_birth, profile }: &Person) -> Self {
        let birth = |date: &String| BirthWire { date_of_birth: date.clone() };
        Self {
            profile_data: ProfileDataWire {
                first_name: holder.first_name.clone(),
                middle_name: profile.middle_name.clone(),
                last_name: holder.last_name.clone(),
                addresses: profile.addresses.clone(),
            },
            identifying_data: date_of_birth.as_ref().map(birth),
            email: profile.email.clone(),
            phone_numbers: profile.phone_numbers.clone(),
        }
    }
}
