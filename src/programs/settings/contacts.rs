//! Settings of contact verification: codes sent to phones and e-mail addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::at;
use crate::kernel::strict_json::JsonProblem;

/// Codes sent to phones and e-mail addresses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContactVerification {
    /// Tries at a code, 1 to 20.
    #[schema(minimum = 1, maximum = 20)]
    pub tries: u32,
    /// Minutes on the world's clock that a code is good for, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    pub lifetime_minutes: u32,
    /// Whether enrollments are refused that name a contact which is not verified.
    pub strict: bool,
    /// The code of every verification, 4 to 10 digits; without it, six digits are drawn each time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 4, max_length = 10)]
    pub code: Option<String>,
}

impl super::Settings {
    pub(super) fn check_contacts(&self) -> Result<(), JsonProblem> {
        let ContactVerification { tries, lifetime_minutes, code, .. } = &self.contact_verification;
        if !(1..=20).contains(tries) {
            return Err(at("contactVerification.tries", "must be 1 to 20"));
        }
        if !(1..=1_440).contains(lifetime_minutes) {
            return Err(at("contactVerification.lifetimeMinutes", "must be 1 to 1440"));
        }
        let is_code = |code: &String| {
            (4..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
        };
        if code.as_ref().is_some_and(|code| !is_code(code)) {
            return Err(at("contactVerification.code", "must be 4 to 10 digits"));
        }
        Ok(())
    }
}
