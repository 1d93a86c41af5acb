//! The user document as the vendor spells it, and how it becomes a [`NewPerson`].
//!
//! Members and nesting follow the samples of Enrollments API Endpoints. Members the vendor may add
//! are passed over.

pub mod changes;
pub mod persons;

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::model::{GivenAddress, GivenIdentity, GivenPhone, IdentityClash, NewPerson};
use super::names::composed;
use crate::http::formats::Flag;
use crate::kernel::strict_json::{bounded_list, null_is_default};

/// Addresses and phones: entries at most.
const ENTRIES_MAX: usize = 50;

/// The user document.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserData {
    #[serde(default, deserialize_with = "null_is_default")]
    profile_data: ProfileData,
    /// Where it is there, it holds a date of birth and one identity.
    #[serde(default)]
    identifying_data: Option<IdentifyingData>,
    #[serde(default, deserialize_with = "null_is_default")]
    email: Email,
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    phone_numbers: Vec<PhoneNumber>,
    /// Enrollment alone: consumer, which is the default, or business.
    #[serde(default)]
    #[schema(example = "consumer")]
    account_type: Option<String>,
    /// Enrollment of a business alone: at most 50 members and 4 KiB.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    business_data: Option<Map<String, Json>>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ProfileData {
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    middle_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    addresses: Vec<Address>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Address {
    #[serde(default)]
    #[schema(example = "215 Main St.")]
    address_line1: Option<String>,
    #[serde(default)]
    address_line2: Option<String>,
    #[serde(default)]
    #[schema(example = "Pasadena")]
    city: Option<String>,
    /// Two letters.
    #[serde(default)]
    #[schema(example = "CA")]
    state: Option<String>,
    /// Five digits; four more are cut off.
    #[serde(default)]
    #[schema(example = "91107")]
    zip_code: Option<String>,
    /// USA if absent.
    #[serde(default)]
    #[schema(example = "USA")]
    country_code: Option<String>,
    /// home, work or billing, in any case of letters.
    #[serde(default, rename = "type")]
    #[schema(example = "home")]
    kind: Option<String>,
    #[serde(default)]
    is_default: Option<Flag>,
}

#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IdentifyingData {
    /// YYYY-MM-DD.
    #[serde(default)]
    #[schema(example = "1990-01-20")]
    date_of_birth: Option<String>,
    /// Nine digits; not beside ssnSuffix.
    #[serde(default)]
    ssn: Option<String>,
    /// Four digits; not beside ssn.
    #[serde(default)]
    ssn_suffix: Option<String>,
    /// Of a scanned Matricula Consular; alone.
    #[serde(default, rename = "onboardingID")]
    onboarding_id: Option<String>,
}

impl std::fmt::Debug for IdentifyingData {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentifyingData(***)")
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Email {
    #[serde(default)]
    email_address: Option<String>,
    /// Passed over: the one address is always the default.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    is_default: Option<Flag>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PhoneNumber {
    /// Ten digits.
    #[serde(default)]
    number: Option<String>,
    /// mobile, home or work, in any case of letters.
    #[serde(default, rename = "type")]
    #[schema(example = "mobile")]
    kind: Option<String>,
    #[serde(default)]
    is_default: Option<Flag>,
}

impl UserData {
    /// What it says of the account's type and its business, taken out of it.
    pub fn take_business(&mut self) -> (Option<String>, Option<Map<String, Json>>) {
        (self.account_type.take(), self.business_data.take())
    }

    /// The person as given. Nothing is judged.
    pub fn person(self) -> NewPerson {
        let names = self.profile_data;
        let has_identifying_data = self.identifying_data.is_some();
        let identifying = self.identifying_data.unwrap_or_default();
        NewPerson {
            first_name: composed(names.first_name.as_deref().unwrap_or_default()),
            middle_name: filled(names.middle_name).as_deref().map(composed),
            last_name: composed(names.last_name.as_deref().unwrap_or_default()),
            has_identifying_data,
            date_of_birth: identifying.date_of_birth.clone(),
            identity: identifying.identity(),
            addresses: names.addresses.into_iter().map(Address::given).collect(),
            email: filled(self.email.email_address),
            phones: self.phone_numbers.into_iter().map(PhoneNumber::given).collect(),
        }
    }
}

/// An empty text counts as absent where nothing else is printed.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

fn is_set(flag: Option<Flag>) -> bool {
    flag.is_some_and(|flag| flag.0)
}

impl Address {
    fn given(self) -> GivenAddress {
        GivenAddress {
            line1: self.address_line1.as_deref().map(composed),
            line2: filled(self.address_line2).as_deref().map(composed),
            city: filled(self.city).as_deref().map(composed),
            state: self.state,
            zip: self.zip_code,
            country: filled(self.country_code),
            kind: self.kind,
            is_default: is_set(self.is_default),
        }
    }
}

impl PhoneNumber {
    fn given(self) -> GivenPhone {
        let is_default = is_set(self.is_default);
        GivenPhone { number: self.number, kind: self.kind, is_default }
    }
}

impl IdentifyingData {
    fn identity(self) -> GivenIdentity {
        match (self.ssn, self.ssn_suffix, self.onboarding_id) {
            (Some(_), Some(_), _) => GivenIdentity::Clash(IdentityClash::SsnAndSuffix),
            (Some(_), None, Some(_)) | (None, Some(_), Some(_)) => {
                GivenIdentity::Clash(IdentityClash::OnboardingAndSsn)
            }
            (Some(number), None, None) => GivenIdentity::Ssn(number),
            (None, Some(last4), None) => GivenIdentity::SsnSuffix(last4),
            // A GUID of ours, whatever the case of its letters.
            (None, None, Some(id)) => GivenIdentity::Onboarding(id.to_ascii_lowercase()),
            (None, None, None) => GivenIdentity::None,
        }
    }
}
