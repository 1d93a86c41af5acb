//! The webhook of this family: `mailTracking`, at each stage of a mailed card. The catalogue of
//! webhooks names it and says when it comes; its members are those of the answer.

use serde_json::json;

use super::model::Report;
use super::wire::DeliveryStatusResponse;
use crate::domains::accounts::model::Account;
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// A card is somewhere else; the account carries the number of the message.
pub fn moved(world: &World, account: &Account, report: &Report, now: Timestamp) -> Message {
    let labels = ["event", &account.id.to_string(), &account.message_sequence.to_string()];
    let id = world.source(&labels).id(EventId::new);
    let mut told = json!(DeliveryStatusResponse::of(report));
    told["paymentInstrumentIdentifier"] = json!(report.card.id);
    let body = json!({
        "eventIdentifier": id,
        "eventType": "mailTracking",
        "eventDateTime": now,
        "mailTracking": told,
    });
    Message {
        account: account.id,
        sequence: account.message_sequence,
        event_type: "mailTracking",
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}
