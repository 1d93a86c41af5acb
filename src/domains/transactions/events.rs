//! The webhook of this family: `transaction`, one event for each transaction that it tells of.
//! Follows Optional API Add-Ons and the Webhooks overview; the payload is the row that the list
//! shows.

use serde_json::json;

use super::model::Transaction;
use super::wire::TransactionShown;
use crate::domains::ledger::model::Books;
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// One message about these transactions; the books carry its number.
pub fn transactions(world: &World, books: &Books, told: &[Transaction], now: Timestamp) -> Message {
    let (account, sequence) = (books.account.to_string(), books.message_sequence.to_string());
    let mut source = world.source(&["event", &account, &sequence]);
    let event = |transaction: &Transaction| {
        let id = source.id(EventId::new);
        let shown = TransactionShown::of(books.account, &books.currency, transaction);
        let body = json!({
            "eventIdentifier": id,
            "eventType": "transaction",
            "eventDateTime": now,
            "transaction": shown,
        });
        Event { id, body }
    };
    Message {
        account: books.account,
        sequence: books.message_sequence,
        event_type: "transaction",
        events: told.iter().map(event).collect(),
        occurred_at: now,
    }
}
