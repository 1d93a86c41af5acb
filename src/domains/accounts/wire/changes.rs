//! Bodies of the calls that change an account or the number of a holder, and how they are read.
//! Members follow the Accounts page; where only their meaning is printed, every name is taken that
//! is seen elsewhere.

use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::crypto::Container;
use crate::domains::accounts::rules::{AccountUpdate, WantedStatus};
use crate::domains::enrollments::wire::{ENTRIES_MAX, TermsPart};
use crate::http::call::Call;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::bounded_list;

/// The body of PUT account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateAccountRequest {
    /// Terms opted in to or out of.
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    terms_acceptances: Vec<TermsPart>,
    /// The partner's own id for the account.
    #[serde(default)]
    partner_account_identifier: Option<String>,
    /// The primary holder's e-mail address, sealed by EC_v1.
    #[serde(default)]
    encrypted_email: Option<Container>,
    /// The same in the clear, where the program allows it.
    #[serde(default)]
    email: Option<EmailPart>,
    /// Free-form; passed over.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    #[expect(dead_code, reason = "named for the document, and never used")]
    fraud_data: Option<Json>,
}

/// An e-mail address, alone or as user documents have it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
enum EmailPart {
    Text(String),
    Member {
        #[serde(rename = "emailAddress")]
        email_address: String,
    },
}

impl UpdateAccountRequest {
    /// Opens the sealed member and reads the request.
    pub fn open(self, call: &Call) -> Result<AccountUpdate, Refusal> {
        let sealed = ("encryptedEmail", self.encrypted_email.as_ref());
        let email = call.open_either::<EmailPart, _>(sealed, ("email", self.email))?;
        Ok(AccountUpdate {
            terms: self.terms_acceptances.iter().map(TermsPart::given).collect(),
            partner_account_identifier: self.partner_account_identifier,
            email: email
                .map(|(EmailPart::Text(text) | EmailPart::Member { email_address: text })| text),
        })
    }
}

/// The body of PUT account status.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetStatusRequest {
    /// normal, restricted or locked.
    #[serde(default)]
    #[schema(example = "locked")]
    status: Option<String>,
    /// In place of `status`.
    #[serde(default)]
    account_status: Option<String>,
    /// healthy, potentialFraud, confirmedFraud, potentialAccountTakeover or verificationNeeded.
    #[serde(default)]
    #[schema(example = "potentialFraud")]
    status_reason: Option<String>,
    /// In place of `statusReason`.
    #[serde(default)]
    reason: Option<String>,
    /// In place of `statusReason`.
    #[serde(default)]
    account_status_reason: Option<String>,
    /// Why, 1 to 500 characters.
    #[serde(default)]
    notes: Option<String>,
    /// Who asks.
    #[serde(default)]
    #[schema(example = "Partner")]
    source: Option<String>,
    /// none, idv or manual; without it none, for verificationNeeded idv.
    #[serde(default)]
    cure: Option<String>,
}

impl SetStatusRequest {
    /// The request under one name each.
    pub fn wanted(self) -> WantedStatus {
        WantedStatus {
            status: self.status.or(self.account_status),
            reason: self.status_reason.or(self.reason).or(self.account_status_reason),
            notes: self.notes,
            source: self.source,
            cure: self.cure,
        }
    }
}

/// The body of PUT account close.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CloseRequest {
    /// customerInitiatedSpendDown.
    #[serde(default)]
    #[schema(example = "customerInitiatedSpendDown")]
    pub reason: Option<String>,
    /// Who asks; passed over.
    #[serde(default)]
    #[schema(example = "Partner")]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    source: Option<String>,
}

/// The body of POST identity. `accountIdentifier` and `userIdentifier` may come too; the path
/// counts.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityRequest {
    /// The ITIN, sealed by EC_v1: a text or `{"idNumber"}`.
    #[serde(default)]
    encrypted_id_number: Option<Container>,
    /// The ITIN in the clear, where the program allows it.
    #[serde(default)]
    id_number: Option<IdNumberPart>,
}

#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum IdNumberPart {
    Text(String),
    Member {
        #[serde(rename = "idNumber")]
        id_number: String,
    },
}

impl IdentityRequest {
    /// The number as given; empty if there is none.
    pub fn open(self, call: &Call) -> Result<String, Refusal> {
        let sealed = ("encryptedIdNumber", self.encrypted_id_number.as_ref());
        let number = call.open_either::<IdNumberPart, _>(sealed, ("idNumber", self.id_number))?;
        let text = |(IdNumberPart::Text(text) | IdNumberPart::Member { id_number: text })| text;
        Ok(number.map(text).unwrap_or_default())
    }
}

impl std::fmt::Debug for IdentityRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IdentityRequest(***)")
    }
}
