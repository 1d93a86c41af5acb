//! Settings of account statements.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Account statements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statements {
    /// Whether cycles are closed by the clock, and the partner is told; where they are not, a
    /// statement is drawn when it is first asked for.
    pub automatic: bool,
}
