//! Settings of faults on purpose.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Faults on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Faults {
    /// Whether a call may ask for a fault of its own, in the header `X-Piebox-Fault`.
    pub by_header: bool,
}
