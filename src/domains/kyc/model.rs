//! What gates take and answer: documents, scans, and where a holder stands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domains::accounts::model::KycState;
use crate::kernel::ids::{AccountId, DocumentId, OnboardingId, UserId};
use crate::kernel::time::Timestamp;

/// A stored text that names no known state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no {1}")]
pub struct UnknownWord(String, &'static str);

/// What becomes of a document that is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DocumentOutcome {
    /// It proves the identity.
    Accept,
    /// It was read and does not prove the identity.
    Reject,
    /// It cannot be read.
    Unreadable,
    /// It bears another name.
    NameMismatch,
    /// Its pictures did not arrive.
    UploadFailure,
}

/// How far a document of the vendor's SDK has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DocumentState {
    /// Asked for; the customer has not been through the SDK.
    Requested,
    /// The SDK has taken it; the partner knows its id.
    Finished,
    /// The partner has handed the id in.
    Submitted,
}

macro_rules! words {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// The word in lists and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(UnknownWord(text.to_owned(), stringify!($name))),
                }
            }
        }
    };
}

words! { DocumentOutcome {
    Accept = "accept",
    Reject = "reject",
    Unreadable = "unreadable",
    NameMismatch = "nameMismatch",
    UploadFailure = "uploadFailure",
} }

words! { DocumentState {
    Requested = "requested",
    Finished = "finished",
    Submitted = "submitted",
} }

/// A document that the vendor's SDK is asked to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkDocument {
    /// `docvTransactionToken`: starts the SDK.
    pub token: String,
    /// `documentUuid`: what the SDK gives the partner in the end.
    pub id: DocumentId,
    /// Whose account.
    pub account: AccountId,
    /// Whose document.
    pub user: UserId,
    /// How far it has come.
    pub state: DocumentState,
    /// What becomes of it; `None` while it is requested.
    pub outcome: Option<DocumentOutcome>,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A scanned identity document that may replace the number of an applicant, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// `onboardingID`.
    pub id: OnboardingId,
    /// Whether somebody was enrolled with it.
    pub is_used: bool,
}

/// An identity document as given: its pictures in base64.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct GivenDocument {
    /// `documentFrontImage`.
    pub front: Option<String>,
    /// `documentBackImage`.
    pub back: Option<String>,
    /// `documentType`.
    pub kind: Option<String>,
    /// `documentCountryCode`.
    pub country: Option<String>,
}

impl fmt::Debug for GivenDocument {
    /// The pictures are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GivenDocument(***)")
    }
}

/// Which screening a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// That of the account.
    Account,
    /// That of its upgrade.
    Upgrade,
}

/// Where a holder stands at the gates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GateState {
    /// The screening.
    pub kyc: KycState,
    /// Tries at the full number that are left, where that gate is open or was just closed.
    pub attempts_remaining: Option<u32>,
}
