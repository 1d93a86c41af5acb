//! Faults of deliveries: which rule of the world strikes one, asked in one place before it is sent.

use super::queue::Leased;
use crate::db::{Db, DbError, Key};
use crate::programs::faults::{Fault, WebhookFault, WebhookTarget};
use crate::programs::ops;
use crate::programs::settings::Endpoint;
use crate::programs::world::World;

/// The fault that strikes the attempt that is about to be made, if one does. What befalls a
/// delivery as a whole is asked before its first attempt alone, and befalls it once. A proof goes
/// wrong only where one is brought.
pub(super) async fn strike(
    db: &Db,
    world: &World,
    (endpoint, leased): (&Endpoint, &Leased),
) -> Result<Option<WebhookFault>, DbError> {
    let target = WebhookTarget {
        event_type: &leased.event_type,
        url: &leased.place.url,
        account: &leased.place.account_id,
    };
    let is_untouched = leased.attempts == 0 && leased.fault.is_none();
    let may_happen = |effect| match effect {
        WebhookFault::BadToken => endpoint.brings_proof(),
        _ => is_untouched,
    };
    let may_strike = |fault: &&Fault| {
        fault.rule.effect.of_webhooks().is_some_and(may_happen) && fault.rule.befalls(&target)
    };
    let faults: Vec<&Fault> = world.faults.iter().filter(may_strike).collect();
    if faults.is_empty() {
        return Ok(None);
    }
    let keys = faults.iter().map(|fault| Key::fault(&world.code, fault.fault_id)).collect();
    let mut unit = db.begin(world.scope(keys)).await?;
    let (delivery, attempt) = (leased.id.to_string(), leased.attempts.to_string());
    let occasion = ["webhook", &delivery, &attempt];
    let struck = ops::strike(&mut unit, world, &faults, &occasion).await?;
    unit.commit().await?;
    let effect_of = |id| faults.iter().find(|fault| fault.fault_id == id);
    Ok(struck.and_then(effect_of).and_then(|fault| fault.rule.effect.of_webhooks()))
}
