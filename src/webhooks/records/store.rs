//! SQL of searches among events and deliveries.

use sqlx::FromRow;

use super::{
    AttemptRecord, CausedEvent, DeliveryFilter, DeliveryRecord, DeliveryState, EventMatch,
    EventRecord, Told,
};
use crate::db::{DbError, Read, Statement, sql};
use crate::kernel::ids::ProgramCode;
use crate::kernel::page::Page;
use crate::kernel::secrets::urls;
use crate::kernel::time::Timestamp;

/// The conditions of an [`EventMatch`] on the events `e`.
macro_rules! events_meant {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " FROM webhook_events e WHERE e.program_code = $1 \
            AND (CAST($2 AS TEXT) IS NULL OR e.account_id = $2) \
            AND (CAST($3 AS TEXT) IS NULL OR e.event_type = $3) \
            AND (CAST($4 AS BIGINT) IS NULL OR e.occurred_at >= $4) \
            AND (CAST($5 AS BIGINT) IS NULL OR e.occurred_at <= $5) \
            AND (CAST($6 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM webhook_deliveries d \
                WHERE d.program_code = e.program_code AND d.message_id = e.message_id \
                AND d.state = $6)) \
            AND (CAST($7 AS TEXT) IS NULL OR LOWER(e.event) LIKE $7 ESCAPE '!')",
            $after
        )
    };
}

fn meant(text: &'static str, program: &ProgramCode, wanted: &EventMatch) -> Statement {
    sql(text)
        .bind(program)
        .bind(lower(wanted.account_identifier.as_deref()))
        .bind(wanted.event_type.as_deref())
        .bind(wanted.from)
        .bind(wanted.to)
        .bind(wanted.state.map(DeliveryState::as_str))
        .bind(anywhere(wanted.text.as_deref()))
}

/// Ids are stored in lower case.
fn lower(id: Option<&str>) -> Option<String> {
    id.map(str::to_lowercase)
}

/// The pattern that finds a text anywhere.
fn anywhere(text: Option<&str>) -> Option<String> {
    let mut pattern = String::from("%");
    for letter in text?.to_lowercase().chars() {
        if ['%', '_', '!'].contains(&letter) {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Some(pattern)
}

const EVENTS: &str = events_meant!(
    "SELECT e.event_id, e.message_id, e.account_id, e.sequence, e.event_type, e.event, \
    e.occurred_at",
    " ORDER BY e.occurred_at, e.account_id, e.sequence, e.position LIMIT $8 OFFSET $9"
);

pub(super) async fn events(
    read: &mut impl Read,
    program: &ProgramCode,
    (wanted, page): (&EventMatch, Page),
) -> Result<Vec<EventRecord>, DbError> {
    let query = meant(EVENTS, program, wanted).bind(page.limit).bind(page.offset);
    let rows: Vec<EventRow> = read.all(query).await?;
    rows.into_iter().map(EventRow::read).collect()
}

const COUNT_EVENTS: &str = events_meant!("SELECT COUNT(*)", "");

pub(super) async fn count_events(
    read: &mut impl Read,
    program: &ProgramCode,
    wanted: &EventMatch,
) -> Result<i64, DbError> {
    let row: Option<(i64,)> = read.first(meant(COUNT_EVENTS, program, wanted)).await?;
    Ok(row.map_or(0, |(count,)| count))
}

const MESSAGES: &str = events_meant!(
    "SELECT e.message_id, e.account_id, e.sequence, e.event_type, COUNT(*) AS events",
    " GROUP BY e.message_id, e.account_id, e.sequence, e.event_type \
    ORDER BY MIN(e.occurred_at), e.account_id, e.sequence LIMIT $8"
);

#[derive(Debug, FromRow)]
struct ToldRow {
    message_id: String,
    account_id: String,
    sequence: i64,
    event_type: String,
    events: i64,
}

impl ToldRow {
    fn read(self) -> Told {
        Told {
            message: self.message_id,
            account: self.account_id,
            sequence: self.sequence,
            event_type: self.event_type,
            events: self.events,
        }
    }
}

pub(super) async fn messages(
    read: &mut impl Read,
    program: &ProgramCode,
    wanted: &EventMatch,
    limit: i64,
) -> Result<Vec<Told>, DbError> {
    let rows: Vec<ToldRow> = read.all(meant(MESSAGES, program, wanted).bind(limit)).await?;
    Ok(rows.into_iter().map(ToldRow::read).collect())
}

const MESSAGE_OF: &str = "SELECT message_id, account_id, sequence, event_type, \
    CAST(1 AS BIGINT) AS events FROM webhook_events WHERE program_code = $1 AND event_id = $2";

pub(super) async fn message_of(
    read: &mut impl Read,
    program: &ProgramCode,
    event: &str,
) -> Result<Option<Told>, DbError> {
    let row: Option<ToldRow> = read.first(sql(MESSAGE_OF).bind(program).bind(event)).await?;
    Ok(row.map(ToldRow::read))
}

const LAST_REPLAY: &str =
    "SELECT COALESCE(MAX(line), 0) AS line FROM webhook_deliveries WHERE program_code = $1";

pub(super) async fn last_replay(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<i64, DbError> {
    let row: Option<(i64,)> = read.first(sql(LAST_REPLAY).bind(program)).await?;
    Ok(row.map_or(0, |(line,)| line))
}

#[derive(Debug, FromRow)]
struct EventRow {
    event_id: String,
    message_id: String,
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
            message_identifier: self.message_id,
            account_identifier: self.account_id,
            sequence: self.sequence,
            event_type: self.event_type,
            occurred_at: Timestamp::from_millis(self.occurred_at),
            event,
        })
    }
}

/// The conditions of a [`DeliveryFilter`] on the deliveries `d`.
macro_rules! deliveries_meant {
    () => {
        "FROM webhook_deliveries d WHERE d.program_code = $1 \
        AND (CAST($2 AS TEXT) IS NULL OR d.account_id = $2) \
        AND (CAST($3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM webhook_events e \
            WHERE e.program_code = d.program_code AND e.message_id = d.message_id \
            AND e.event_id = $3)) \
        AND (CAST($4 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM webhook_events e \
            WHERE e.program_code = d.program_code AND e.message_id = d.message_id \
            AND e.event_type = $4)) \
        AND (CAST($5 AS TEXT) IS NULL OR d.url = $5) \
        AND (CAST($6 AS BIGINT) IS NULL OR d.created_at >= $6) \
        AND (CAST($7 AS BIGINT) IS NULL OR d.created_at <= $7) \
        AND (CAST($8 AS TEXT) IS NULL OR d.state = $8) \
        AND (CAST($9 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM webhook_events e \
            WHERE e.program_code = d.program_code AND e.message_id = d.message_id \
            AND LOWER(e.event) LIKE $9 ESCAPE '!') \
            OR EXISTS (SELECT 1 FROM webhook_attempts a \
            WHERE a.program_code = d.program_code AND a.delivery_id = d.delivery_id \
            AND LOWER(a.reason) LIKE $9 ESCAPE '!'))"
    };
}

fn delivery_meant(text: &'static str, program: &ProgramCode, filter: &DeliveryFilter) -> Statement {
    sql(text)
        .bind(program)
        .bind(lower(filter.account_identifier.as_deref()))
        .bind(lower(filter.event_identifier.as_deref()))
        .bind(filter.event_type.as_deref())
        .bind(filter.url.as_deref())
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.state.map(DeliveryState::as_str))
        .bind(anywhere(filter.text.as_deref()))
}

const DELIVERIES: &str = concat!(
    "SELECT d.delivery_id, d.message_id, d.account_id, d.sequence, \
    (SELECT MIN(e.event_type) FROM webhook_events e WHERE e.program_code = d.program_code \
        AND e.message_id = d.message_id) AS event_type, \
    d.url, d.state, d.fault, d.line, d.turn, d.created_at, d.due_at, t.attempt, t.attempted_at, \
    t.latency_ms, t.http_status, t.verdict, t.reason, t.fault AS attempt_fault \
    FROM (SELECT d.* ",
    deliveries_meant!(),
    " ORDER BY d.created_at, d.account_id, d.turn, d.delivery_id LIMIT $10 OFFSET $11 \
    ) d LEFT JOIN webhook_attempts t \
        ON t.program_code = d.program_code AND t.delivery_id = d.delivery_id \
    ORDER BY d.created_at, d.account_id, d.turn, d.delivery_id, t.attempt"
);

#[derive(Debug, FromRow)]
struct DeliveryRow {
    delivery_id: String,
    message_id: String,
    account_id: String,
    sequence: i64,
    event_type: Option<String>,
    url: String,
    state: String,
    fault: Option<String>,
    line: i64,
    turn: i64,
    created_at: i64,
    due_at: i64,
    attempt: Option<i64>,
    attempted_at: Option<i64>,
    latency_ms: Option<i64>,
    http_status: Option<i64>,
    verdict: Option<String>,
    reason: Option<String>,
    attempt_fault: Option<String>,
}

pub(super) async fn deliveries(
    read: &mut impl Read,
    program: &ProgramCode,
    filter: &DeliveryFilter,
) -> Result<Vec<DeliveryRecord>, DbError> {
    let page = filter.page();
    let query = delivery_meant(DELIVERIES, program, filter).bind(page.limit).bind(page.offset);
    let rows: Vec<DeliveryRow> = read.all(query).await?;
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

const COUNT_DELIVERIES: &str = concat!("SELECT COUNT(*) ", deliveries_meant!());

pub(super) async fn count_deliveries(
    read: &mut impl Read,
    program: &ProgramCode,
    filter: &DeliveryFilter,
) -> Result<i64, DbError> {
    let query = delivery_meant(COUNT_DELIVERIES, program, filter);
    let row: Option<(i64,)> = read.first(query).await?;
    Ok(row.map_or(0, |(count,)| count))
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
            fault: self.attempt_fault.clone(),
        })
    }

    fn delivery(self, first: Option<AttemptRecord>) -> DeliveryRecord {
        DeliveryRecord {
            delivery_identifier: self.delivery_id,
            message_identifier: self.message_id,
            account_identifier: self.account_id,
            sequence: self.sequence,
            event_type: self.event_type.unwrap_or_default(),
            url: urls::covered(&self.url),
            created_at: Timestamp::from_millis(self.created_at),
            due_at: (self.state == "pending").then(|| Timestamp::from_millis(self.due_at)),
            state: self.state,
            fault: self.fault,
            replay: (self.line > 0).then_some(self.line),
            turn: self.turn,
            attempts: first.into_iter().collect(),
        }
    }
}

/// Events that one look at calls finds at most.
const CAUSED_MAX: i64 = 20_000;

const CAUSED_BY: &str = "SELECT call_id, event_id, event_type FROM webhook_events \
    WHERE program_code = $1 AND call_id IS NOT NULL AND call_id >= $2 AND call_id <= $3 \
    ORDER BY call_id, occurred_at, sequence, position LIMIT $4";

/// Events caused by the calls from one to another.
pub(super) async fn caused_by(
    read: &mut impl Read,
    program: &ProgramCode,
    (first, last): (&str, &str),
) -> Result<Vec<CausedEvent>, DbError> {
    let query = sql(CAUSED_BY).bind(program).bind(first).bind(last).bind(CAUSED_MAX);
    let rows: Vec<(String, String, String)> = read.all(query).await?;
    let event = |(call_id, event_identifier, event_type)| CausedEvent {
        call_id,
        event_identifier,
        event_type,
    };
    Ok(rows.into_iter().map(event).collect())
}
