//! Recording messages, inside the unit of work that causes them.

use serde_json::Value as Json;

use super::store::{self, NewDelivery};
use crate::db::Work;
use crate::kernel::ids::{AccountId, DeliveryId, EventId};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// One message: the events that travel in one body. All are of one type and one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The account it is about.
    pub account: AccountId,
    /// Its place among the messages about this account; they are delivered in this order.
    pub sequence: i64,
    /// The type of its events.
    pub event_type: &'static str,
    /// Usually one; two for a multi-clearing.
    pub events: Vec<Event>,
    /// When it happened, on the world's clock.
    pub occurred_at: Timestamp,
}

/// One event of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Its identifier.
    pub id: EventId,
    /// The event as it stands in the body.
    pub body: Json,
}

/// Collects a message and its deliveries. What is recorded is what will be sent, byte for byte.
pub fn record(unit: &mut Work, world: &World, message: &Message) {
    let labels = ["message", &message.account.to_string(), &message.sequence.to_string()];
    let mut source = world.source(&labels);
    let message_id = source.id(EventId::new);
    for (position, event) in (0i64..).zip(&message.events) {
        store::insert_event(unit, world, message, message_id, (position, event));
    }
    let (carried, account) = (message_id.to_string(), message.account.to_string());
    for endpoint in &world.settings.webhooks {
        let id = source.id(DeliveryId::new);
        if endpoint.takes(message.event_type) {
            let delivery = NewDelivery {
                id,
                message: &carried,
                account: &account,
                sequence: message.sequence,
                url: &endpoint.url,
                line: 0,
                at: message.occurred_at,
            };
            store::insert_delivery(unit, &world.code, &delivery);
            unit.ring_on_commit();
        }
    }
    unit.tell_on_commit(&world.code);
}
