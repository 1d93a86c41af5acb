//! A feature: as the program offers it, and as an account has it.

use crate::domains::accounts::model::Standing;
use crate::kernel::time::Timestamp;

/// A feature that a program offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer<'a> {
    /// As configured; letter case does not matter.
    pub id: &'a str,
    /// Of the features of one group an account has one at most.
    pub group: Option<&'a str>,
    /// It takes the place of another one of its group, instead of being refused.
    pub replaces: bool,
    /// Identifier of the terms that it asks for.
    pub terms: Option<&'a str>,
    /// Leaving it opts out of these terms.
    pub opts_out: bool,
}

/// A feature that an account is enrolled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// As it was configured when the account was enrolled.
    pub id: String,
    /// Since when.
    pub started_at: Timestamp,
}

/// What an account is enrolled in, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The version of the world that it was read in; 0 if the world is gone.
    pub world_version: i64,
    /// The account's status; `None` if there is no such account.
    pub standing: Option<Standing>,
    /// Its features, those it has longest first.
    pub enrolled: Vec<Enrolled>,
}

/// Whether two ids name the same feature.
pub fn is_same(id: &str, other: &str) -> bool {
    id.eq_ignore_ascii_case(other)
}
