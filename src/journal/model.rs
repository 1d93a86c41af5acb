//! A call as it is handed in by whoever answered it, and as it is kept and told again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::kernel::ids::{CallId, FaultId, Life, ProgramCode};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// Bytes of a body that is looked into; of a longer one only its length is kept.
pub const BODY_READ_MAX: u64 = 256 * 1_024;

/// Characters kept of a text that the caller has a hand in.
const TEXT_MAX: usize = 1_000;

/// What a world wants to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Calls; older ones make room for newer.
    pub calls: usize,
    /// Bytes of each body; 0 keeps none.
    pub body_bytes: usize,
}

/// What kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A call of a partner.
    Call,
    /// A call of the control API that changed something.
    Control,
    /// The call of the control API that began the life of the program anew.
    Reset,
    /// Calls that could not be kept.
    Lost,
}

impl Kind {
    /// Its name in the database.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Kind::Call => "call",
            Kind::Control => "control",
            Kind::Reset => "reset",
            Kind::Lost => "lost",
        }
    }
}

/// A call that was answered, or given up by its caller. Nothing has been taken out of it yet: it
/// stays in memory until it is written.
#[derive(Debug)]
pub struct CallRecord {
    /// The call.
    pub id: CallId,
    /// Whose it is.
    pub kind: Kind,
    /// Its world.
    pub program: ProgramCode,
    /// The life of it that the call met: it is kept in that one or not at all.
    pub life: Life,
    /// What the world wants to be kept.
    pub kept: Kept,
    /// When it came in, on the world's clock.
    pub at: Timestamp,
    /// When it came in, on the wall.
    pub wall: Timestamp,
    /// Milliseconds until it was answered.
    pub duration_ms: u64,
    /// What was asked.
    pub asked: Asked,
    /// What was answered; `None` if the caller had gone.
    pub answered: Option<Answered>,
}

/// What was asked.
#[derive(Debug, Default)]
pub struct Asked {
    /// `GET`, `POST` and so on.
    pub method: String,
    /// As it was called, without the query.
    pub path: String,
    /// In its documented form.
    pub plain_path: String,
    /// As it was called.
    pub query: Option<String>,
    /// The documented path that it fits.
    pub template: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// The request id in small letters, if it is a GUID.
    pub request_id: Option<String>,
    /// Who called, if the token was genuine.
    pub caller: Option<String>,
    /// The body, as far as it was read.
    pub body: RawBody,
}

/// What was answered.
#[derive(Debug)]
pub struct Answered {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: RawBody,
    /// Why it was refused, if it was.
    pub refusal: Option<Refusal>,
    /// Faults that struck.
    pub faults: Vec<StruckFault>,
}

/// A fault that struck a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StruckFault {
    /// The rule; `None` if the call asked for it itself.
    pub fault_id: Option<FaultId>,
    /// What it did.
    pub kind: &'static str,
}

/// A body as it travelled.
#[derive(Debug, Default)]
pub struct RawBody {
    /// `Content-Type`.
    pub media_type: Option<String>,
    /// Bytes, where that is known.
    pub length: Option<u64>,
    /// The bytes themselves, if there were any and not more than [`BODY_READ_MAX`].
    pub bytes: Option<Box<[u8]>>,
}

impl CallRecord {
    /// Bytes that it takes while it waits to be written, about.
    pub(super) fn weight(&self) -> usize {
        let body = |body: &RawBody| body.bytes.as_ref().map_or(0, |bytes| bytes.len());
        let answer = self.answered.as_ref().map_or(0, |answered| body(&answered.body));
        const REST: usize = 1_024;
        REST + body(&self.asked.body) + answer
    }
}

/// A call as it is kept and told again: nothing secret is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The call. Later calls have greater ones; events name the one that caused them.
    #[schema(example = "0001d13c5a2f8000-5f3a9c01")]
    pub call_id: String,
    /// A partner's call, or one of the control API.
    pub kind: Kind,
    /// When it came in, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// When it came in, on the wall.
    #[schema(value_type = String, format = DateTime)]
    pub wall_at: Timestamp,
    /// Milliseconds on the wall until it was answered.
    pub duration_ms: u64,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// As it was called, without the query.
    pub path: String,
    /// The documented path that it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The operation, as the OpenAPI document names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The request id in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    pub request_id: Option<String>,
    /// Who called; left out if the token was not genuine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
    /// The account that it is about, where path or bodies name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    pub account_identifier: Option<String>,
    /// The query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// What was sent.
    pub request: KeptBody,
    /// What was answered; left out if the caller had gone before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<KeptAnswer>,
    /// Calls that this entry stands for, if it is about lost ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
}

/// What was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// `responseDetails[].code`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// `responseDetails[].subCode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_code: Option<i64>,
    /// `responseDetails[].description`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Why it was refused, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<KeptRefusal>,
    /// Faults that struck.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<KeptFault>,
    #[serde(flatten)]
    #[schema(inline)]
    /// The body.
    pub body: KeptBody,
}

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptRefusal {
    /// Id of the rule that refused.
    pub rule: String,
    /// What was read and found wanting.
    pub facts: String,
    /// Where the rule is documented, or that it is our reading.
    pub source: String,
    /// What would make the call pass, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// A fault that struck a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptFault {
    /// The rule; left out if the call asked for it itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    pub fault_id: Option<String>,
    /// What it did.
    pub kind: String,
}

/// What is kept of a body.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeptBody {
    /// `Content-Type`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Bytes that travelled; left out where nobody read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u64>,
    /// The JSON, with stars in place of what is secret. Of other bodies nothing is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub body: Option<Json>,
    /// Whether something of the JSON was left out for its size.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
}

/// A text as it is kept: one line of bounded length, without the characters that a database or a
/// terminal stumbles over.
pub(super) fn kept(text: &str) -> String {
    text.chars().take(TEXT_MAX).map(|c| if c.is_control() { '?' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_kept_is_one_short_line(text in "(?s).{0,1200}") {
            let kept = kept(&text);
            prop_assert_eq!(kept.chars().count(), text.chars().count().min(TEXT_MAX));
            prop_assert!(!kept.chars().any(char::is_control));
        }
    }
}
