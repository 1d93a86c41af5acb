//! Sending again: one message, or all that a filter means. A replay is a new delivery of the same
//! body, with a request id of its own, since a receiver may pass over one that it has seen.
//!
//! The deliveries of one replay stand in a line of their own: they keep their order, wait for
//! nothing that is still on its way, and hold up nothing that comes.

use super::records::{self, EventMatch, Told};
use super::store::{self, NewDelivery};
use crate::db::{Db, DbError, Key, Work};
use crate::kernel::ids::DeliveryId;
use crate::kernel::secrets::urls;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Endpoint;
use crate::programs::world::World;

/// Messages that one replay sends at most.
pub const MESSAGES_MAX: usize = 10_000;
/// Deliveries that one replay makes at most: all are recorded in one unit of work.
pub const DELIVERIES_MAX: usize = 20_000;
/// Deliveries that one step of that unit records: its arguments must fit into one statement.
const STEP: usize = 500;

/// What is to be sent again.
#[derive(Debug, Clone, PartialEq)]
pub enum Which {
    /// The message that holds this event.
    Event(String),
    /// Every message with an event that is meant.
    Events(EventMatch),
}

/// What is sent again, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replay {
    /// Its number in the world, counted from 1.
    pub number: i64,
    /// Events that are meant.
    pub events: i64,
    /// Messages that hold them.
    pub messages: usize,
    /// The new deliveries, in order.
    pub deliveries: Vec<DeliveryId>,
}

/// Why nothing is sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The event is not there.
    #[error("event {0} does not exist")]
    NoSuchEvent(String),
    /// The URL is none of the settings.
    #[error("url: no endpoint of the program has {0}")]
    NoSuchEndpoint(String),
    /// Too much at once.
    #[error(
        "the filter means more than {MESSAGES_MAX} messages or {DELIVERIES_MAX} deliveries; narrow \
         it, by from and to for example"
    )]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Sends again what is meant, to the endpoints that take it now, or to one of them alone; or only
/// says what that would be.
pub async fn replay(
    db: &Db,
    (world, now): (&World, Timestamp),
    which: &Which,
    (only, dry_run): (Option<&str>, bool),
) -> Result<Replay, ReplayError> {
    let endpoints: Vec<&Endpoint> = match only {
        Some(url) => world.settings.endpoints_at(url).collect(),
        None => world.settings.webhooks.iter().collect(),
    };
    if let Some(url) = only.filter(|_| endpoints.is_empty()) {
        return Err(ReplayError::NoSuchEndpoint(urls::covered(url)));
    }
    let messages = find(db, world, which).await?;
    let mut unit = db.begin(world.scope(vec![Key::replays(&world.code)])).await?;
    let number = records::last_replay(&mut unit, &world.code).await? + 1;
    let mut source = world.source(&["replay", &number.to_string()]);
    let mut sent: Vec<(DeliveryId, &Told, &str)> = Vec::new();
    for message in &messages {
        for endpoint in endpoints.iter().filter(|e| e.takes(&message.event_type)) {
            sent.push((source.id(DeliveryId::new), message, &endpoint.url));
        }
    }
    if sent.len() > DELIVERIES_MAX {
        return Err(ReplayError::TooMany);
    }
    if !dry_run {
        // All or nothing: a call that is repeated, the world having changed, begins with none.
        for step in sent.chunks(STEP) {
            collect(&mut unit, world, (number, now), step);
            unit.next_step();
        }
        unit.commit().await?;
    }
    Ok(Replay {
        number,
        events: messages.iter().map(|message| message.events).sum(),
        messages: messages.len(),
        deliveries: sent.iter().map(|(id, ..)| *id).collect(),
    })
}

fn collect(
    unit: &mut Work,
    world: &World,
    (line, at): (i64, Timestamp),
    sent: &[(DeliveryId, &Told, &str)],
) {
    for (id, told, url) in sent {
        let Told { message, account, sequence, .. } = told;
        let (id, sequence) = (*id, *sequence);
        let delivery = NewDelivery { id, message, account, sequence, url, line, at };
        store::insert_delivery(unit, &world.code, &delivery);
        unit.ring_on_commit();
    }
    unit.tell_on_commit(&world.code);
}

async fn find(db: &Db, world: &World, which: &Which) -> Result<Vec<Told>, ReplayError> {
    match which {
        Which::Event(event) => {
            let found = records::message_of(db, &world.code, event).await?;
            Ok(vec![found.ok_or_else(|| ReplayError::NoSuchEvent(event.clone()))?])
        }
        Which::Events(wanted) => {
            let limit = i64::try_from(MESSAGES_MAX).unwrap_or(i64::MAX);
            let found = records::messages(db, &world.code, wanted, limit + 1).await?;
            if found.len() > MESSAGES_MAX { Err(ReplayError::TooMany) } else { Ok(found) }
        }
    }
}
