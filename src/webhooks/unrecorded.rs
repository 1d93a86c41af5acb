//! Deliveries whose outcome could not be recorded. Each stays leased and is sent again; whoever
//! waits for what is due in its world must know, or waits for ever.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::db::DbError;
use crate::kernel::ids::ProgramCode;

/// Worlds remembered at most.
const WORLDS_MAX: usize = 1_000;

/// What could not be recorded.
#[derive(Debug, Default)]
pub(super) struct Unrecorded(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// Deliveries so far, of all worlds.
    count: u64,
    /// By world, the number of the last one and why.
    last: HashMap<ProgramCode, (u64, DbError)>,
}

/// How far things had gone at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Mark(u64);

impl Unrecorded {
    pub fn mark(&self) -> Mark {
        Mark(self.known().count)
    }

    pub fn note(&self, program: &ProgramCode, cause: DbError) {
        let mut known = self.known();
        if known.last.len() >= WORLDS_MAX {
            // One that goes on failing is soon here again.
            known.last.clear();
        }
        known.count += 1;
        let number = known.count;
        known.last.insert(program.clone(), (number, cause));
    }

    /// Why the last one of a world was not recorded, if that was behind the mark.
    pub fn since(&self, program: &ProgramCode, mark: Mark) -> Option<DbError> {
        let known = self.known();
        let (number, cause) = known.last.get(program)?;
        (*number > mark.0).then(|| cause.clone())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
