//! SQL of the states of accounts.

use serde_json::Value as Json;
use sqlx::FromRow;

use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line, LineKind};

// The unit holds the key of the account, so its numbers follow one another.
const INSERT: &str = "INSERT INTO account_states (program_code, account_id, number, changed_at, \
    change, call_id) \
    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COALESCE(MAX(s.number), 0) + 1, \
    CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT) FROM account_states s \
    WHERE s.program_code = $1 AND s.account_id = $2";

pub(super) fn insert(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    (change, now): (&Json, Timestamp),
) {
    let cause = work.cause();
    let query = sql(INSERT).bind(program).bind(account).bind(now);
    work.write(query.bind(change.to_string()).bind(cause));
}

const LINES: &str = "SELECT number, changed_at, change, call_id FROM account_states \
    WHERE program_code = $1 AND account_id = $2 AND (changed_at > $3 OR (changed_at = $3 AND \
        (COALESCE(call_id, '') > $4 OR (COALESCE(call_id, '') = $4 AND number > $5)))) \
    ORDER BY changed_at, COALESCE(call_id, ''), number LIMIT $6";

#[derive(Debug, FromRow)]
struct StateRow {
    number: i64,
    changed_at: i64,
    change: String,
    call_id: Option<String>,
}

pub(super) async fn lines(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(LINES).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(behind.number).bind(behind.limit);
    let rows: Vec<StateRow> = read.all(query).await?;
    rows.into_iter().map(StateRow::read).collect()
}

impl StateRow {
    fn read(self) -> Result<Line, DbError> {
        let change: Json = serde_json::from_str(&self.change)
            .map_err(|cause| DbError::Unreadable(format!("account_states.change: {cause}")))?;
        let words = |state: &Json| {
            let word = |name: &str| state[name].as_str().unwrap_or("-").to_owned();
            format!("{} / {} ({})", word("status"), word("statusReason"), word("position"))
        };
        let text = match change["from"].is_null() {
            true => format!("begins as {}", words(&change["to"])),
            false => format!("{} becomes {}", words(&change["from"]), words(&change["to"])),
        };
        let moment = (self.changed_at, self.call_id);
        Ok(Line::new(LineKind::State, moment, (self.number, String::new()), (text, change)))
    }
}
