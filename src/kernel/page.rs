//! Pages of lists: how many entries, and how many to pass over.

/// Entries of one page at most.
pub const LIMIT_MAX: u32 = 1_000;
/// Entries of one page when nothing is said.
pub const LIMIT_DEFAULT: u32 = 100;

/// One page of a list, as SQL wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Entries at most, 1 to [`LIMIT_MAX`].
    pub limit: i64,
    /// Entries to pass over.
    pub offset: i64,
}

impl Page {
    /// The page that was asked for, held within bounds.
    pub fn of(limit: Option<u32>, offset: Option<u32>) -> Self {
        let limit = limit.unwrap_or(LIMIT_DEFAULT).clamp(1, LIMIT_MAX);
        Self { limit: i64::from(limit), offset: i64::from(offset.unwrap_or(0)) }
    }
}
