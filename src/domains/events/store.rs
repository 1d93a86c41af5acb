//! SQL of the receiver of test events.

use sqlx::FromRow;

use super::model::ReceiverAnswer;
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;

/// One row, with the version of the world, whether the receiver was configured or not.
const FIND: &str = "SELECT p.version AS world_version, r.min_delay_ms, r.max_delay_ms, \
    r.http_status, r.body, r.content_type FROM programs p \
    LEFT JOIN test_event_receivers r ON r.program_code = p.program_code \
    WHERE p.program_code = $1";

#[derive(FromRow)]
struct ReceiverRow {
    world_version: i64,
    min_delay_ms: Option<i64>,
    max_delay_ms: Option<i64>,
    http_status: Option<i64>,
    body: Option<String>,
    content_type: Option<String>,
}

/// The version of the world, and how its receiver answers if it was configured.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<(i64, Option<ReceiverAnswer>), DbError> {
    let Some(row) = read.first::<ReceiverRow>(sql(FIND).bind(program)).await? else {
        return Ok((0, None));
    };
    let ReceiverRow { world_version, body, .. } = row;
    let (Some(min_delay_ms), Some(max_delay_ms), Some(http_status), Some(content_type)) =
        (row.min_delay_ms, row.max_delay_ms, row.http_status, row.content_type)
    else {
        return Ok((world_version, None));
    };
    let answer = ReceiverAnswer {
        min_delay_ms: number("min_delay_ms", min_delay_ms)?,
        max_delay_ms: number("max_delay_ms", max_delay_ms)?,
        status: number("http_status", http_status)?,
        body,
        content_type,
    };
    Ok((world_version, Some(answer)))
}

fn number<T: TryFrom<i64, Error: std::fmt::Display>>(
    column: &str,
    stored: i64,
) -> Result<T, DbError> {
    let unreadable =
        |problem| DbError::Unreadable(format!("test_event_receivers.{column}: {problem}"));
    T::try_from(stored).map_err(unreadable)
}

const PUT: &str = "INSERT INTO test_event_receivers (program_code, min_delay_ms, max_delay_ms, \
    http_status, body, content_type, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
    ON CONFLICT (program_code) DO UPDATE SET min_delay_ms = excluded.min_delay_ms, \
    max_delay_ms = excluded.max_delay_ms, http_status = excluded.http_status, \
    body = excluded.body, content_type = excluded.content_type, changed_at = excluded.changed_at";

/// Collects how the receiver of a program answers from now on.
pub(super) fn put(work: &mut Work, program: &ProgramCode, answer: &ReceiverAnswer, now: Timestamp) {
    work.write(
        sql(PUT)
            .bind(program)
            .bind(i64::from(answer.min_delay_ms))
            .bind(i64::from(answer.max_delay_ms))
            .bind(i64::from(answer.status))
            .bind(answer.body.as_deref())
            .bind(answer.content_type.as_str())
            .bind(now),
    );
}
