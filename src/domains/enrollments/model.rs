//! What a partner asks for, as read and opened but not yet judged.

use serde_json::{Map, Value as Json};

use crate::domains::accounts::model::{AccountType, TermsAcceptance};
use crate::domains::users::model::NewPerson;
use crate::kernel::digits;
use crate::kernel::ids::AccountId;
use crate::kernel::time::Timestamp;

/// One enrollment request. Texts are as the partner wrote them; [`super::rules::judge`] decides
/// whether they will do.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEnrollment {
    /// Who.
    pub person: NewPerson,
    /// Type of the account, and the business whose it is to be.
    pub business: GivenBusiness,
    /// The product asked for.
    pub product_code: Option<String>,
    /// The card material asked for.
    pub material: Option<String>,
    /// ISO 4217; the product's first one if absent.
    pub currency: Option<String>,
    /// Terms accepted, the account's after the user's; moments may be absent.
    pub terms: Vec<GivenTerms>,
    /// The partner's own id for the consumer.
    pub partner_consumer_id: Option<String>,
    /// Check the person's identity.
    pub wants_kyc: bool,
    /// Order plastic.
    pub wants_plastic: bool,
    /// Enroll with a package in hand.
    pub instant_issue: Option<GivenInstantIssue>,
    /// The PIN, opened.
    pub pin: Option<Pin>,
    /// Ids of contact verifications, as written.
    pub contact_verifications: Vec<String>,
    /// Everything else that was asked for, kept as it came; holds no secret.
    pub document: Json,
}

/// One request to upgrade an account, as read and opened but not yet judged.
#[derive(Debug, Clone, PartialEq)]
pub struct NewUpgrade {
    /// The account, as written.
    pub account: Option<String>,
    /// The holder, if a user document came along.
    pub person: Option<NewPerson>,
    /// The product to be.
    pub product_code: Option<String>,
    /// The material of a new plastic card.
    pub material: Option<String>,
    /// ISO 4217; the account keeps its own.
    pub currency: Option<String>,
    /// Terms accepted for the new product.
    pub terms: Vec<GivenTerms>,
    /// Check the person's identity.
    pub wants_kyc: bool,
    /// Order plastic.
    pub wants_plastic: bool,
    /// The PIN of the plastic, opened.
    pub pin: Option<Pin>,
    /// Ids of contact verifications, as written.
    pub contact_verifications: Vec<String>,
    /// Everything else that was asked for, kept as it came; holds no secret.
    pub document: Json,
}

impl NewUpgrade {
    /// The account, if its identifier is one.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account.as_deref()?.parse().ok()
    }
}

/// `instantIssue` as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenInstantIssue {
    /// `type`.
    pub kind: Option<String>,
    /// `mappingIdentifier`: which package.
    pub mapping_identifier: Option<String>,
}

impl GivenInstantIssue {
    /// The package, if its identifier can be one.
    pub fn package(&self) -> Option<&str> {
        self.mapping_identifier.as_deref().filter(|text| is_mapping_identifier(text))
    }
}

/// Longest identifier of a package.
const MAPPING_IDENTIFIER_MAX: usize = 50;

/// Whether a text can name a package: 1 to 50 letters, digits and hyphens.
pub fn is_mapping_identifier(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MAPPING_IDENTIFIER_MAX).contains(&text.len()) && text.bytes().all(is_plain)
}

/// Where a card package stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackageState {
    /// In the store, for anybody to take.
    Available,
    /// Taken by an account.
    Used,
    /// It cannot be looked up.
    Unreachable,
}

impl PackageState {
    /// Every state.
    pub const ALL: [PackageState; 3] = [Self::Available, Self::Used, Self::Unreachable];

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::Used => "used",
            Self::Unreachable => "unreachable",
        }
    }

    /// The state of this name.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Type of the account and data of its business, as given.
#[derive(Clone, PartialEq, Default)]
pub struct GivenBusiness {
    /// `accountType`, as written.
    pub account_type: Option<String>,
    /// `businessData`.
    pub data: Option<Map<String, Json>>,
}

impl std::fmt::Debug for GivenBusiness {
    /// The type alone: business data may hold identity numbers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GivenBusiness({:?}, {} members)", self.account_type, self.members())
    }
}

impl GivenBusiness {
    /// The type of the account; `None` if it is none. Consumer, unless another is given.
    pub fn account_type(&self) -> Option<AccountType> {
        self.account_type.as_deref().map_or(Some(AccountType::Consumer), |text| text.parse().ok())
    }

    /// Members of the business data.
    pub fn members(&self) -> usize {
        self.data.as_ref().map_or(0, Map::len)
    }

    /// The business data as it is kept: of every number that may be an EIN or an SSN, the last four
    /// digits.
    pub fn kept(&self) -> Option<Map<String, Json>> {
        let data = self.data.as_ref()?.iter();
        Some(data.map(|(name, value)| (name.clone(), masked(value))).collect())
    }
}

/// The value without what may be an identity number.
pub fn masked(value: &Json) -> Json {
    match value {
        Json::String(text) => Json::String(digits::masked(text)),
        Json::Number(number) => match digits::masked(&number.to_string()) {
            text if text == number.to_string() => value.clone(),
            text => Json::String(text),
        },
        Json::Array(entries) => entries.iter().map(masked).collect(),
        Json::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), masked(value))).collect()
        }
        Json::Null | Json::Bool(_) => value.clone(),
    }
}

/// Terms as the partner gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenTerms {
    /// Which terms.
    pub identifier: String,
    /// When, as written; `None` means now.
    pub accepted_at: Option<Timestamp>,
    /// Accepted or declined.
    pub accepted: bool,
}

impl GivenTerms {
    /// The acceptance as it is kept, with `now` for a moment that was not given.
    pub fn at(&self, now: Timestamp) -> TermsAcceptance {
        TermsAcceptance {
            identifier: self.identifier.clone(),
            accepted_at: self.accepted_at.unwrap_or(now),
            accepted: self.accepted,
        }
    }
}

/// A card PIN. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(pub String);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(****)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_of_nine_digits_are_kept_by_their_last_four() {
        let Json::Object(data) = json!({
            "businessName": "Elm 5", "ein": "12-3456789", "number": 123456789,
            "phone": "6265550101", "owners": [{ "ssn": "123 45 6789", "share": 50 }],
        }) else {
            panic!("an object");
        };
        let business = GivenBusiness { account_type: None, data: Some(data) };
        let expected = json!({
            "businessName": "Elm 5", "ein": "**-***6789", "number": "*****6789",
            "phone": "6265550101", "owners": [{ "ssn": "*** ** 6789", "share": 50 }],
        });
        assert_eq!(business.kept().map(Json::Object), Some(expected));
        assert!(!format!("{business:?}").contains("6789"));
    }
}
