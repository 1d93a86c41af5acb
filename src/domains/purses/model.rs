//! What a partner asks of a purse. The purse itself is a part of the account's model.

use chrono::NaiveDate;

use crate::domains::accounts::model::{PurseDetails, PurseType};
use crate::kernel::money::Amount;

/// The types that a partner can make: all but the one that every account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondaryType {
    /// Money put aside.
    Savings,
    /// Any other one.
    General,
}

impl SecondaryType {
    /// Every type that can be made.
    pub const ALL: [SecondaryType; 2] = [SecondaryType::Savings, SecondaryType::General];

    /// As purses know it.
    pub fn kind(self) -> PurseType {
        match self {
            SecondaryType::Savings => PurseType::Savings,
            SecondaryType::General => PurseType::General,
        }
    }
}

/// A purse that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPurse {
    /// What it is for.
    pub kind: SecondaryType,
    /// Not shown to the user.
    pub is_hidden: bool,
    /// Takes round-ups.
    pub is_round_up: bool,
    /// What the partner says of it.
    pub details: PurseDetails,
}

/// What changes of a purse; `None` leaves a member as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PurseChange {
    /// Another description, or none any more.
    pub description: Option<Option<String>>,
    /// Another goal, or none any more.
    pub goal_amount: Option<Option<Amount>>,
    /// Another day for it, or none any more.
    pub goal_date: Option<Option<NaiveDate>>,
    /// Another icon, or none any more.
    pub icon: Option<Option<String>>,
    /// Not shown to the user.
    pub is_hidden: Option<bool>,
    /// Takes round-ups.
    pub is_round_up: Option<bool>,
}
