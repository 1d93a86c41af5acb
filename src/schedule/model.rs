//! Tasks: what is to be done, for whom and when.

use serde::{Deserialize, Serialize};

use crate::kernel::ids::{AccountId, ProgramCode, TaskId};
use crate::kernel::time::Timestamp;

/// The name of [`Work::OrderCards`] in the database and in lists.
pub const ORDER_CARDS: &str = "orderCards";
/// The name of [`Work::UnblockCards`].
pub const UNBLOCK_CARDS: &str = "unblockCards";
/// The name of [`Work::ReviewOfac`].
pub const REVIEW_OFAC: &str = "reviewOfac";

/// What is to be done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Work {
    /// Order the cards once more.
    OrderCards {
        /// Which try this is; the enrollment itself was the first.
        attempt: u32,
    },
    /// Try once more to unblock the cards.
    UnblockCards {
        /// Which retry this is, from 1.
        attempt: u32,
        /// The retry that succeeds, if any does.
        succeeds_on: Option<u32>,
    },
    /// End the review of a sanctions match.
    ReviewOfac {
        /// How it ends.
        result: Review,
    },
}

/// How a review ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Review {
    /// The match was another person.
    Clear,
    /// The match is confirmed.
    Fail,
}

impl Work {
    /// Its name in the database and in lists.
    pub fn kind(self) -> &'static str {
        match self {
            Work::OrderCards { .. } => ORDER_CARDS,
            Work::UnblockCards { .. } => UNBLOCK_CARDS,
            Work::ReviewOfac { .. } => REVIEW_OFAC,
        }
    }
}

/// A task whose moment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its world.
    pub program: ProgramCode,
    /// The version of the world by whose clock it is due.
    pub world_version: i64,
    /// The task.
    pub id: TaskId,
    /// Whom it is about.
    pub account: AccountId,
    /// What is to be done.
    pub work: Work,
}

/// A task that is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is.
    pub kind: String,
    /// When it falls due, on the world's clock.
    pub due_at: Timestamp,
}

/// A task that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// What it was.
    pub kind: String,
    /// When it was done, on the world's clock.
    pub at: Timestamp,
    /// Whom it was about.
    pub account: String,
    /// What came of it.
    pub result: String,
}
