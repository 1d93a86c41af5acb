//! What a fault leaves behind at the answer that it struck.

use crate::kernel::ids::FaultId;

/// One fault that struck a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// The rule; `None` if the call asked for it itself.
    pub fault_id: Option<FaultId>,
    /// What it did.
    pub kind: &'static str,
}

/// The faults that struck a call: an extension of its answer, also of one that never leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Struck(pub Vec<Strike>);
