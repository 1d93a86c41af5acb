//! Webhooks of this family. `checkUpdated` tells that a check was declined or approved by an agent,
//! posted or returned; `mrdcCheckDeposit` that one failed when it was handed in. The catalogue of
//! webhooks names both and when they come; their members are those of the answer.

use serde_json::json;

use super::model::Deposit;
use super::wire::CheckShown;
use crate::domains::ledger::model::Books;
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// Something has happened to a check that was taken in; the books carry the number of the message.
pub fn updated(world: &World, books: &Books, deposit: &Deposit, now: Timestamp) -> Message {
    message(world, books, ("checkUpdated", deposit), now)
}

/// A check was declined when it was handed in.
pub fn failed(world: &World, books: &Books, deposit: &Deposit, now: Timestamp) -> Message {
    message(world, books, ("mrdcCheckDeposit", deposit), now)
}

fn message(
    world: &World,
    books: &Books,
    (event_type, deposit): (&'static str, &Deposit),
    now: Timestamp,
) -> Message {
    let (account, sequence) = (books.account.to_string(), books.message_sequence.to_string());
    let id = world.source(&["event", &account, &sequence]).id(EventId::new);
    let body = json!({
        "eventIdentifier": id,
        "eventType": event_type,
        "eventDateTime": now,
        "transfer": CheckShown::of(deposit),
    });
    Message {
        account: books.account,
        sequence: books.message_sequence,
        event_type,
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}
