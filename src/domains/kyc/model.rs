//! What gates take and answer: documents, scans, and where a holder stands.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domains::accounts::model::{DocumentOutcome, KycState};
use crate::kernel::ids::{AccountId, DocumentId, OnboardingId, UserId};
use crate::kernel::time::Timestamp;

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

impl DocumentState {
    /// The word in lists and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            DocumentState::Requested => "requested",
            DocumentState::Finished => "finished",
            DocumentState::Submitted => "submitted",
        }
    }

    /// The state of that name.
    pub fn read(text: &str) -> Option<Self> {
        [Self::Requested, Self::Finished, Self::Submitted]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

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
