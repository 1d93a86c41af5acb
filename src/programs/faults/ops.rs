//! Counting what befalls a call as a whole, in a unit of work of its own: the count stands whatever
//! becomes of the call.

use super::effect::{FaultEffect, Moment};
use super::rule::Fault;
use crate::db::{Db, DbError, Key, Scope};
use crate::kernel::ids::FaultId;
use crate::programs::store;
use crate::programs::world::World;

/// A fault that strikes a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Blow {
    /// The rule; `None` for a fault that the call has asked for itself.
    pub fault_id: Option<FaultId>,
    /// What happens.
    pub effect: FaultEffect,
    /// How long a latency lasts, in milliseconds; 0 for other kinds.
    pub delay_ms: u64,
}

impl Blow {
    /// A fault strikes; `source` is what a range is drawn from.
    fn of(fault: &Fault, world: &World, labels: &[&str]) -> Self {
        let effect = fault.rule.effect.clone();
        let delay_ms = delay_ms(&effect, world, labels);
        Self { fault_id: Some(fault.fault_id), effect, delay_ms }
    }

    /// What it holds up, if it is a latency.
    pub fn holds_up(&self) -> Option<Moment> {
        match self.effect {
            FaultEffect::Latency { before, .. } => Some(before),
            _ => None,
        }
    }

    /// A fault that a call has asked for itself.
    pub fn asked(effect: FaultEffect, world: Option<&World>, request_id: &str) -> Self {
        let least = match effect {
            FaultEffect::Latency { ms, .. } => u64::from(ms),
            _ => 0,
        };
        let labels = ["asked-latency", request_id];
        let delay_ms = world.map_or(least, |world| delay_ms(&effect, world, &labels));
        Self { fault_id: None, effect, delay_ms }
    }
}

fn delay_ms(effect: &FaultEffect, world: &World, labels: &[&str]) -> u64 {
    let FaultEffect::Latency { ms, max_ms, .. } = *effect else { return 0 };
    let span = max_ms.unwrap_or(ms).saturating_sub(ms);
    u64::from(ms) + world.source(labels).below(u64::from(span) + 1)
}

/// Which of `faults` strike a call. They are asked in the order they were laid: latencies add up,
/// and of the other kinds the first that strikes is the only one, so those behind it are not asked.
pub async fn befall(
    db: &Db,
    world: &World,
    faults: &[&Fault],
    request_id: &str,
) -> Result<Vec<Blow>, DbError> {
    let mut blows = Vec::new();
    if faults.is_empty() {
        return Ok(blows);
    }
    let keys = faults.iter().map(|fault| Key::fault(&world.code, fault.fault_id)).collect();
    let mut unit = db.begin(world.scope(keys)).await?;
    let counts = store::fault_counts(&mut unit, &world.code).await?;
    for fault in faults {
        let id = fault.fault_id.to_string();
        let Some((_, count)) = counts.iter().find(|(counted, _)| *counted == id) else { continue };
        // The number of the match is among the labels: a repeated call draws anew.
        let number = count.matched.to_string();
        let labels = ["befall", &id, request_id, &number];
        let (strikes, count) = fault.rule.strikes(*count, &mut world.source(&labels));
        unit.write(store::update_count(&world.code, fault.fault_id, count));
        if strikes {
            let blow = Blow::of(fault, world, &["latency", &id, request_id, &number]);
            let is_last = blow.holds_up().is_none();
            blows.push(blow);
            if is_last {
                break;
            }
        }
    }
    unit.commit().await?;
    Ok(blows)
}

/// Takes back that a rule was applied: the call never came to what it would have struck.
pub async fn spare(db: &Db, world: &World, fault: FaultId) -> Result<(), DbError> {
    // Whatever else of the world has changed meanwhile, and be the rule gone with it.
    let keys = vec![Key::fault(&world.code, fault)];
    let mut unit = db.begin(Scope::beside([&world.code], keys)).await?;
    unit.write(store::spare_fault(&world.code, fault));
    unit.commit().await
}
