//! The webhook of this family: `directDepositSwitch`, sent for what the vendor reports. The page
//! names no members; they are those of an attempt in the list.

use serde_json::json;

use super::model::Attempt;
use super::wire::AttemptShown;
use crate::domains::ledger::model::Books;
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// The id of the event that is told next: the attempt lists it, and the message bears it.
pub fn next_id(world: &World, books: &Books) -> EventId {
    let sequence = (books.message_sequence + 1).to_string();
    world.source(&["event", &books.account.to_string(), &sequence]).id(EventId::new)
}

/// An attempt as the vendor's last event has left it; the books carry the number of the message.
pub fn progressed(books: &Books, (attempt, id): (&Attempt, EventId), now: Timestamp) -> Message {
    let body = json!({
        "eventIdentifier": id,
        "eventType": "directDepositSwitch",
        "eventDateTime": now,
        "directDepositSwitch": AttemptShown::with_events(books.account, attempt),
    });
    Message {
        account: books.account,
        sequence: books.message_sequence,
        event_type: "directDepositSwitch",
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}
