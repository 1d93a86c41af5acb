//! The state of a world as a whole: snapshots, forks, and the file that a world travels in.
//!
//! All of it is one thing done in SQL: the rows of a world's life are copied, table by table, from
//! one code to another. A snapshot is a copy under a code that no program can have (`wf/before`),
//! a fork a copy under the code of another program; an export reads such a copy out page by page,
//! and an import fills one before it takes the place of the world. So each is one unit of work,
//! never more than a page is in memory, and nobody waits for a slow reader. Which tables there are
//! stands in one list, `LIFE_TABLES`; their columns are asked of the database.
//!
//! - [`ops`]: taking and restoring snapshots, forking
//! - [`export`], [`import`]: the file, line by line
//! - [`mod@file`]: its form, and which versions of it are read
//!
//! Left out: the clock's past (a copy shows the moment of the original and remembers no moves), and
//! refreshing what texts already say: an event that was recorded in one program goes on naming it.

pub mod export;
pub mod file;
pub mod import;
pub mod ops;
pub(super) mod store;

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::clock::ClockMode;
use super::ops::WorldError;
use crate::db::DbError;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;

pub use store::Shape;

/// Snapshots that one world may have.
pub const SNAPSHOTS_MAX: usize = 20;

/// The name of a snapshot: 1 to 50 letters, digits, dots, hyphens or underscores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotName(String);

impl SnapshotName {
    /// The snapshot that a reset returns to.
    pub const SEED: &str = "seed";

    /// The name of the snapshot that a reset returns to.
    pub fn seed() -> Self {
        Self(Self::SEED.to_owned())
    }

    /// As it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SnapshotName {
    type Err = StateError;

    fn from_str(text: &str) -> Result<Self, StateError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if (1..=50).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(StateError::Name)
        }
    }
}

/// A snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Its name.
    pub name: String,
    /// Whether the clock ran or stood.
    pub clock_mode: ClockMode,
    /// What the clock showed, and shows again after it is restored.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
}

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The name of a snapshot.
    #[error("name: must be 1 to 50 letters, digits, dots, hyphens or underscores")]
    Name,
    /// There is a snapshot of this name.
    #[error("there is a snapshot {0} already; give \"replace\": true to take it anew")]
    Taken(String),
    /// There are too many.
    #[error("the program has {SNAPSHOTS_MAX} snapshots already; delete some")]
    TooMany,
    /// No such snapshot.
    #[error("program {0} has no snapshot {1}")]
    NoSnapshot(ProgramCode, String),
    /// The program that a fork should become.
    #[error("to: program {0} exists already; DELETE it first, or take another code")]
    Exists(ProgramCode),
    /// The file cannot be read.
    #[error("{0}")]
    File(String),
    /// The world itself.
    #[error(transparent)]
    World(#[from] WorldError),
}

impl From<DbError> for StateError {
    fn from(error: DbError) -> Self {
        StateError::World(WorldError::Db(error))
    }
}
