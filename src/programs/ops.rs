//! Changing a world: settings, clock, faults, reset. Each change is one unit of work under the
//! world's own lock, so it never happens in the middle of a call, and it raises the version, so
//! that no process goes on with an older copy.

use std::sync::Arc;

use serde_json::Value as Json;

use super::clock::{ClockMode, WorldClock};
use super::faults::{FAULTS_MAX, Fault, FaultCount, FaultRule, notes};
use super::settings::Settings;
use super::world::World;
use super::worlds::Worlds;
use super::{state, store};
use crate::db::{DbError, Key, Scope, Work};
use crate::kernel::ids::{FaultId, Life, ProgramCode};
use crate::kernel::strict_json::JsonProblem;
use crate::kernel::time::Timestamp;

/// Why a world was not changed.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// There is no such world.
    #[error("program {0} does not exist")]
    NotFound(ProgramCode),
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] JsonProblem),
    /// The seed of a living world.
    #[error("seed: is fixed when the program is made; DELETE the program first")]
    SeedFixed,
    /// The fault rule makes no sense.
    #[error("{0}")]
    Fault(String),
    /// It was reset, or put back to another state, in the midst of what was asked of it.
    #[error("program {0} has begun another life meanwhile")]
    BegunAnew(ProgramCode),
    /// No such rule.
    #[error("fault {0} does not exist")]
    FaultNotFound(FaultId),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Lays `change` over the settings of a world; a world that is not there is made from the template.
pub async fn change_settings(
    worlds: &Worlds,
    code: &ProgramCode,
    change: &Json,
) -> Result<Arc<World>, WorldError> {
    let mut unit = begin(worlds, code).await?;
    let changed = match store::find(&mut unit, code, worlds.template()).await? {
        Some(world) => {
            let settings = world.settings.merged(change)?;
            if settings.seed != world.settings.seed {
                return Err(WorldError::SeedFixed);
            }
            let changed = next(&world, settings, world.clock.clone(), world.faults.clone());
            store::update(&mut unit, &changed)?;
            changed
        }
        None => {
            let world = worlds.fresh(code, worlds.template().merged(change)?);
            store::insert(&mut unit, &world, worlds.wall())?;
            world
        }
    };
    commit(worlds, unit, changed).await
}

/// Removes a world and everything in it, with its snapshots. Its code then names nothing again.
pub async fn delete(worlds: &Worlds, code: &ProgramCode) -> Result<(), WorldError> {
    let mut unit = begin(worlds, code).await?;
    expect(worlds, &mut unit, code).await?;
    store::delete_life(&mut unit, code);
    for copy in state::store::copy_codes(&mut unit, code).await? {
        state::store::delete_copy(&mut unit, code, &copy);
    }
    store::delete(&mut unit, code);
    // Before the commit, should the caller go away in its midst; nobody reads the world until it is
    // decided. And after it, for good.
    worlds.forget(code);
    Ok(unit.commit_then(|| worlds.forget(code)).await?)
}

/// Empties a world: accounts, events, faults, invented people and the journal go, the clock begins
/// again, the settings and keys stay.
pub async fn reset(worlds: &Worlds, code: &ProgramCode) -> Result<Arc<World>, WorldError> {
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let clock = worlds.first_clock(&world.settings.clock);
    let (reborn, settings) = (world.edition.reborn(), world.settings.clone());
    let changed = World::new(code.clone(), reborn, settings, clock, Vec::new());
    store::delete_life(&mut unit, code);
    store::update(&mut unit, &changed)?;
    commit(worlds, unit, changed).await
}

/// Sets the clock: mode, moment, or both. Without a moment it goes on from what it shows.
pub async fn set_clock(
    worlds: &Worlds,
    code: &ProgramCode,
    mode: Option<ClockMode>,
    now: Option<Timestamp>,
) -> Result<Arc<World>, WorldError> {
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let wall = worlds.wall();
    let now = now.unwrap_or_else(|| world.now(wall));
    let clock =
        world.clock.moved(worlds.move_moment(wall), now, mode.unwrap_or(world.clock.mode()));
    let changed = next(&world, world.settings.clone(), clock, world.faults.clone());
    store::update(&mut unit, &changed)?;
    commit(worlds, unit, changed).await
}

/// Moves the clock of a world in this life on to a moment; never back, should it show a later one
/// by then.
pub async fn advance_clock(
    worlds: &Worlds,
    (code, life): (&ProgramCode, Life),
    to: Timestamp,
) -> Result<Arc<World>, WorldError> {
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    if world.edition.life != life {
        return Err(WorldError::BegunAnew(code.clone()));
    }
    let wall = worlds.wall();
    let to = to.max(world.now(wall));
    let clock = world.clock.moved(worlds.move_moment(wall), to, world.clock.mode());
    let changed = next(&world, world.settings.clone(), clock, world.faults.clone());
    store::update(&mut unit, &changed)?;
    commit(worlds, unit, changed).await
}

/// Adds a fault rule.
pub async fn add_fault(
    worlds: &Worlds,
    code: &ProgramCode,
    rule: FaultRule,
) -> Result<Fault, WorldError> {
    if let Some(problem) = rule.problem() {
        return Err(WorldError::Fault(problem));
    }
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    if world.faults.len() >= FAULTS_MAX {
        let problem = format!("the program holds {FAULTS_MAX} fault rules already; delete some");
        return Err(WorldError::Fault(problem));
    }
    let known = store::fault_counts(&mut unit, code).await?.len().to_string();
    let last = world.faults.last().map(|fault| fault.fault_id.to_string()).unwrap_or_default();
    let fault_id = world.source(&["fault", &known, &last]).id(FaultId::new);
    let fault = Fault { fault_id, rule };
    let faults = world.faults.iter().chain([&fault]).cloned().collect();
    let changed = next(&world, world.settings.clone(), world.clock.clone(), faults);
    store::insert_fault(&mut unit, &changed, fault_id, &fault.rule)?;
    store::update(&mut unit, &changed)?;
    commit(worlds, unit, changed).await?;
    Ok(fault)
}

/// Removes one fault rule, or all of them.
pub async fn delete_faults(
    worlds: &Worlds,
    code: &ProgramCode,
    only: Option<FaultId>,
) -> Result<(), WorldError> {
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let kept = |fault: &&Fault| only.is_some_and(|id| fault.fault_id != id);
    let faults: Vec<Fault> = world.faults.iter().filter(kept).cloned().collect();
    if let Some(id) = only
        && faults.len() == world.faults.len()
    {
        return Err(WorldError::FaultNotFound(id));
    }
    let changed = next(&world, world.settings.clone(), world.clock.clone(), faults);
    store::delete_faults(&mut unit, code, only);
    store::update(&mut unit, &changed)?;
    commit(worlds, unit, changed).await?;
    Ok(())
}

/// The fault rules of a world with their counts.
pub async fn list_faults(
    worlds: &Worlds,
    world: &World,
) -> Result<Vec<(Fault, FaultCount)>, DbError> {
    let counts = store::fault_counts(&mut worlds.db(), &world.code).await?;
    let count_of = |fault: &Fault| {
        let id = fault.fault_id.to_string();
        counts.iter().find(|(counted, _)| *counted == id).map_or_else(Default::default, |(_, c)| *c)
    };
    Ok(world.faults.iter().map(|fault| (fault.clone(), count_of(fault))).collect())
}

/// Decides, inside a unit of work, whether one of `faults` strikes, and collects the new counts.
/// The unit must hold [`Key::fault`] of each. The first rule that strikes is the one that counts.
pub async fn strike(
    unit: &mut Work,
    world: &World,
    faults: &[&Fault],
    occasion: &[&str],
) -> Result<Option<FaultId>, DbError> {
    if faults.is_empty() {
        return Ok(None);
    }
    let counts = store::fault_counts(unit, &world.code).await?;
    for fault in faults {
        if fault.is_asked() {
            notes::note(fault);
            return Ok(Some(fault.fault_id));
        }
        let id = fault.fault_id.to_string();
        let Some((_, count)) = counts.iter().find(|(counted, _)| *counted == id) else { continue };
        let mut labels = vec!["strike", id.as_str()];
        labels.extend(occasion);
        let (strikes, count) = fault.rule.strikes(*count, &mut world.source(&labels));
        unit.write(store::update_count(&world.code, fault.fault_id, count));
        if strikes {
            notes::note(fault);
            return Ok(Some(fault.fault_id));
        }
    }
    Ok(None)
}

pub(super) async fn begin(worlds: &Worlds, code: &ProgramCode) -> Result<Work, DbError> {
    worlds.db().begin(Scope::keys(vec![Key::world(code)])).await
}

pub(super) async fn expect(
    worlds: &Worlds,
    unit: &mut Work,
    code: &ProgramCode,
) -> Result<World, WorldError> {
    store::find(unit, code, worlds.template())
        .await?
        .ok_or_else(|| WorldError::NotFound(code.clone()))
}

fn next(world: &World, settings: Settings, clock: WorldClock, faults: Vec<Fault>) -> World {
    World::new(world.code.clone(), world.edition.next(), settings, clock, faults)
}

async fn commit(worlds: &Worlds, unit: Work, changed: World) -> Result<Arc<World>, WorldError> {
    // Dropped before the commit, kept after it: a call between the two reads the database.
    worlds.forget(&changed.code);
    let changed = Arc::new(changed);
    unit.commit_then(|| worlds.keep(&changed)).await?;
    Ok(changed)
}
