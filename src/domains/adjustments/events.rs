//! The webhook of this family: `adjustmentFinalStatus`, for an adjustment that was pending and is
//! declined. One that is posted is told by its transaction alone. The catalogue of webhooks names
//! the event and when it comes; its members are those of the GET answer.

use serde_json::json;

use super::model::Adjustment;
use crate::domains::ledger::model::Books;
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// The end of an adjustment; the books carry the number of the message.
pub fn final_status(
    world: &World,
    books: &Books,
    adjustment: &Adjustment,
    now: Timestamp,
) -> Message {
    let (account, sequence) = (books.account.to_string(), books.message_sequence.to_string());
    let id = world.source(&["event", &account, &sequence]).id(EventId::new);
    let asked = &adjustment.asked;
    let body = json!({
        "eventIdentifier": id,
        "eventType": "adjustmentFinalStatus",
        "eventDateTime": now,
        "adjustment": {
            "adjustmentIdentifier": asked.id,
            "adjustmentType": asked.kind,
            "adjustmentStatus": adjustment.status,
            "adjustmentStatusReason": adjustment.reason,
            "amount": asked.amount,
            "currency": asked.currency,
            "adjustmentDescription": asked.description,
            "fee": asked.fee,
            "transactionDate": adjustment.transaction_at,
            "debitToNegative": asked.debit_to_negative,
        },
    });
    Message {
        account: books.account,
        sequence: books.message_sequence,
        event_type: "adjustmentFinalStatus",
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}
