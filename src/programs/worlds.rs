//! The worlds of this process: read once, kept in a bounded cache, made when first asked for.
//!
//! The cache is right on its own where this process owns the database (SQLite). Where several
//! processes share one, each unit of work and each stamped read compares the version it decides by
//! with the stored one; a stale copy is then dropped and the call repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::Cache;
use tokio::sync::OnceCell;

use super::clock::{MoveMoment, TokenOrder, WorldClock};
use super::settings::{ClockStart, Settings};
use super::state::Shape;
use super::store;
use super::world::{Edition, World};
use crate::db::{Db, DbError, Key, KeyTurns, Scope, Turn};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::source::Source;
use crate::kernel::time::{Timestamp, WallClock};

/// How worlds come into being.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// What a new world's settings are.
    pub template: Settings,
    /// Whether an unknown code springs into being.
    pub create_unknown: bool,
    /// The server's seed; a world whose settings name no seed gets one from this and its code.
    pub seed: u64,
    /// What versions of new worlds are drawn from; unlike any other process's.
    pub instance: [u8; 32],
}

/// The worlds of this process.
#[derive(Debug)]
pub struct Worlds {
    db: Db,
    wall: Arc<dyn WallClock>,
    genesis: Genesis,
    cache: Cache<ProgramCode, Arc<World>>,
    made: AtomicU64,
    turns: KeyTurns,
    order: TokenOrder,
    shape: OnceCell<Arc<Shape>>,
}

impl Worlds {
    /// Keeps at most `cached_max` worlds in memory.
    pub fn new(db: Db, wall: Arc<dyn WallClock>, genesis: Genesis, cached_max: usize) -> Self {
        let (cache, made, turns) = (Cache::new(cached_max), AtomicU64::new(0), KeyTurns::default());
        let (order, shape) = (TokenOrder::default(), OnceCell::new());
        Self { db, wall, genesis, cache, made, turns, order, shape }
    }

    /// The world of this code, if it exists.
    pub async fn find(&self, code: &ProgramCode) -> Result<Option<Arc<World>>, DbError> {
        if let Some(world) = self.cache.get(code) {
            return Ok(Some(world));
        }
        // Under the world's shared lock, so that a change committing meanwhile is not overwritten
        // in the cache by the older copy read here.
        let mut unit = self.db.begin(Scope::beside([code], vec![])).await?;
        let found = store::find(&mut unit, code, &self.genesis.template).await?.map(Arc::new);
        unit.commit_then(|| found.inspect(|world| _ = self.keep(world))).await
    }

    /// Whether the world of this code may hold fault rules: false only if the copy at hand has
    /// none. Waits for nothing.
    pub fn may_have_faults(&self, code: &ProgramCode) -> bool {
        self.cache.get(code).is_none_or(|world| !world.faults.is_empty())
    }

    /// The world of this code, read anew if the copy at hand is of another version: for those who
    /// have just read the version.
    pub async fn find_version(
        &self,
        code: &ProgramCode,
        version: i64,
    ) -> Result<Option<Arc<World>>, DbError> {
        if self.cache.get(code).is_some_and(|world| world.edition.version != version) {
            self.forget(code);
        }
        self.find(code).await
    }

    /// The world of this code as it is stored now; made from the template if it is not there. For
    /// the control API: who has just changed a world through another process must see the change.
    pub async fn create_or_refresh(&self, code: &ProgramCode) -> Result<Arc<World>, DbError> {
        self.refresh(code);
        self.create(code).await
    }

    /// Drops the copy of a world where another process may have changed it.
    pub fn refresh(&self, code: &ProgramCode) {
        if !self.db.is_exclusive() {
            self.forget(code);
        }
    }

    /// The worlds with an account of this id: ids are unlike within a world, not across.
    pub async fn holding(&self, account: AccountId) -> Result<Vec<ProgramCode>, DbError> {
        store::holding(&mut &self.db, account).await
    }

    /// Whether the copy of a world in this process, if there is one, is the stored version.
    pub async fn is_fresh(&self, code: &ProgramCode) -> Result<bool, DbError> {
        match self.cache.get(code) {
            Some(world) if !self.db.is_exclusive() => {
                Ok(store::version(&mut &self.db, code).await? == Some(world.edition.version))
            }
            _ => Ok(true),
        }
    }

    /// The world of this code; made from the template if the setting allows it, else `None`.
    pub async fn enter(&self, code: &ProgramCode) -> Result<Option<Arc<World>>, DbError> {
        match self.find(code).await? {
            None if self.genesis.create_unknown => self.create(code).await.map(Some),
            found => Ok(found),
        }
    }

    /// The world of this code, made from the template if it is not there yet.
    pub async fn create(&self, code: &ProgramCode) -> Result<Arc<World>, DbError> {
        if let Some(world) = self.find(code).await? {
            return Ok(world);
        }
        let mut unit = self.db.begin(Scope::keys(vec![Key::world(code)])).await?;
        if let Some(world) = store::find(&mut unit, code, &self.genesis.template).await? {
            return unit.commit_then(|| self.keep(&Arc::new(world))).await;
        }
        let world = self.fresh(code, self.genesis.template.clone());
        store::insert(&mut unit, &world, self.wall())?;
        unit.commit_then(|| self.keep(&Arc::new(world))).await
    }

    /// A world that has just begun with these settings.
    pub(super) fn fresh(&self, code: &ProgramCode, mut settings: Settings) -> World {
        if settings.seed.is_none() {
            settings.seed = Some(format!("{}/{code}", self.genesis.seed));
        }
        let clock = self.first_clock(&settings.clock);
        let edition = Edition::born(self.first_version());
        World::new(code.clone(), edition, settings, clock, Vec::new())
    }

    /// A version that no world of this code has had: a copy of a deleted world is then never taken
    /// for its successor.
    pub(super) fn first_version(&self) -> i64 {
        const VERSIONS: u64 = 1 << 62;
        let number = self.made.fetch_add(1, Ordering::Relaxed).to_string();
        let drawn = Source::new(&self.genesis.instance, &["version", &number]).below(VERSIONS);
        i64::try_from(drawn).unwrap_or(0)
    }

    /// A name that nothing else of any process has.
    pub(super) fn unique(&self, kind: &str) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed).to_string();
        Source::new(&self.genesis.instance, &[kind, &number]).id(|guid| guid).simple().to_string()
    }

    /// The tables of a world's life, asked of the database once.
    pub(super) async fn shape(&self) -> Result<Arc<Shape>, DbError> {
        let read = async || Shape::read(&self.db).await.map(Arc::new);
        self.shape.get_or_try_init(read).await.cloned()
    }

    /// Waits for this process's turn to advance a world's clock; turns follow one another.
    pub async fn turn_to_advance(&self, code: &ProgramCode) -> Result<Turn, DbError> {
        self.turns.take(Key::advance(code)).await
    }

    /// Whether a world's clock is being advanced in this process.
    pub fn is_being_advanced(&self, code: &ProgramCode) -> bool {
        self.turns.is_taken(Key::advance(code))
    }

    /// The clock that a new or reset world begins with.
    pub(super) fn first_clock(&self, start: &ClockStart) -> WorldClock {
        let wall = self.wall();
        WorldClock::set_at(wall, start.now.unwrap_or(wall), start.mode)
    }

    /// What the settings of a new world are.
    pub fn template(&self) -> &Settings {
        &self.genesis.template
    }

    pub(super) fn db(&self) -> &Db {
        &self.db
    }

    /// The machine's moment; only clocks and leases are compared with it.
    pub fn wall(&self) -> Timestamp {
        self.wall.now()
    }

    /// The machine's moment for a token that is issued now.
    pub fn token_moment(&self) -> Timestamp {
        self.order.issue(self.wall())
    }

    /// A move of a clock made at the machine's moment `wall`, which is now.
    pub(super) fn move_moment(&self, wall: Timestamp) -> MoveMoment {
        self.order.move_at(wall)
    }

    /// Puts a changed world in the place of the older copy.
    pub(super) fn keep(&self, world: &Arc<World>) -> Arc<World> {
        self.cache.insert(world.code.clone(), Arc::clone(world));
        Arc::clone(world)
    }

    /// Drops the copy of a world that has changed elsewhere.
    pub fn forget(&self, code: &ProgramCode) {
        self.cache.remove(code);
    }
}
