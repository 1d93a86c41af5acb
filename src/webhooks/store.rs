//! SQL of the outbox: events, deliveries, attempts.

use std::str::FromStr;

use sqlx::FromRow;

use super::outbox::{Event, Message};
use super::records::{AttemptRecord, DeliveryRecord, EventRecord};
use super::verdict::{Attempt, NextStep};
use crate::db::{DbError, Read, Statement, Work, sql};
use crate::kernel::ids::{DeliveryId, EventId, ProgramCode};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

const INSERT_EVENT: &str = "INSERT INTO webhook_events (program_code, event_id, message_id, \
    position, account_id, sequence, event_type, event, occurred_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

pub(super) fn insert_event(
    work: &mut Work,
    world: &World,
    message: &Message,
    message_id: EventId,
    (position, event): (i64, &Event),
) {
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
            .bind(message.occurred_at),
    );
}

const INSERT_DELIVERY: &str = "INSERT INTO webhook_deliveries (program_code, delivery_id, \
    message_id, account_id, sequence, url, state, attempts, created_at, due_at, lease_wall_at) \
    VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0, $7, $8, 0)";

pub(super) fn insert_delivery(
    work: &mut Work,
    world: &World,
    message: &Message,
    message_id: EventId,
    (delivery_id, url): (DeliveryId, &str),
) {
    work.write(
        sql(INSERT_DELIVERY)
            .bind(&world.code)
            .bind(delivery_id)
            .bind(message_id)
            .bind(message.account)
            .bind(message.sequence)
            .bind(url)
            .bind(message.occurred_at)
            .bind(message.occurred_at),
    );
}

/// Due on the clock of its world, not leased, and nothing earlier about the same account still on
/// its way to the same endpoint. At most `$5` of one endpoint, so that none crowds out the others.
const LEASE_DUE: &str = "UPDATE webhook_deliveries SET lease_owner = $1, lease_wall_at = $2 \
    WHERE state = 'pending' AND (program_code, delivery_id) IN ( \
        SELECT program_code, delivery_id FROM ( \
            SELECT d.program_code, d.delivery_id, d.due_at, ROW_NUMBER() OVER ( \
                PARTITION BY d.program_code, d.url ORDER BY d.due_at, d.sequence) AS place \
            FROM webhook_deliveries d \
            JOIN programs p ON p.program_code = d.program_code \
            WHERE d.state = 'pending' AND d.lease_wall_at <= $3 \
            AND d.due_at <= COALESCE(p.clock_frozen_at, $3 + p.clock_offset_ms) \
            AND (CAST($4 AS TEXT) IS NULL OR d.program_code = $4) \
            AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e \
                WHERE e.program_code = d.program_code AND e.url = d.url \
                AND e.account_id = d.account_id AND e.state = 'pending' \
                AND e.sequence < d.sequence) \
        ) due WHERE place <= $5 ORDER BY due_at, place LIMIT $6)";

/// Collects the lease of due deliveries. The unit must hold the key of the queue.
pub(super) fn lease_due(work: &mut Work, lease: &Lease<'_>) {
    work.write(
        sql(LEASE_DUE)
            .bind(lease.owner)
            .bind(lease.until)
            .bind(lease.wall)
            .bind(lease.only.map(ProgramCode::as_str))
            .bind(lease.per_endpoint)
            .bind(lease.limit),
    );
}

/// What is leased.
#[derive(Debug)]
pub(super) struct Lease<'a> {
    /// Unlike any other lease's.
    pub owner: &'a str,
    /// Wall moment at which others may take over.
    pub until: Timestamp,
    /// The wall moment now.
    pub wall: Timestamp,
    /// Only this world.
    pub only: Option<&'a ProgramCode>,
    /// Deliveries of one endpoint at most.
    pub per_endpoint: i64,
    /// Deliveries at most.
    pub limit: i64,
}

/// A delivery that is leased and ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leased {
    pub program: ProgramCode,
    /// The version of the world by whose clock the delivery was due.
    pub world_version: i64,
    pub id: DeliveryId,
    pub account_id: String,
    pub url: String,
    pub created_at: Timestamp,
    pub attempts: i64,
    /// The events of the message, as JSON texts.
    pub events: Vec<String>,
}

#[derive(Debug, FromRow)]
struct LeasedRow {
    program_code: String,
    version: i64,
    delivery_id: String,
    account_id: String,
    url: String,
    created_at: i64,
    attempts: i64,
    event: String,
}

const LEASED: &str = "SELECT d.program_code, p.version, d.delivery_id, d.account_id, d.url, \
    d.created_at, d.attempts, e.event FROM webhook_deliveries d \
    JOIN programs p ON p.program_code = d.program_code \
    JOIN webhook_events e ON e.program_code = d.program_code AND e.message_id = d.message_id \
    WHERE d.lease_owner = $1 \
    ORDER BY d.due_at, d.sequence, d.program_code, d.delivery_id, e.position";

/// What a lease got hold of.
pub(super) async fn leased(read: &mut impl Read, owner: &str) -> Result<Vec<Leased>, DbError> {
    let rows: Vec<LeasedRow> = read.all(sql(LEASED).bind(owner)).await?;
    let mut leased: Vec<Leased> = Vec::new();
    for row in rows {
        let id = parse("webhook_deliveries.delivery_id", &row.delivery_id)?;
        let program = parse("webhook_deliveries.program_code", &row.program_code)?;
        // Worlds of one seed have deliveries of one id.
        match leased.last_mut().filter(|last| last.id == id && last.program == program) {
            Some(last) => last.events.push(row.event),
            None => leased.push(Leased {
                program,
                world_version: row.version,
                id,
                account_id: row.account_id,
                url: row.url,
                created_at: Timestamp::from_millis(row.created_at),
                attempts: row.attempts,
                events: vec![row.event],
            }),
        }
    }
    Ok(leased)
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

// Both statements look for the lease: one that has run out and was taken over, or whose world was
// reset, records nothing any more.

const INSERT_ATTEMPT: &str = "INSERT INTO webhook_attempts (program_code, delivery_id, attempt, \
    attempted_at, latency_ms, http_status, verdict, reason) \
    SELECT d.program_code, d.delivery_id, d.attempts + 1, CAST($4 AS BIGINT), \
    CAST($5 AS BIGINT), CAST($6 AS BIGINT), CAST($7 AS TEXT), CAST($8 AS TEXT) \
    FROM webhook_deliveries d \
    WHERE d.program_code = $1 AND d.delivery_id = $2 AND d.lease_owner = $3";

const FINISH: &str = "UPDATE webhook_deliveries SET state = $4, attempts = attempts + 1, \
    due_at = COALESCE($5, due_at), lease_owner = NULL, lease_wall_at = 0 \
    WHERE program_code = $1 AND delivery_id = $2 AND lease_owner = $3";

/// Collects an attempt and what follows from it.
pub(super) fn record_attempt(
    work: &mut Work,
    owner: &str,
    leased: &Leased,
    attempt: &Attempt,
    next: NextStep,
) {
    let of_lease = |text| sql(text).bind(&leased.program).bind(leased.id).bind(owner);
    let (state, due_at) = match next {
        NextStep::Done => ("delivered", None),
        NextStep::GiveUp => ("failed", None),
        NextStep::TryAgain(at) => ("pending", Some(at)),
    };
    work.write(
        of_lease(INSERT_ATTEMPT)
            .bind(attempt.at)
            .bind(attempt.latency_ms)
            .bind(attempt.http_status.map(i64::from))
            .bind(attempt.verdict.as_str())
            .bind(attempt.reason.as_str()),
    );
    work.write(of_lease(FINISH).bind(state).bind(due_at));
}

/// Frees the leases of a process that is no more. Only where one process owns the database.
pub(super) fn free_all() -> Statement {
    sql("UPDATE webhook_deliveries SET lease_owner = NULL, lease_wall_at = 0 \
         WHERE lease_owner IS NOT NULL")
}

// A delivery behind an earlier one about the same account is due only after that one.
const NEXT_DUE: &str = "SELECT MIN(d.due_at) AS due_at FROM webhook_deliveries d \
    WHERE d.program_code = $1 AND d.state = 'pending' \
    AND NOT EXISTS (SELECT 1 FROM webhook_deliveries e \
        WHERE e.program_code = d.program_code AND e.url = d.url \
        AND e.account_id = d.account_id AND e.state = 'pending' AND e.sequence < d.sequence)";

/// When the next delivery of a world falls due.
pub(super) async fn next_due(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Option<Timestamp>, DbError> {
    let row: Option<(Option<i64>,)> = read.first(sql(NEXT_DUE).bind(program)).await?;
    Ok(row.and_then(|(due,)| due).map(Timestamp::from_millis))
}

const EVENTS: &str = "SELECT event_id, account_id, sequence, event_type, event, occurred_at \
    FROM webhook_events WHERE program_code = $1 \
    AND (CAST($2 AS TEXT) IS NULL OR account_id = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR event_type = $3) \
    ORDER BY occurred_at, account_id, sequence, position LIMIT $4 OFFSET $5";

/// Events of a world, oldest first.
pub(super) async fn events(
    read: &mut impl Read,
    program: &ProgramCode,
    filter: &super::records::EventFilter,
) -> Result<Vec<EventRecord>, DbError> {
    let rows: Vec<EventRow> = read
        .all(
            sql(EVENTS)
                .bind(program)
                .bind(filter.account_identifier.as_deref())
                .bind(filter.event_type.as_deref())
                .bind(filter.page().limit)
                .bind(filter.page().offset),
        )
        .await?;
    rows.into_iter().map(EventRow::read).collect()
}

#[derive(Debug, FromRow)]
struct EventRow {
    event_id: String,
    account_id: String,
    sequence: i64,
    event_type: String,
    event: String,
    occurred_at: i64,
}

impl EventRow {
    fn read(self) -> Result<EventRecord, DbError> {
        let event = serde_json::from_str(&self.event)
            .map_err(|cause| DbError::Unreadable(format!("webhook_events.event: {cause}")))?;
        Ok(EventRecord {
            event_identifier: self.event_id,
            account_identifier: self.account_id,
            sequence: self.sequence,
            event_type: self.event_type,
            occurred_at: Timestamp::from_millis(self.occurred_at),
            event,
        })
    }
}

const DELIVERIES: &str = "SELECT d.delivery_id, d.message_id, d.account_id, d.sequence, d.url, \
    d.state, d.created_at, d.due_at, t.attempt, t.attempted_at, t.latency_ms, t.http_status, \
    t.verdict, t.reason FROM ( \
        SELECT * FROM webhook_deliveries WHERE program_code = $1 \
        AND (CAST($2 AS TEXT) IS NULL OR account_id = $2) \
        AND (CAST($3 AS TEXT) IS NULL OR state = $3) \
        ORDER BY created_at, account_id, sequence, delivery_id LIMIT $4 OFFSET $5 \
    ) d LEFT JOIN webhook_attempts t \
        ON t.program_code = d.program_code AND t.delivery_id = d.delivery_id \
    ORDER BY d.created_at, d.account_id, d.sequence, d.delivery_id, t.attempt";

#[derive(Debug, FromRow)]
struct DeliveryRow {
    delivery_id: String,
    message_id: String,
    account_id: String,
    sequence: i64,
    url: String,
    state: String,
    created_at: i64,
    due_at: i64,
    attempt: Option<i64>,
    attempted_at: Option<i64>,
    latency_ms: Option<i64>,
    http_status: Option<i64>,
    verdict: Option<String>,
    reason: Option<String>,
}

/// Deliveries of a world with their attempts, oldest first.
pub(super) async fn deliveries(
    read: &mut impl Read,
    program: &ProgramCode,
    filter: &super::records::DeliveryFilter,
) -> Result<Vec<DeliveryRecord>, DbError> {
    let rows: Vec<DeliveryRow> = read
        .all(
            sql(DELIVERIES)
                .bind(program)
                .bind(filter.account_identifier.as_deref())
                .bind(filter.state.map(|state| state.as_str()))
                .bind(filter.page().limit)
                .bind(filter.page().offset),
        )
        .await?;
    let mut deliveries: Vec<DeliveryRecord> = Vec::new();
    for row in rows {
        let attempt = row.attempt();
        match deliveries.last_mut().filter(|last| last.delivery_identifier == row.delivery_id) {
            Some(last) => last.attempts.extend(attempt),
            None => deliveries.push(row.delivery(attempt)),
        }
    }
    Ok(deliveries)
}

impl DeliveryRow {
    fn attempt(&self) -> Option<AttemptRecord> {
        Some(AttemptRecord {
            attempt: self.attempt?,
            attempted_at: Timestamp::from_millis(self.attempted_at?),
            latency_ms: self.latency_ms?,
            http_status: self.http_status,
            verdict: self.verdict.clone()?,
            reason: self.reason.clone()?,
        })
    }

    fn delivery(self, first: Option<AttemptRecord>) -> DeliveryRecord {
        DeliveryRecord {
            delivery_identifier: self.delivery_id,
            message_identifier: self.message_id,
            account_identifier: self.account_id,
            sequence: self.sequence,
            url: self.url,
            created_at: Timestamp::from_millis(self.created_at),
            due_at: (self.state == "pending").then(|| Timestamp::from_millis(self.due_at)),
            state: self.state,
            attempts: first.into_iter().collect(),
        }
    }
}

// What is pending in a copy of a world waits for nobody.
const ANY_PENDING: &str = "SELECT 1 AS one FROM webhook_deliveries d \
    JOIN programs p ON p.program_code = d.program_code WHERE d.state = 'pending' \
    AND (CAST($1 AS TEXT) IS NULL OR d.program_code = $1) LIMIT 1";

/// Whether anything waits at all; spares an idle server the writing of empty leases.
pub(super) async fn any_pending(
    read: &mut impl Read,
    only: Option<&ProgramCode>,
) -> Result<bool, DbError> {
    #[derive(Debug, FromRow)]
    struct One {}
    let row: Option<One> = read.first(sql(ANY_PENDING).bind(only.map(ProgramCode::as_str))).await?;
    Ok(row.is_some())
}

const ATTEMPTS_BETWEEN: &str = "SELECT delivery_id, attempted_at, verdict, reason \
    FROM webhook_attempts WHERE program_code = $1 AND attempted_at > $2 AND attempted_at <= $3 \
    ORDER BY attempted_at, delivery_id, attempt LIMIT $4";

/// Attempts made in a span of a world's time, in order.
pub(super) async fn attempts_between(
    read: &mut impl Read,
    program: &ProgramCode,
    (after, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<(String, i64, String, String)>, DbError> {
    let query = sql(ATTEMPTS_BETWEEN).bind(program).bind(after).bind(until).bind(limit);
    read.all(query).await
}
