//! Snapshots and forks. Each is one unit of work under the world's own key, so no call sees half.

use std::sync::Arc;

use super::file::Shown;
use super::store::{self, Copy};
use super::{SNAPSHOTS_MAX, Snapshot, SnapshotName, StateError};
use crate::db::{DbError, Key, Scope, Work};
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::clock::WorldClock;
use crate::programs::ops::{self, WorldError, begin, expect};
use crate::programs::settings::{Settings, brought_up_to_date};
use crate::programs::store as worlds_store;
use crate::programs::world::{Edition, World};
use crate::programs::worlds::Worlds;

/// How long a copy that is needed in passing may be left lying about, in milliseconds: longer than
/// any export or import takes.
const PASSING_MS: i64 = 3_600_000;

/// Takes a snapshot. One of the same name is replaced if asked for, else refused.
pub async fn take_snapshot(
    worlds: &Worlds,
    code: &ProgramCode,
    name: &SnapshotName,
    replace: bool,
) -> Result<Snapshot, StateError> {
    sweep_passing(worlds).await?;
    let shape = worlds.shape().await?;
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let known = store::snapshots(&mut unit, code).await?;
    let copy = copy_of(worlds, &world, format!("{code}/{}", name.as_str()))?;
    if known.iter().any(|snapshot| snapshot.name == name.as_str()) {
        if !replace {
            return Err(StateError::Taken(name.as_str().to_owned()));
        }
        store::delete_copy(&mut unit, code, &copy.code);
        unit.next_step();
    } else if known.len() >= SNAPSHOTS_MAX {
        return Err(StateError::TooMany);
    }
    store::copy_life(&mut unit, &shape, code.as_str(), &copy.code);
    store::insert_copy(&mut unit, code, (&copy, Some(name)), worlds.wall());
    unit.commit().await?;
    let Shown { mode, now } = copy.clock;
    Ok(Snapshot { name: name.as_str().to_owned(), clock_mode: mode, now })
}

/// The snapshots of a world, oldest first.
pub async fn list_snapshots(
    worlds: &Worlds,
    code: &ProgramCode,
) -> Result<Vec<Snapshot>, StateError> {
    Ok(store::snapshots(&mut worlds.db(), code).await?)
}

/// Removes a snapshot.
pub async fn delete_snapshot(
    worlds: &Worlds,
    code: &ProgramCode,
    name: &SnapshotName,
) -> Result<(), StateError> {
    let mut unit = begin(worlds, code).await?;
    let copy = store::find_snapshot(&mut unit, code, name).await?;
    store::delete_copy(&mut unit, code, &copy.code);
    Ok(unit.commit().await?)
}

/// Puts a world back to a snapshot: everything that has happened since is gone, and the clock shows
/// the moment of the snapshot again. Snapshots stay.
pub async fn restore_snapshot(
    worlds: &Worlds,
    code: &ProgramCode,
    name: &SnapshotName,
) -> Result<Arc<World>, StateError> {
    let shape = worlds.shape().await?;
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let copy = store::find_snapshot(&mut unit, code, name).await?;
    let settings = settings_of(worlds, &copy)?;
    worlds_store::delete_life(&mut unit, code);
    unit.next_step();
    store::copy_life(&mut unit, &shape, &copy.code, code.as_str());
    worlds_store::update(&mut unit, &successor(worlds, &world, settings, copy.clock))?;
    commit(worlds, unit, code).await
}

/// Lets a world begin anew: as its snapshot [`SnapshotName::SEED`] has it, or empty if it has none.
pub async fn reset(worlds: &Worlds, code: &ProgramCode) -> Result<Arc<World>, StateError> {
    match restore_snapshot(worlds, code, &SnapshotName::seed()).await {
        Err(StateError::NoSnapshot(..)) => Ok(ops::reset(worlds, code).await?),
        restored => restored,
    }
}

/// Makes another world that is this one as it now stands: accounts, history, settings, seed, clock,
/// and what is still to happen. From then on the two go their own ways.
pub async fn fork(
    worlds: &Worlds,
    code: &ProgramCode,
    to: &ProgramCode,
) -> Result<Arc<World>, StateError> {
    let shape = worlds.shape().await?;
    let keys = vec![Key::world(code), Key::world(to)];
    let mut unit = worlds.db().begin(Scope::keys(keys)).await?;
    let world = expect(worlds, &mut unit, code).await?;
    if worlds_store::find(&mut unit, to, worlds.template()).await?.is_some() {
        return Err(StateError::Exists(to.clone()));
    }
    let shown = shown(worlds, &world);
    let born = newborn(worlds, to, world.settings, shown);
    worlds_store::insert(&mut unit, &born, worlds.wall())?;
    store::copy_life(&mut unit, &shape, code.as_str(), to.as_str());
    commit(worlds, unit, to).await
}

/// Removes copies in passing that were made before a wall moment: whoever made them has gone away.
pub async fn sweep(worlds: &Worlds, before: Timestamp) -> Result<(), DbError> {
    for (program, copy) in store::passing_before(&mut worlds.db(), before).await? {
        let mut unit = worlds.db().begin(Scope::keys(vec![])).await?;
        store::delete_copy(&mut unit, &program, &copy);
        unit.commit().await?;
    }
    Ok(())
}

/// What the clock of a world shows.
pub(super) fn shown(worlds: &Worlds, world: &World) -> Shown {
    Shown { mode: world.clock.mode(), now: world.now(worlds.wall()) }
}

/// The record of a copy of a world as it now stands.
pub(super) fn copy_of(worlds: &Worlds, world: &World, code: String) -> Result<Copy, DbError> {
    let settings = serde_json::to_value(&world.settings)
        .map_err(|cause| DbError::Unreadable(cause.to_string()))?;
    Ok(Copy { code, settings, clock: shown(worlds, world) })
}

/// The code of a copy that is needed in passing.
pub(super) fn passing_code(worlds: &Worlds, program: &ProgramCode) -> String {
    // Two slashes: no snapshot has such a code.
    format!("{program}//{}", worlds.unique("copy"))
}

/// Sweeps up what earlier exports and imports may have left behind.
pub(super) async fn sweep_passing(worlds: &Worlds) -> Result<(), DbError> {
    sweep(worlds, worlds.wall().plus_millis(-PASSING_MS)).await
}

fn settings_of(worlds: &Worlds, copy: &Copy) -> Result<Settings, DbError> {
    let stored = brought_up_to_date(copy.settings.clone());
    let settings = worlds.template().laid_under(&stored);
    settings.map_err(|problem| DbError::Unreadable(format!("world_copies.settings: {problem}")))
}

/// A world in the place of an older one: a higher version, another life, and a clock that still
/// knows when older tokens were issued.
pub(super) fn successor(worlds: &Worlds, world: &World, settings: Settings, shown: Shown) -> World {
    let clock = world.clock.moved(worlds.move_moment(worlds.wall()), shown.now, shown.mode);
    World::new(world.code.clone(), world.edition.reborn(), settings, clock, Vec::new())
}

/// A world of a code that had none.
pub(super) fn newborn(
    worlds: &Worlds,
    code: &ProgramCode,
    settings: Settings,
    shown: Shown,
) -> World {
    let clock = WorldClock::set_at(worlds.wall(), shown.now, shown.mode);
    let edition = Edition::born(worlds.first_version());
    World::new(code.clone(), edition, settings, clock, Vec::new())
}

/// Commits a world whose rows were put in place by SQL alone, and reads it.
pub(super) async fn commit(
    worlds: &Worlds,
    mut unit: Work,
    code: &ProgramCode,
) -> Result<Arc<World>, StateError> {
    // Deliveries that were pending are so again.
    unit.ring_on_commit();
    worlds.forget(code);
    unit.commit_then(|| worlds.forget(code)).await?;
    let found = worlds.find(code).await?;
    let gone = || WorldError::NotFound(code.clone());
    Ok(found.ok_or_else(gone)?)
}
