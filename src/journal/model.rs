//! A refused call, and how it is told again.

use crate::kernel::ids::RequestId;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// Refusals that a world keeps; older ones make room for newer.
pub const KEPT_MAX: i64 = 1_000;

/// Refusals of one request id told at once.
pub const EXPLAINED_MAX: i64 = 100;

/// Characters kept of a text that the caller has a hand in.
const TEXT_MAX: usize = 1_000;

/// A call that was refused.
#[derive(Debug, Clone, PartialEq)]
pub struct RefusedCall {
    /// Its request id.
    pub request_id: RequestId,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path as it was called, without the query.
    pub path: String,
    /// Who called, if the token was genuine.
    pub client: Option<String>,
    /// What was answered.
    pub refusal: Refusal,
}

/// A refused call as it is told again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// When it was answered, on the world's clock.
    pub at: Timestamp,
    /// `GET`, `POST` and so on.
    pub method: String,
    /// The path as it was called, without the query.
    pub path: String,
    /// Who called, if the token was genuine.
    pub client: Option<String>,
    /// HTTP status.
    pub http_status: i64,
    /// `responseDetails[].code`.
    pub code: i64,
    /// `responseDetails[].subCode`.
    pub sub_code: i64,
    /// `responseDetails[].description`.
    pub description: String,
    /// Id of the rule that refused.
    pub rule: String,
    /// What was read and found wanting.
    pub facts: String,
    /// Where the rule is documented, or that it is our reading.
    pub source: String,
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
