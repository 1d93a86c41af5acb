//! A person as given, and the profile that is kept of one.
//!
//! The two are different types on purpose: `Given…` holds texts as the partner wrote them, and the
//! kept types are made of them alone, so nothing that does not read can be kept.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::addresses;
use crate::domains::accounts::model::{Holder, TransferAcceptance};
use crate::domains::enrollments::model::GivenTerms;
use crate::kernel::digits::has_digits;
use crate::kernel::states::states;

/// The person of a request, as given; [`super::rules::judge`] decides whether it will do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewPerson {
    /// First name, composed; empty if absent.
    pub first_name: String,
    /// Middle name, composed; `None` if absent or empty.
    pub middle_name: Option<String>,
    /// Last name, composed; empty if absent.
    pub last_name: String,
    /// `identifyingData` was there, with whatever in it.
    pub has_identifying_data: bool,
    /// As written.
    pub date_of_birth: Option<String>,
    /// What identifies the person.
    pub identity: GivenIdentity,
    /// In the order given.
    pub addresses: Vec<GivenAddress>,
    /// As written; `None` if absent or empty.
    pub email: Option<String>,
    /// In the order given.
    pub phones: Vec<GivenPhone>,
}

states! {
    /// The parts of a person that partners hear of when they change.
    ProfilePart {
        /// First, middle or last name.
        Name = "name",
        /// Any address.
        Address = "address",
        /// The e-mail address.
        Email = "email",
        /// Any phone number, or which of them is the default.
        Phone = "phone",
    }

    /// Why a person has another name.
    NameChangeReason {
        /// Married.
        Marriage = "marriage",
        /// Divorced.
        Divorce = "divorce",
        /// A court says so.
        CourtOrder = "courtOrder",
    }
}

/// What a partner changes of a user. What is empty stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct UserUpdate {
    /// The parts of the user document.
    pub person: NewPerson,
    /// How transfers of other people are accepted.
    pub acceptance: Option<TransferAcceptance>,
    /// Terms of the account opted in to or out of.
    pub terms: Vec<GivenTerms>,
    /// Ids of contact verifications, as written.
    pub contact_verifications: Vec<String>,
}

/// Another name for a user, as given. What is empty stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NameChange {
    /// The names; nothing else of it counts.
    pub person: NewPerson,
    /// Why, as written.
    pub reason: Option<String>,
    /// What shows it, in base64.
    pub document: Option<String>,
}

/// A holder with what is kept of the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The holder; without cards where a list of persons was asked for.
    pub holder: Holder,
    /// `YYYY-MM-DD`.
    pub date_of_birth: Option<String>,
    /// All else.
    pub profile: Profile,
}

/// A profile as it was and as it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileChange {
    /// On file.
    pub before: Profile,
    /// To be kept.
    pub after: Profile,
}

/// What identifies a person.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum GivenIdentity {
    /// The whole social security number.
    Ssn(String),
    /// Its last four digits.
    SsnSuffix(String),
    /// The onboarding id of a scanned Matricula Consular.
    Onboarding(String),
    /// Two that exclude each other; never passes.
    Clash(IdentityClash),
    /// Nothing.
    #[default]
    None,
}

/// Which identities were given together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityClash {
    /// The whole number and its last four digits.
    SsnAndSuffix,
    /// An onboarding id and either form of the number.
    OnboardingAndSsn,
}

impl std::fmt::Debug for GivenIdentity {
    /// The kind alone: the number is nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            GivenIdentity::Ssn(_) => "Ssn(***)",
            GivenIdentity::SsnSuffix(_) => "SsnSuffix(***)",
            GivenIdentity::Onboarding(_) => "Onboarding(***)",
            GivenIdentity::Clash(_) => "Clash",
            GivenIdentity::None => "None",
        })
    }
}

impl GivenIdentity {
    /// The whole social security number, if it was given.
    pub fn ssn(&self) -> Option<&str> {
        match self {
            GivenIdentity::Ssn(number) => Some(number),
            _ => None,
        }
    }

    /// Whether the number is a taxpayer's: no social security number begins with a 9.
    pub fn is_itin(&self) -> bool {
        self.ssn().is_some_and(|number| number.starts_with('9'))
    }

    /// Kind and number as one text, for keyed hashes.
    pub fn secret(&self) -> Option<String> {
        match self {
            GivenIdentity::Ssn(number) => Some(format!("ssn:{number}")),
            GivenIdentity::SsnSuffix(number) => Some(format!("suffix:{number}")),
            GivenIdentity::Onboarding(id) => Some(format!("onboarding:{id}")),
            GivenIdentity::Clash(_) | GivenIdentity::None => None,
        }
    }
}

/// Which form of the social security number a product wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WantedNumber {
    /// The whole number or its last four digits.
    Either,
    /// The whole number.
    Ssn,
    /// Its last four digits.
    SsnSuffix,
}

/// An address as given. Lines and city are composed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenAddress {
    /// `addressLine1`.
    pub line1: Option<String>,
    /// `addressLine2`; `None` if absent or empty.
    pub line2: Option<String>,
    /// `None` if absent or empty.
    pub city: Option<String>,
    /// `state`.
    pub state: Option<String>,
    /// `zipCode`.
    pub zip: Option<String>,
    /// `countryCode`; `None` if absent or empty.
    pub country: Option<String>,
    /// `type`.
    pub kind: Option<String>,
    /// Marked as the default.
    pub is_default: bool,
}

impl GivenAddress {
    /// Its type, if it is one.
    pub fn address_type(&self) -> Option<AddressType> {
        AddressType::read(self.kind.as_deref()?)
    }

    /// Whether it is where the person lives.
    pub fn is_home(&self) -> bool {
        self.address_type() == Some(AddressType::Home)
    }
}

/// A phone number as given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GivenPhone {
    /// As written.
    pub number: Option<String>,
    /// `type`.
    pub kind: Option<String>,
    /// Marked as the default.
    pub is_default: bool,
}

/// What is kept of a person beside names and identity: the JSON of `users.profile`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Middle name, composed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// One of each type at most, one of them the default.
    pub addresses: Vec<Address>,
    /// The one e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// One of them the default.
    pub phone_numbers: Vec<Phone>,
    /// Of the holder of a business account: what was said of the business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub business_data: Option<Map<String, Json>>,
}

/// An address as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = KeptAddress)]
#[serde(rename_all = "camelCase")]
pub struct Address {
    /// 2 to 40 characters; absent where a home address was given without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_line1: Option<String>,
    /// Up to 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_line2: Option<String>,
    /// Up to 25 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Two capital letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Five digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zip_code: Option<String>,
    /// `USA` unless another country was given.
    pub country_code: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: AddressType,
    /// Whether it is the default address.
    pub is_default: bool,
}

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AddressType {
    /// Where the person lives.
    Home,
    /// Kept, of no effect.
    Work,
    /// Kept, of no effect.
    Billing,
}

impl AddressType {
    /// The type of that name, in any case of letters.
    pub fn read(text: &str) -> Option<Self> {
        let known = [("home", Self::Home), ("work", Self::Work), ("billing", Self::Billing)];
        named(&known, text)
    }
}

/// A phone number as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = KeptPhone)]
#[serde(rename_all = "camelCase")]
pub struct Phone {
    /// Ten digits.
    pub number: String,
    /// Where it rings.
    #[serde(rename = "type")]
    pub kind: PhoneType,
    /// Whether it is the default phone.
    pub is_default: bool,
}

/// Where a phone rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PhoneType {
    /// In the pocket.
    Mobile,
    /// At home.
    Home,
    /// At work.
    Work,
}

impl PhoneType {
    /// The type of that name, in any case of letters.
    pub fn read(text: &str) -> Option<Self> {
        let known = [("mobile", Self::Mobile), ("home", Self::Home), ("work", Self::Work)];
        named(&known, text)
    }
}

fn named<T: Copy>(known: &[(&str, T)], text: &str) -> Option<T> {
    known.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, kind)| *kind)
}

/// An e-mail address as kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = KeptEmail)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// Up to 255 characters.
    pub email_address: String,
    /// Always true: a person has one e-mail address, and its flag is passed over.
    pub is_default: bool,
}

impl NewPerson {
    /// The birth date, where the identity is one that many share: the last four digits of a number.
    /// Together they tell persons apart.
    pub fn born_if_shared(&self) -> Option<&str> {
        let is_shared = matches!(self.identity, GivenIdentity::SsnSuffix(_));
        self.date_of_birth.as_deref().filter(|_| is_shared)
    }

    /// The home address, as given.
    pub fn home(&self) -> Option<&GivenAddress> {
        self.addresses.iter().find(|address| address.is_home())
    }

    /// The default phone number: the one marked so, else the first.
    pub fn default_phone(&self) -> Option<&str> {
        self.phones.get(self.default_phone_index())?.number.as_deref()
    }

    fn default_phone_index(&self) -> usize {
        self.phones.iter().position(|phone| phone.is_default).unwrap_or(0)
    }

    /// What is kept of the person. Defaults are filled in; an entry that does not read is left out,
    /// and a person that was judged has none.
    pub fn profile(&self) -> Profile {
        let marked = self.addresses.iter().position(|address| address.is_default);
        let default = marked.or_else(|| self.addresses.iter().position(GivenAddress::is_home));
        let addresses = (0..).zip(&self.addresses);
        let phones = (0..).zip(&self.phones);
        Profile {
            middle_name: self.middle_name.clone(),
            addresses: addresses.filter_map(|(at, it)| it.kept(default == Some(at))).collect(),
            email: self.email.clone().map(|text| Email { email_address: text, is_default: true }),
            phone_numbers: phones
                .filter_map(|(at, it)| it.kept(at == self.default_phone_index()))
                .collect(),
            business_data: None,
        }
    }
}

impl GivenAddress {
    fn kept(&self, is_default: bool) -> Option<Address> {
        Some(Address {
            address_line1: self.line1.clone(),
            address_line2: self.line2.clone(),
            city: self.city.clone(),
            state: self.state.as_deref().and_then(addresses::state),
            zip_code: self.zip.as_deref().and_then(addresses::zip5),
            country_code: addresses::country(self.country.as_deref()),
            kind: self.address_type()?,
            is_default,
        })
    }
}

impl GivenPhone {
    /// The number, if it is ten digits.
    pub fn digits(&self) -> Option<&str> {
        self.number.as_deref().filter(|text| has_digits(text, 10))
    }

    /// Its type, if it is one.
    pub fn phone_type(&self) -> Option<PhoneType> {
        PhoneType::read(self.kind.as_deref()?)
    }

    fn kept(&self, is_default: bool) -> Option<Phone> {
        Some(Phone { number: self.digits()?.to_owned(), kind: self.phone_type()?, is_default })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn address(kind: &str, is_default: bool) -> GivenAddress {
        GivenAddress { kind: Some(kind.to_owned()), is_default, ..GivenAddress::default() }
    }

    fn phone(number: &str, kind: &str, is_default: bool) -> GivenPhone {
        GivenPhone { number: Some(number.to_owned()), kind: Some(kind.to_owned()), is_default }
    }

    fn person(addresses: Vec<GivenAddress>, phones: Vec<GivenPhone>) -> NewPerson {
        NewPerson {
            first_name: "Ann".to_owned(),
            middle_name: None,
            last_name: "Lee".to_owned(),
            has_identifying_data: false,
            date_of_birth: None,
            identity: GivenIdentity::None,
            addresses,
            email: None,
            phones,
        }
    }

    #[test]
    fn enr_12_the_one_marked_else_home_and_the_first_phone_are_the_defaults() {
        for (marks, home_is_default) in
            [([false, false], true), ([false, true], true), ([true, false], false)]
        {
            let given = vec![address("Work", marks[0]), address("HOME", marks[1])];
            let kept = person(given, Vec::new()).profile().addresses;
            let defaults: Vec<_> = kept.iter().map(|one| (one.kind, one.is_default)).collect();
            let expected =
                [(AddressType::Work, !home_is_default), (AddressType::Home, home_is_default)];
            assert_eq!(defaults, expected, "{marks:?}");
        }
        for (marks, default) in [([false, false], "6265550101"), ([false, true], "6265550102")] {
            let given = vec![
                phone("6265550101", "mobile", marks[0]),
                phone("6265550102", "Work", marks[1]),
            ];
            let person = person(Vec::new(), given);
            assert_eq!(person.default_phone(), Some(default));
            let kept = person.profile().phone_numbers;
            let marked: Vec<_> = kept.iter().filter(|phone| phone.is_default).collect();
            assert!(marked.len() == 1 && marked[0].number == default, "{kept:?}");
        }
    }

    #[test]
    fn a_profile_is_kept_in_the_vendors_words_and_reads_back() {
        let home = GivenAddress {
            line1: Some("12 Elm St".to_owned()),
            city: Some("Pasadena".to_owned()),
            state: Some("ca".to_owned()),
            zip: Some("91101-2345".to_owned()),
            ..address("Home", false)
        };
        let mut person = person(vec![home], vec![phone("6265550101", "Mobile", false)]);
        person.email = Some("ann@example.com".to_owned());
        let profile = person.profile();
        let document = json!(profile);
        let expected = json!({
            "addresses": [{
                "addressLine1": "12 Elm St", "city": "Pasadena", "state": "CA",
                "zipCode": "91101", "countryCode": "USA", "type": "home", "isDefault": true,
            }],
            "email": { "emailAddress": "ann@example.com", "isDefault": true },
            "phoneNumbers": [{ "number": "6265550101", "type": "mobile", "isDefault": true }],
        });
        assert_eq!(document, expected);
        assert_eq!(serde_json::from_value::<Profile>(document).unwrap(), profile);
    }

    #[test]
    fn what_does_not_read_is_never_kept() {
        let wrong = GivenAddress {
            state: Some("California".to_owned()),
            zip: Some("9110".to_owned()),
            ..address("home", false)
        };
        let phones = vec![phone("555", "mobile", false), phone("6265550101", "fax", false)];
        let profile = person(vec![wrong, address("castle", true)], phones).profile();
        assert_eq!(profile.addresses.len(), 1);
        assert_eq!((&profile.addresses[0].state, &profile.addresses[0].zip_code), (&None, &None));
        assert!(profile.phone_numbers.is_empty());
    }

    #[test]
    fn no_number_shows_in_a_debug_text() {
        let number = || "123456789".to_owned();
        for identity in [
            GivenIdentity::Ssn(number()),
            GivenIdentity::SsnSuffix(number()),
            GivenIdentity::Onboarding(number()),
        ] {
            assert!(!format!("{identity:?}").contains("123456789"));
        }
    }
}
