//! An adjustment: what was asked for and what became of it.

use crate::kernel::ids::AdjustmentId;
use crate::kernel::money::{Amount, Charge};
use crate::kernel::movements::Direction;
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// `adjustmentStatus`.
    AdjustmentStatus {
        /// The processor has not answered; it is asked again.
        Pending = "pending",
        /// Posted.
        Completed = "completed",
        /// Not posted, for good.
        Declined = "declined",
    }

    /// `adjustmentStatusReason`.
    AdjustmentReason {
        /// It went well.
        Success = "success",
        /// The money was not there.
        InsufficientFunds = "insufficientFunds",
        /// The processor did not answer.
        Timeout = "timeout",
    }
}

/// What a partner asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAdjustment {
    /// The partner's own id.
    pub id: AdjustmentId,
    /// `adjustmentType`, a name of the program's configuration.
    pub kind: String,
    /// How much.
    pub amount: Amount,
    /// What the customer pays for it.
    pub fee: Charge,
    /// ISO 4217.
    pub currency: String,
    /// Shown in the history.
    pub description: Option<String>,
    /// Lets a debit take the account below zero.
    pub debit_to_negative: bool,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// What was asked for.
    pub asked: NewAdjustment,
    /// How it stands.
    pub status: AdjustmentStatus,
    /// Why.
    pub reason: AdjustmentReason,
    /// Which way its type moved money when it was asked for.
    pub direction: Direction,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was posted; until then, when it was asked for.
    pub transaction_at: Timestamp,
}
