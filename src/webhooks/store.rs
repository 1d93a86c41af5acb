//! SQL of the outbox: recording events and deliveries.

use super::outbox::{Event, Message};
use crate::db::{Work, sql};
use crate::kernel::ids::{DeliveryId, EventId, ProgramCode};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

const INSERT_EVENT: &str = "INSERT INTO webhook_events (program_code, event_id, message_id, \
    position, account_id, sequence, event_type, event, occurred_at, call_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(super) fn insert_event(
    work: &mut Work,
    world: &World,
    message: &Message,
    message_id: EventId,
    (position, event): (i64, &Event),
) {
    let cause = work.cause();
    work.write(
        sql(INSERT_EVENT)
            .bind(&world.code)
            .bind(event.id)
            .bind(message_id)
            .bind(position)
            .bind(message.account)
            .bind(message.sequence)
            .bind(message.event_type)
            .bind(event.body.to_string())
            .bind(message.occurred_at)
            .bind(cause),
    );
}

/// A delivery as it is recorded: ready, and perhaps not the first of its line.
#[derive(Debug)]
pub(super) struct NewDelivery<'a> {
    pub id: DeliveryId,
    /// The message it carries.
    pub message: &'a str,
    pub account: &'a str,
    pub sequence: i64,
    pub url: &'a str,
    /// 0 as it happens; each replay has a line of its own.
    pub line: i64,
    pub at: Timestamp,
}

const INSERT_DELIVERY: &str = "INSERT INTO webhook_deliveries (program_code, delivery_id, \
    message_id, account_id, sequence, url, state, attempts, created_at, due_at, lease_wall_at, \
    line, turn, ready_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0, $7, $7, 0, $8, $9, $7)";

pub(super) fn insert_delivery(work: &mut Work, program: &ProgramCode, new: &NewDelivery<'_>) {
    work.write(
        sql(INSERT_DELIVERY)
            .bind(program)
            .bind(new.id)
            .bind(new.message)
            .bind(new.account)
            .bind(new.sequence)
            .bind(new.url)
            .bind(new.at)
            .bind(new.line)
            // Odd turns are left for those that let their successor pass.
            .bind(new.sequence.saturating_mul(2)),
    );
}
