//! Settings of the journal of calls.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::at;
use crate::kernel::strict_json::JsonProblem;

/// Calls that a world may keep.
const CALLS_MAX: u32 = 10_000;
/// Bytes that it may keep of one body.
const BODY_BYTES_MAX: u32 = 65_536;

/// The journal of calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Journal {
    /// Calls that are kept, the latest ones, 0 to 10,000; 0 keeps none.
    #[schema(minimum = 0, maximum = 10_000)]
    pub calls: u32,
    /// Bytes that are kept of each body, 0 to 65,536; 0 keeps none.
    #[schema(minimum = 0, maximum = 65_536)]
    pub body_bytes: u32,
}

impl super::Settings {
    pub(super) fn check_journal(&self) -> Result<(), JsonProblem> {
        let Journal { calls, body_bytes } = self.journal;
        if calls > CALLS_MAX {
            return Err(at("journal.calls", format!("must be 0 to {CALLS_MAX}")));
        }
        if body_bytes > BODY_BYTES_MAX {
            return Err(at("journal.bodyBytes", format!("must be 0 to {BODY_BYTES_MAX}")));
        }
        Ok(())
    }
}
