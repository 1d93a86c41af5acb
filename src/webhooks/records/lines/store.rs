//! SQL of the timeline of an account, as far as webhooks go.

use serde_json::{Value as Json, json};
use sqlx::FromRow;

use crate::db::{DbError, Read, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::secrets::urls;
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line, LineKind};

// Events of one message follow one another; there are never a thousand of them.
const EVENT_LINES: &str = "SELECT event_id, event_type, sequence, event, occurred_at, call_id, \
    sequence * 1000 + position AS place FROM webhook_events \
    WHERE program_code = $1 AND account_id = $2 AND (occurred_at > $3 OR (occurred_at = $3 \
        AND (COALESCE(call_id, '') > $4 OR (COALESCE(call_id, '') = $4 \
            AND sequence * 1000 + position > $5)))) \
    ORDER BY occurred_at, COALESCE(call_id, ''), place LIMIT $6";

#[derive(Debug, FromRow)]
struct EventLineRow {
    event_id: String,
    event_type: String,
    sequence: i64,
    event: String,
    occurred_at: i64,
    call_id: Option<String>,
    place: i64,
}

/// Events about an account, as lines of its timeline.
pub(super) async fn events(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(EVENT_LINES).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(behind.number).bind(behind.limit);
    let rows: Vec<EventLineRow> = read.all(query).await?;
    rows.into_iter().map(EventLineRow::line).collect()
}

impl EventLineRow {
    fn line(self) -> Result<Line, DbError> {
        let event: Json = serde_json::from_str(&self.event)
            .map_err(|cause| DbError::Unreadable(format!("webhook_events.event: {cause}")))?;
        let text = format!("{} is told, message {}", self.event_type, self.sequence);
        let details = json!({
            "eventIdentifier": self.event_id,
            "eventType": self.event_type,
            "sequence": self.sequence,
            "event": event,
        });
        let (moment, key) = ((self.occurred_at, self.call_id), (self.place, String::new()));
        Ok(Line::new(LineKind::Event, moment, key, (text, details)))
    }
}

// A fault stands with the call that caused what it befell, and so does an attempt to deliver it.
const FAULT_LINES: &str = "SELECT d.delivery_id, d.fault_at, d.fault_until, d.fault, d.url, \
    d.sequence, e.event_type, e.call_id \
    FROM webhook_deliveries d \
    JOIN webhook_events e ON e.program_code = d.program_code AND e.message_id = d.message_id \
        AND e.position = 0 \
    WHERE d.program_code = $1 AND d.account_id = $2 AND d.fault IS NOT NULL \
        AND (d.fault_at > $3 OR (d.fault_at = $3 AND (COALESCE(e.call_id, '') > $4 \
        OR (COALESCE(e.call_id, '') = $4 AND (d.sequence > $5 \
        OR (d.sequence = $5 AND d.delivery_id > $6)))))) \
    ORDER BY d.fault_at, COALESCE(e.call_id, ''), d.sequence, d.delivery_id LIMIT $7";

#[derive(Debug, FromRow)]
struct FaultLineRow {
    delivery_id: String,
    fault_at: i64,
    fault_until: Option<i64>,
    fault: String,
    url: String,
    sequence: i64,
    event_type: String,
    call_id: Option<String>,
}

/// Faults that befell deliveries about an account before they were sent, as lines of its timeline.
pub(super) async fn faults(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(FAULT_LINES).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(behind.number).bind(behind.text.as_str());
    let rows: Vec<FaultLineRow> = read.all(query.bind(behind.limit)).await?;
    Ok(rows.into_iter().map(FaultLineRow::line).collect())
}

impl FaultLineRow {
    fn line(self) -> Line {
        let url = urls::covered(&self.url);
        let until = self.fault_until.map(Timestamp::from_millis);
        let comes_to = match (self.fault.as_str(), until) {
            ("drop", _) => "is never sent".to_owned(),
            ("reorder", Some(until)) => format!("lets the next one pass, until {until} at most"),
            (_, Some(until)) => format!("is not sent before {until}"),
            // Only of a delivery that an earlier release has recorded.
            (_, None) => "is sent later".to_owned(),
        };
        let text = format!(
            "{} of message {} to {url} {comes_to}, by the fault {}",
            self.event_type, self.sequence, self.fault
        );
        let details = json!({
            "deliveryIdentifier": self.delivery_id,
            "eventType": self.event_type,
            "url": url,
            "sequence": self.sequence,
            "fault": self.fault,
            "until": until,
        });
        let (moment, key) = ((self.fault_at, self.call_id), (self.sequence, self.delivery_id));
        Line::new(LineKind::Fault, moment, key, (text, details))
    }
}

const ATTEMPT_LINES: &str = "SELECT t.delivery_id, t.attempt, t.attempted_at, t.latency_ms, \
    t.http_status, t.verdict, t.reason, t.fault, d.url, d.sequence, e.event_type, e.call_id, \
    d.sequence * 1000 + t.attempt AS place \
    FROM webhook_deliveries d \
    JOIN webhook_attempts t ON t.program_code = d.program_code AND t.delivery_id = d.delivery_id \
    JOIN webhook_events e ON e.program_code = d.program_code AND e.message_id = d.message_id \
        AND e.position = 0 \
    WHERE d.program_code = $1 AND d.account_id = $2 AND (t.attempted_at > $3 \
        OR (t.attempted_at = $3 AND (COALESCE(e.call_id, '') > $4 \
        OR (COALESCE(e.call_id, '') = $4 AND (d.sequence * 1000 + t.attempt > $5 \
        OR (d.sequence * 1000 + t.attempt = $5 AND t.delivery_id > $6)))))) \
    ORDER BY t.attempted_at, COALESCE(e.call_id, ''), place, t.delivery_id LIMIT $7";

#[derive(Debug, FromRow)]
struct AttemptLineRow {
    delivery_id: String,
    attempt: i64,
    attempted_at: i64,
    latency_ms: i64,
    http_status: Option<i64>,
    verdict: String,
    reason: String,
    fault: Option<String>,
    url: String,
    sequence: i64,
    event_type: String,
    call_id: Option<String>,
    place: i64,
}

/// Attempts to deliver events about an account, as lines of its timeline.
pub(super) async fn attempts(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(ATTEMPT_LINES).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(behind.number).bind(behind.text.as_str());
    let rows: Vec<AttemptLineRow> = read.all(query.bind(behind.limit)).await?;
    Ok(rows.into_iter().map(AttemptLineRow::line).collect())
}

impl AttemptLineRow {
    fn line(self) -> Line {
        let url = urls::covered(&self.url);
        let told = match self.fault.as_deref() {
            Some("duplicate") => ", sent once more by the fault duplicate".to_owned(),
            Some("badToken") => ", sent with a wrong proof by the fault badToken".to_owned(),
            Some(fault) => format!(", struck by the fault {fault}"),
            None => String::new(),
        };
        let text = format!(
            "{} of message {} to {url}, attempt {}{told}: {} ({})",
            self.event_type, self.sequence, self.attempt, self.verdict, self.reason
        );
        let details = json!({
            "deliveryIdentifier": self.delivery_id,
            "eventType": self.event_type,
            "url": url,
            "attempt": self.attempt,
            "latencyMs": self.latency_ms,
            "httpStatus": self.http_status,
            "verdict": self.verdict,
            "reason": self.reason,
            "fault": self.fault,
        });
        let (moment, key) = ((self.attempted_at, self.call_id), (self.place, self.delivery_id));
        Line::new(LineKind::Attempt, moment, key, (text, details))
    }
}
