//! What a partner asks for, as read and opened but not yet judged.

use serde_json::Value as Json;

use crate::domains::accounts::model::TermsAcceptance;
use crate::domains::users::model::NewPerson;

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

/// A card PIN. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(pub String);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(****)")
    }
}
