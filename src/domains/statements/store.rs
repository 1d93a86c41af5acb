//! SQL of statements.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Cycle, KEPT_MAX, Statement};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO statements (program_code, account_id, period, first_day, \
    last_day, after_sequence, last_sequence, cover, drawn_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

/// Collects a statement.
pub(super) fn insert(
    work: &mut Work,
    program: &ProgramCode,
    (account, new): (AccountId, &Statement),
    now: Timestamp,
) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(account)
            .bind(new.period().to_string())
            .bind(new.cycle.first.to_string())
            .bind(new.cycle.last.to_string())
            .bind(new.after)
            .bind(new.last)
            .bind(serde_json::json!(new.cover).to_string())
            .bind(now),
    );
}

const LIST: &str = "SELECT first_day, last_day, after_sequence, last_sequence, cover \
    FROM statements WHERE program_code = $1 AND account_id = $2 \
    ORDER BY period DESC LIMIT $3";

#[derive(Debug, FromRow)]
struct StatementRow {
    first_day: String,
    last_day: String,
    after_sequence: i64,
    last_sequence: i64,
    cover: String,
}

fn read<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("statements.{column}: {problem}")))
}

impl StatementRow {
    fn read(self) -> Result<Statement, DbError> {
        let cover = serde_json::from_str(&self.cover)
            .map_err(|cause| DbError::Unreadable(format!("statements.cover: {cause}")))?;
        Ok(Statement {
            cycle: Cycle {
                first: read("first_day", &self.first_day)?,
                last: read("last_day", &self.last_day)?,
            },
            after: self.after_sequence,
            last: self.last_sequence,
            cover,
        })
    }
}

/// The statements of an account, the newest first, [`KEPT_MAX`] of them at most.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Statement>, DbError> {
    let limit = i64::try_from(KEPT_MAX).unwrap_or(i64::MAX);
    let rows: Vec<StatementRow> =
        read.all(sql(LIST).bind(program).bind(account).bind(limit)).await?;
    rows.into_iter().map(StatementRow::read).collect()
}
