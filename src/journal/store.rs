//! SQL of the journal.

use sqlx::FromRow;

use super::model::{EXPLAINED_MAX, Explanation, RefusedCall, kept};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{ProgramCode, RequestId};
use crate::kernel::time::Timestamp;

/// Where the next refusal of a world goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub position: i64,
    pub at: Timestamp,
}

const NEXT_PLACE: &str = "SELECT \
    COALESCE((SELECT MAX(r.position) FROM refusals r WHERE r.program_code = $1), 0) + 1 \
        AS position, \
    COALESCE(p.clock_frozen_at, CAST($2 AS BIGINT) + p.clock_offset_ms) AS at \
    FROM programs p WHERE p.program_code = $1";

/// The next position and the present moment of a world; `None` if there is no such world.
pub(super) async fn next_place(
    read: &mut impl Read,
    program: &ProgramCode,
    wall: Timestamp,
) -> Result<Option<Place>, DbError> {
    let row: Option<(i64, i64)> = read.first(sql(NEXT_PLACE).bind(program).bind(wall)).await?;
    Ok(row.map(|(position, at)| Place { position, at: Timestamp::from_millis(at) }))
}

const INSERT: &str = "INSERT INTO refusals (program_code, position, request_id, answered_at, \
    method, path, client_id, http_status, code, sub_code, description, rule, facts, source) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub(super) fn insert(work: &mut Work, program: &ProgramCode, place: Place, call: &RefusedCall) {
    let refusal = &call.refusal;
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(place.position)
            .bind(call.request_id.canonical())
            .bind(place.at)
            .bind(kept(&call.method))
            .bind(kept(&call.path))
            .bind(call.client.as_deref())
            .bind(refusal.code.http)
            .bind(i64::from(refusal.code.code))
            .bind(i64::from(refusal.code.sub_code))
            .bind(kept(&refusal.description))
            .bind(refusal.rule)
            .bind(kept(refusal.shown_facts()))
            .bind(refusal.code.source),
    );
}

const DELETE_UP_TO: &str = "DELETE FROM refusals WHERE program_code = $1 AND position <= $2";

/// Drops the refusals of a world up to a position.
pub(super) fn delete_up_to(work: &mut Work, program: &ProgramCode, position: i64) {
    work.write(sql(DELETE_UP_TO).bind(program).bind(position));
}

#[derive(Debug, FromRow)]
struct RefusalRow {
    answered_at: i64,
    method: String,
    path: String,
    client_id: Option<String>,
    http_status: i64,
    code: i64,
    sub_code: i64,
    description: String,
    rule: String,
    facts: String,
    source: String,
}

impl From<RefusalRow> for Explanation {
    fn from(row: RefusalRow) -> Self {
        Self {
            at: Timestamp::from_millis(row.answered_at),
            method: row.method,
            path: row.path,
            client: row.client_id,
            http_status: row.http_status,
            code: row.code,
            sub_code: row.sub_code,
            description: row.description,
            rule: row.rule,
            facts: row.facts,
            source: row.source,
        }
    }
}

const FIND: &str = "SELECT answered_at, method, path, client_id, http_status, code, sub_code, \
    description, rule, facts, source FROM refusals \
    WHERE program_code = $1 AND request_id = $2 ORDER BY position DESC LIMIT $3";

/// The refusals of a request id, newest first.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    request_id: &RequestId,
) -> Result<Vec<Explanation>, DbError> {
    let query = sql(FIND).bind(program).bind(request_id.canonical()).bind(EXPLAINED_MAX);
    let rows: Vec<RefusalRow> = read.all(query).await?;
    Ok(rows.into_iter().map(Explanation::from).collect())
}
