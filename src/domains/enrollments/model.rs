//! What a partner asks for, as read and opened but not yet judged.

use serde::Serialize;
use serde_json::Value as Json;

use crate::domains::accounts::model::TermsAcceptance;

/// One enrollment request. Texts are as the partner wrote them; [`super::rules::judge`] decides
/// whether they will do.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEnrollment {
    /// Who.
    pub person: NewPerson,
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
    pub is_instant_issue: bool,
    /// The PIN, opened.
    pub pin: Option<Pin>,
    /// Everything else that was asked for, kept as it came; holds no secret.
    pub document: Json,
}

/// Terms as the partner gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenTerms {
    /// Which terms.
    pub identifier: String,
    /// When, as written; `None` means now.
    pub accepted_at: Option<crate::kernel::time::Timestamp>,
    /// Accepted or declined.
    pub accepted: bool,
}

impl GivenTerms {
    /// The acceptance as it is kept, with `now` for a moment that was not given.
    pub fn at(&self, now: crate::kernel::time::Timestamp) -> TermsAcceptance {
        TermsAcceptance {
            identifier: self.identifier.clone(),
            accepted_at: self.accepted_at.unwrap_or(now),
            accepted: self.accepted,
        }
    }
}

/// The person to be enrolled.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPerson {
    /// First name, composed; empty if absent.
    pub first_name: String,
    /// Middle name, composed.
    pub middle_name: Option<String>,
    /// Last name, composed; empty if absent.
    pub last_name: String,
    /// As written.
    pub date_of_birth: Option<String>,
    /// What identifies the person.
    pub identity: GivenIdentity,
    /// At least one phone number was given.
    pub has_phone: bool,
    /// State of the home address, as written.
    pub home_state: Option<String>,
    /// The default phone number: the one marked so, else the first.
    pub default_phone: Option<String>,
    /// Addresses, e-mail and phones, as they are kept.
    pub profile: Profile,
}

/// What identifies a person.
#[derive(Clone, PartialEq, Eq)]
pub enum GivenIdentity {
    /// The whole social security number.
    Ssn(String),
    /// Its last four digits.
    SsnSuffix(String),
    /// The onboarding id of a scanned Matricula Consular.
    Onboarding(String),
    /// Nothing.
    None,
}

impl std::fmt::Debug for GivenIdentity {
    /// The kind alone: the number is nobody's business.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            GivenIdentity::Ssn(_) => "Ssn(***)",
            GivenIdentity::SsnSuffix(_) => "SsnSuffix(***)",
            GivenIdentity::Onboarding(_) => "Onboarding(***)",
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
            GivenIdentity::None => None,
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

/// What is kept of a person beside names and identity.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Middle name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub middle_name: Option<String>,
    /// Addresses as given.
    pub addresses: Json,
    /// E-mail as given.
    pub email: Json,
    /// Phone numbers as given.
    pub phone_numbers: Json,
}
