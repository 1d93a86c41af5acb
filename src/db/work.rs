//! A unit of work: take the keys, read the facts, decide, collect the writes, commit them in one
//! trip.
//!
//! Writes are collected, not sent, so a unit that is dropped leaves nothing behind, and a unit that
//! commits costs one trip for all its writes. Two rules follow for those who write statements:
//! a unit does not read what it has itself collected, and it writes one row at most once (Postgres
//! runs the collected statements side by side, not one after the other). Where what is emptied must
//! be filled anew, [`Work::next_step`] puts the one behind the other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::kernel::ids::{CallId, ProgramCode};

use super::cause;
use super::error::DbError;
use super::keys::{Key, KeyHold};
use super::news::News;
use super::value::Statement;
use super::{Db, Engine, Row, postgres, sqlite, veto};

/// What a unit of work is about.
#[derive(Debug, Clone)]
pub struct Scope<'a> {
    /// The world, and the version of it, that the unit decides by; checked under the lock.
    pub(super) decides_by: Option<(&'a ProgramCode, i64)>,
    /// Worlds that are kept from changing: held beside other units that do the same.
    pub(super) shared: Vec<Key>,
    /// Held alone.
    pub(super) keys: Vec<Key>,
}

impl<'a> Scope<'a> {
    /// A unit inside a world, beside other units: it decides by the settings and clock of
    /// `version`, and fails with [`DbError::WorldMoved`] if these have changed meanwhile.
    pub fn in_world(program: &'a ProgramCode, version: i64, keys: Vec<Key>) -> Self {
        Self { decides_by: Some((program, version)), ..Self::beside([program], keys) }
    }

    /// A unit inside worlds, beside other units, that decides by none of their settings and not by
    /// their clocks: it keeps the worlds from changing and takes them as they are.
    pub fn beside<'p>(programs: impl IntoIterator<Item = &'p ProgramCode>, keys: Vec<Key>) -> Self {
        let shared = sorted(programs.into_iter().map(Key::world).collect());
        Self { decides_by: None, shared, keys: sorted(keys) }
    }

    /// A unit that has its keys and nothing else: changes of whole worlds, and the queue of
    /// deliveries.
    pub fn keys(keys: Vec<Key>) -> Self {
        Self { decides_by: None, shared: Vec::new(), keys: sorted(keys) }
    }
}

/// One order for all callers, and no key twice.
fn sorted(mut keys: Vec<Key>) -> Vec<Key> {
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A unit of work under way. Dropping it keeps nothing.
#[derive(Debug)]
pub struct Work {
    engine: Side,
    /// Statements of one step run side by side, the steps one after the other. Never empty.
    steps: Vec<Vec<Statement>>,
    rings: bool,
    cause: Option<CallId>,
    doorbell: Arc<Notify>,
    told: Vec<ProgramCode>,
    news: News,
    // Last, so that the keys are let go of only after everything else.
    hold: KeyHold,
}

#[derive(Debug)]
enum Side {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Transaction),
}

impl Work {
    pub(super) async fn begin(
        db: &Db,
        scope: Scope<'_>,
        lock_wait: Duration,
    ) -> Result<Self, DbError> {
        let hold = db.locks.take(&scope.shared, &scope.keys, lock_wait).await?;
        let engine = match &db.engine {
            Engine::Sqlite(sqlite) => {
                if let Some((program, version)) = scope.decides_by {
                    sqlite.expect_version(program, version).await?;
                }
                Side::Sqlite(sqlite.clone())
            }
            Engine::Postgres(pool) => {
                Side::Postgres(postgres::Transaction::begin(pool, &scope, lock_wait).await?)
            }
        };
        let (doorbell, news) = (Arc::clone(&db.doorbell), db.news.clone());
        let (steps, told, cause) = (vec![Vec::new()], Vec::new(), cause::present());
        Ok(Self { engine, steps, rings: false, cause, doorbell, told, news, hold })
    }

    /// All rows of a reading statement, as committed before this unit: one trip.
    pub async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, DbError> {
        match &mut self.engine {
            Side::Sqlite(sqlite) => sqlite.read(statement).await,
            Side::Postgres(transaction) => transaction.read(statement).await,
        }
    }

    /// The call on whose behalf the unit was begun; `None` for what happens by itself.
    pub fn cause(&self) -> Option<CallId> {
        self.cause
    }

    /// Collects a writing statement.
    pub fn write(&mut self, statement: Statement) {
        if let Some(step) = self.steps.last_mut() {
            step.push(statement);
        }
    }

    /// What is collected from here on runs after what was collected before, and sees it.
    pub fn next_step(&mut self) {
        self.steps.push(Vec::new());
    }

    /// Has the commit ring the doorbell: there is work for those who wait on [`Db::rung`].
    pub fn ring_on_commit(&mut self) {
        self.rings = true;
    }

    /// Has the commit wake those who wait for news of this world.
    pub fn tell_on_commit(&mut self, program: &ProgramCode) {
        if !self.told.contains(program) {
            self.told.push(program.clone());
        }
    }

    /// Sends what was collected, all or nothing, and lets go of the keys.
    pub async fn commit(self) -> Result<(), DbError> {
        self.commit_then(|| ()).await
    }

    /// As [`Work::commit`], and runs `then` after the commit while the keys are still held.
    pub async fn commit_then<T>(self, then: impl FnOnce() -> T) -> Result<T, DbError> {
        if self.steps.iter().any(|step| !step.is_empty()) && veto::forbids_commit() {
            return Err(DbError::Vetoed);
        }
        // The hold travels with the writes: a caller that goes away in the middle of a commit must
        // not free the keys before the commit is decided.
        let hold = match self.engine {
            Side::Sqlite(sqlite) => sqlite.write(self.steps.concat(), self.hold).await?,
            Side::Postgres(transaction) => {
                transaction.commit(self.steps).await?;
                Some(self.hold)
            }
        };
        let result = then();
        drop(hold);
        if self.rings {
            self.doorbell.notify_one();
        }
        self.told.iter().for_each(|program| self.news.tell(program));
        Ok(result)
    }
}
