//! SQL of the queue: what is due, leases, and what comes of them.

use std::str::FromStr;

use sqlx::FromRow;

use super::{DueQueue, Lease, Leased, PAGE_MAX, Place, SEEN_MAX};
use crate::db::{DbError, Read, Statement, Work, sql};
use crate::kernel::ids::{DeliveryId, ProgramCode};
use crate::kernel::time::Timestamp;
use crate::webhooks::lanes::Queue;
use crate::webhooks::verdict::Attempt;

/// Walks the index from endpoint to endpoint and touches no delivery in between: a step leads to
/// the next URL of a program, or past its last one (`NULL`) to the next program (`''`). What stands
/// under the code of a snapshot (`world/name`) is sent to nobody: its URLs are passed over. The
/// order is spelled out so far that no other index than that of ready deliveries has it.
macro_rules! queues {
    ($then:literal) => {
        concat!(
            "WITH RECURSIVE queues (program_code, url) AS ( \
                SELECT CAST($1 AS TEXT), CAST($2 AS TEXT) \
                UNION ALL \
                SELECT CASE WHEN q.url IS NULL OR q.program_code LIKE '%/%' THEN ( \
                    SELECT d.program_code FROM webhook_deliveries d \
                    WHERE d.program_code > q.program_code AND d.ready_at IS NOT NULL \
                    ORDER BY d.program_code, d.url, d.ready_at LIMIT 1 \
                ) ELSE q.program_code END, \
                CASE WHEN q.url IS NULL OR q.program_code LIKE '%/%' THEN '' ELSE ( \
                    SELECT d.url FROM webhook_deliveries d \
                    WHERE d.program_code = q.program_code AND d.url > q.url \
                    AND d.ready_at IS NOT NULL ORDER BY d.url, d.ready_at LIMIT 1 \
                ) END \
                FROM queues q WHERE q.program_code IS NOT NULL \
                AND (CAST($3 AS TEXT) IS NULL OR q.url IS NOT NULL) \
            ) ",
            $then
        )
    };
}

const DUE_QUEUES: &str = queues!(
    "SELECT q.program_code, q.url, COALESCE(p.clock_frozen_at, $4 + p.clock_offset_ms) AS now \
    FROM queues q JOIN programs p ON p.program_code = q.program_code \
    WHERE q.url > '' AND NOT (q.program_code = $1 AND q.url = $2) \
    AND (SELECT MIN(d.ready_at) FROM webhook_deliveries d \
        WHERE d.program_code = q.program_code AND d.url = q.url AND d.lease_wall_at <= $4 \
        AND d.ready_at IS NOT NULL) <= COALESCE(p.clock_frozen_at, $4 + p.clock_offset_ms) \
    LIMIT $5"
);

/// Endpoints behind `after` with a delivery that is due and free, in order.
pub(super) async fn due_queues(
    read: &mut impl Read,
    wall: Timestamp,
    after: Option<&Queue>,
    only: Option<&ProgramCode>,
) -> Result<Vec<DueQueue>, DbError> {
    let start = after.map_or("", |(program, _)| program.as_str());
    let limit = i64::try_from(PAGE_MAX).unwrap_or(i64::MAX);
    let query = sql(DUE_QUEUES)
        .bind(only.map_or(start, ProgramCode::as_str))
        .bind(after.map_or("", |(_, url)| url))
        .bind(only.map(ProgramCode::as_str))
        .bind(wall)
        .bind(limit);
    let rows: Vec<(String, String, i64)> = read.all(query).await?;
    let due = |(program, url, now): (String, String, i64)| {
        let program = parse("webhook_deliveries.program_code", &program)?;
        Ok(DueQueue { queue: (program, url), now: Timestamp::from_millis(now) })
    };
    rows.into_iter().map(due).collect()
}

const NEXT_DUE: &str = queues!(
    "SELECT MIN((SELECT MIN(d.ready_at) FROM webhook_deliveries d \
        WHERE d.program_code = q.program_code AND d.url = q.url AND d.ready_at IS NOT NULL)) \
    AS due_at FROM queues q WHERE q.url > ''"
);

/// When the next delivery of a world falls due.
pub(super) async fn next_due(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Option<Timestamp>, DbError> {
    let query = sql(NEXT_DUE).bind(program).bind("").bind(program);
    let row: Option<(Option<i64>,)> = read.first(query).await?;
    Ok(row.and_then(|(due,)| due).map(Timestamp::from_millis))
}

/// Of the deliveries of an endpoint that are due and free, the first few.
macro_rules! seen {
    () => {
        "SELECT program_code, delivery_id, url, account_id, line, turn, head, ready_at \
        FROM webhook_deliveries WHERE program_code = $1 AND url = $2 AND ready_at <= $3 \
        AND lease_wall_at <= $4 ORDER BY ready_at, turn LIMIT $5"
    };
}

/// One of the same line with an earlier turn that is not done.
macro_rules! earlier {
    () => {
        "(SELECT 1 FROM webhook_deliveries e WHERE e.program_code = d.program_code \
        AND e.url = d.url AND e.account_id = d.account_id AND e.line = d.line \
        AND e.state = 'pending' AND e.turn < d.turn)"
    };
}

const LEASE: &str = concat!(
    "UPDATE webhook_deliveries SET lease_owner = $6, lease_wall_at = $7, head = 1 \
    WHERE lease_wall_at <= $4 AND (program_code, delivery_id) IN ( \
        SELECT d.program_code, d.delivery_id FROM (",
    seen!(),
    ") d WHERE d.head = 1 OR NOT EXISTS ",
    earlier!(),
    " ORDER BY d.ready_at, d.turn LIMIT $8)"
);

/// Collects the lease of an endpoint's due deliveries that are the first of their lines. The unit
/// must hold the key of the queue.
pub(super) fn lease(work: &mut Work, lease: &Lease, due: &DueQueue, room: usize) {
    work.write(
        of_queue(LEASE, lease.wall, due)
            .bind(lease.owner.as_str())
            .bind(lease.until)
            .bind(i64::try_from(room).unwrap_or(i64::MAX)),
    );
}

fn of_queue(text: &'static str, wall: Timestamp, due: &DueQueue) -> Statement {
    let (program, url) = &due.queue;
    sql(text).bind(program).bind(url.as_str()).bind(due.now).bind(wall).bind(SEEN_MAX)
}

const BLOCKED: &str = concat!(
    "SELECT d.delivery_id, d.url, d.account_id, d.line, d.turn FROM (",
    seen!(),
    ") d WHERE d.head = 0 AND EXISTS ",
    earlier!()
);

#[derive(Debug, FromRow)]
struct BlockedRow {
    delivery_id: String,
    url: String,
    account_id: String,
    line: i64,
    turn: i64,
}

/// Deliveries that are due and free, and not the first of their lines.
pub(super) async fn blocked(
    read: &mut impl Read,
    wall: Timestamp,
    due: &DueQueue,
) -> Result<Vec<(DeliveryId, Place)>, DbError> {
    let rows: Vec<BlockedRow> = read.all(of_queue(BLOCKED, wall, due)).await?;
    let read = |row: BlockedRow| {
        let id = parse("webhook_deliveries.delivery_id", &row.delivery_id)?;
        let BlockedRow { url, account_id, line, turn, .. } = row;
        Ok((id, Place { url, account_id, line, turn }))
    };
    rows.into_iter().map(read).collect()
}

const SET_ASIDE: &str = concat!(
    "UPDATE webhook_deliveries AS d SET ready_at = NULL \
    WHERE d.program_code = $1 AND d.delivery_id = $2 AND d.head = 0 AND EXISTS ",
    earlier!()
);

/// Collects that a delivery is not to be sent yet, if that still holds under the key of its line.
pub(super) fn set_aside(work: &mut Work, program: &ProgramCode, id: DeliveryId) {
    work.write(sql(SET_ASIDE).bind(program).bind(id));
}

#[derive(Debug, FromRow)]
struct LeasedRow {
    program_code: String,
    version: i64,
    delivery_id: String,
    account_id: String,
    url: String,
    line: i64,
    turn: i64,
    created_at: i64,
    attempts: i64,
    event_type: String,
    fault: Option<String>,
    event: String,
}

const LEASED: &str = "SELECT d.program_code, p.version, d.delivery_id, d.account_id, d.url, \
    d.line, d.turn, d.created_at, d.attempts, e.event_type, d.fault, e.event \
    FROM webhook_deliveries d \
    JOIN programs p ON p.program_code = d.program_code \
    JOIN webhook_events e ON e.program_code = d.program_code AND e.message_id = d.message_id \
    WHERE d.lease_owner = $1 \
    ORDER BY d.due_at, d.turn, d.program_code, d.delivery_id, e.position";

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
            None => leased.push(row.read(program, id)),
        }
    }
    Ok(leased)
}

impl LeasedRow {
    fn read(self, program: ProgramCode, id: DeliveryId) -> Leased {
        let Self { url, account_id, line, turn, .. } = self;
        Leased {
            program,
            world_version: self.version,
            id,
            place: Place { url, account_id, line, turn },
            created_at: Timestamp::from_millis(self.created_at),
            attempts: self.attempts,
            event_type: self.event_type,
            fault: self.fault,
            events: vec![self.event],
        }
    }
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

// The statements that follow look for the lease: one that has run out and was taken over, or whose
// world was reset, changes nothing any more. The one that ends the lease comes last.

fn of_lease(text: &'static str, owner: &str, leased: &Leased) -> Statement {
    sql(text).bind(&leased.program).bind(leased.id).bind(owner)
}

const INSERT_ATTEMPT: &str = "INSERT INTO webhook_attempts (program_code, delivery_id, attempt, \
    attempted_at, latency_ms, http_status, verdict, reason, fault) \
    SELECT d.program_code, d.delivery_id, d.attempts + CAST($4 AS BIGINT), CAST($5 AS BIGINT), \
    CAST($6 AS BIGINT), CAST($7 AS BIGINT), CAST($8 AS TEXT), CAST($9 AS TEXT), CAST($10 AS TEXT) \
    FROM webhook_deliveries d \
    WHERE d.program_code = $1 AND d.delivery_id = $2 AND d.lease_owner = $3";

/// Collects an attempt, the `number`-th of this lease.
pub(super) fn insert_attempt(
    work: &mut Work,
    owner: &str,
    leased: &Leased,
    (number, attempt, fault): (i64, &Attempt, Option<&str>),
) {
    work.write(
        of_lease(INSERT_ATTEMPT, owner, leased)
            .bind(number)
            .bind(attempt.at)
            .bind(attempt.latency_ms)
            .bind(attempt.http_status.map(i64::from))
            .bind(attempt.verdict.as_str())
            .bind(attempt.reason.as_str())
            .bind(fault),
    );
}

/// One that waited for this very successor, its turn being odd, goes at once.
const PROMOTE_NEXT: &str = "UPDATE webhook_deliveries SET head = 1, \
    ready_at = CASE WHEN turn % 2 = 1 AND due_at > $4 THEN $4 ELSE due_at END, \
    due_at = CASE WHEN turn % 2 = 1 AND due_at > $4 THEN $4 ELSE due_at END \
    WHERE program_code = $1 AND delivery_id = ( \
        SELECT n.delivery_id FROM webhook_deliveries d JOIN webhook_deliveries n \
            ON n.program_code = d.program_code AND n.url = d.url \
            AND n.account_id = d.account_id AND n.line = d.line \
            AND n.state = 'pending' AND n.delivery_id <> d.delivery_id \
        WHERE d.program_code = $1 AND d.delivery_id = $2 AND d.lease_owner = $3 \
        ORDER BY n.turn LIMIT 1)";

/// Collects that the next of a line is the first one now.
pub(super) fn promote_next(work: &mut Work, owner: &str, leased: &Leased, now: Timestamp) {
    work.write(of_lease(PROMOTE_NEXT, owner, leased).bind(now));
}

const FINISH: &str = "UPDATE webhook_deliveries SET state = $4, attempts = attempts + $6, \
    due_at = COALESCE($5, due_at), ready_at = $5, lease_owner = NULL, lease_wall_at = 0 \
    WHERE program_code = $1 AND delivery_id = $2 AND lease_owner = $3";

/// Collects the end of a lease, after `made` attempts.
pub(super) fn finish(
    work: &mut Work,
    owner: &str,
    leased: &Leased,
    (state, due_at, made): (&str, Option<Timestamp>, i64),
) {
    work.write(of_lease(FINISH, owner, leased).bind(state).bind(due_at).bind(made));
}

const POSTPONE: &str = "UPDATE webhook_deliveries SET fault = $4, fault_at = $7, fault_until = $5, \
    due_at = $5, ready_at = $5, turn = turn + $6, \
    head = CASE WHEN $6 > 0 THEN 0 ELSE head END, lease_owner = NULL, lease_wall_at = 0 \
    WHERE program_code = $1 AND delivery_id = $2 AND lease_owner = $3";

/// Collects that a delivery is sent later, and perhaps on a later turn.
pub(super) fn postpone(
    work: &mut Work,
    owner: &str,
    leased: &Leased,
    (fault, now, until, turns): (&str, Timestamp, Timestamp, i64),
) {
    work.write(of_lease(POSTPONE, owner, leased).bind(fault).bind(until).bind(turns).bind(now));
}

const DROP: &str = "UPDATE webhook_deliveries SET state = 'dropped', fault = $4, fault_at = $5, \
    ready_at = NULL, lease_owner = NULL, lease_wall_at = 0 \
    WHERE program_code = $1 AND delivery_id = $2 AND lease_owner = $3";

/// Collects that a delivery is never sent.
pub(super) fn drop_it(
    work: &mut Work,
    owner: &str,
    leased: &Leased,
    (fault, now): (&str, Timestamp),
) {
    work.write(of_lease(DROP, owner, leased).bind(fault).bind(now));
}

pub(super) fn free_all() -> Statement {
    sql("UPDATE webhook_deliveries SET lease_owner = NULL, lease_wall_at = 0 \
         WHERE lease_owner IS NOT NULL")
}

const ATTEMPTS_BETWEEN: &str = "SELECT delivery_id, attempted_at, verdict, reason \
    FROM webhook_attempts WHERE program_code = $1 AND attempted_at > $2 AND attempted_at <= $3 \
    ORDER BY attempted_at, delivery_id, attempt LIMIT $4";

pub(super) async fn attempts_between(
    read: &mut impl Read,
    program: &ProgramCode,
    (after, until): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<(String, i64, String, String)>, DbError> {
    let query = sql(ATTEMPTS_BETWEEN).bind(program).bind(after).bind(until).bind(limit);
    read.all(query).await
}
