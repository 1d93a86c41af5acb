//! Settings of the operations that test webhooks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::at;
use crate::kernel::strict_json::JsonProblem;

/// The operations that test webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TestEvents {
    /// The key that test events are signed with, 1 to 200 characters; without it they are not
    /// signed, and no signature is looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub signing_key: Option<String>,
}

impl super::Settings {
    pub(super) fn check_test_events(&self) -> Result<(), JsonProblem> {
        let key = self.test_events.signing_key.as_ref();
        if key.is_some_and(|key| !(1..=200).contains(&key.chars().count())) {
            return Err(at("testEvents.signingKey", "must have 1 to 200 characters"));
        }
        Ok(())
    }
}
