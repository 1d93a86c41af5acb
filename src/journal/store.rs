//! SQL of the journal.

use sqlx::FromRow;

use super::model::{Entry, Kind};
use crate::db::{DbError, Read, Statement, Work, sql};
use crate::kernel::ids::{AccountId, Life, ProgramCode, RequestId};
use crate::kernel::timeline::Behind;

/// A call of a world that is not there is not kept: nobody could ask for it. Neither is one of an
/// earlier life, which this process or another may still have held when the world began anew.
const INSERT: &str = "INSERT INTO journal (program_code, call_id, kind, request_id, account_id, \
    received_at, entry) \
    SELECT p.program_code, CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS TEXT), \
    CAST($5 AS TEXT), CAST($6 AS BIGINT), CAST($7 AS TEXT) FROM programs p \
    WHERE p.program_code = $1 AND p.life = $8 \
    ON CONFLICT DO NOTHING";

/// Collects the keeping of a call. The unit must keep the program from changing.
pub(super) fn insert(work: &mut Work, (program, life): (&ProgramCode, Life), entry: &Entry) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(entry.call_id.as_str())
            .bind(entry.kind.as_str())
            .bind(entry.request_id.as_deref())
            .bind(entry.account_identifier.as_deref())
            .bind(entry.at)
            .bind(serde_json::json!(entry).to_string())
            .bind(life.number()),
    );
}

const SWEEP: &str = "DELETE FROM journal WHERE program_code = $1 AND call_id < ( \
    SELECT call_id FROM journal WHERE program_code = $1 \
    ORDER BY call_id DESC LIMIT 1 OFFSET $2)";

/// Drops all but the latest calls of a world.
pub(super) fn sweep(work: &mut Work, program: &ProgramCode, kept: usize) {
    let offset = i64::try_from(kept.saturating_sub(1)).unwrap_or(i64::MAX);
    work.write(sql(SWEEP).bind(program).bind(offset));
}

#[derive(Debug, FromRow)]
struct EntryRow {
    entry: String,
}

impl EntryRow {
    fn read(self) -> Result<Entry, DbError> {
        serde_json::from_str(&self.entry)
            .map_err(|cause| DbError::Unreadable(format!("journal.entry: {cause}")))
    }
}

async fn entries(read: &mut impl Read, query: Statement) -> Result<Vec<Entry>, DbError> {
    let rows: Vec<EntryRow> = read.all(query).await?;
    rows.into_iter().map(EntryRow::read).collect()
}

const BEFORE: &str = "SELECT entry FROM journal WHERE program_code = $1 \
    AND (CAST($2 AS TEXT) IS NULL OR call_id < $2) ORDER BY call_id DESC LIMIT $3";

/// Calls before one, newest first; from the newest if none is given.
pub(super) async fn before(
    read: &mut impl Read,
    program: &ProgramCode,
    call: Option<&str>,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    entries(read, sql(BEFORE).bind(program).bind(call).bind(limit)).await
}

const OF_REQUEST: &str = "SELECT entry FROM journal WHERE program_code = $1 \
    AND request_id = $2 AND kind = 'call' ORDER BY call_id DESC LIMIT $3";

/// The calls with a request id, newest first.
pub(super) async fn of_request(
    read: &mut impl Read,
    program: &ProgramCode,
    request_id: &RequestId,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    entries(read, sql(OF_REQUEST).bind(program).bind(request_id.canonical()).bind(limit)).await
}

// Calls of partners and control calls are two kinds of lines, and `$5` says which: the first alone,
// or the others.
const OF_ACCOUNT: &str = "SELECT entry FROM journal WHERE program_code = $1 \
    AND (account_id = $2 OR (account_id IS NULL AND kind IN ('control', 'reset'))) \
    AND (received_at > $3 OR (received_at = $3 AND call_id > $4)) \
    AND (kind = 'call') = (CAST($5 AS TEXT) = 'call') AND kind <> 'lost' \
    ORDER BY received_at, call_id LIMIT $6";

/// Calls about an account, and control calls about its whole world, in the order of the world's
/// moments.
pub(super) async fn of_account(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    (kind, behind): (Kind, &Behind),
) -> Result<Vec<Entry>, DbError> {
    let query = sql(OF_ACCOUNT).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(kind.as_str()).bind(behind.limit);
    entries(read, query).await
}
