//! Pages of lists: how many entries, and how many to pass over.

use serde::Deserialize;

/// Entries of one page at most.
pub const LIMIT_MAX: u32 = 1_000;
/// Entries of one page when nothing is said.
const LIMIT_DEFAULT: u32 = 100;

/// How many entries a page was asked to have, 1 to [`LIMIT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct Limit(u32);

impl Limit {
    /// As many as a page may have.
    pub const MOST: Self = Self(LIMIT_MAX);
}

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

impl TryFrom<u32> for Limit {
    type Error = String;

    fn try_from(limit: u32) -> Result<Self, String> {
        match limit {
            1..=LIMIT_MAX => Ok(Self(limit)),
            _ => Err(format!("must be 1 to {LIMIT_MAX}")),
        }
    }
}

/// One page of a list, as SQL wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Entries at most, 1 to [`LIMIT_MAX`].
    pub limit: i64,
    /// Entries to pass over.
    pub offset: i64,
}

impl Page {
    /// The page that was asked for.
    pub fn of(limit: Option<Limit>, offset: Option<u32>) -> Self {
        let Limit(limit) = limit.unwrap_or_default();
        Self { limit: i64::from(limit), offset: i64::from(offset.unwrap_or(0)) }
    }
}
