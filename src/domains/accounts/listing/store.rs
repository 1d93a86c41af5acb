//! SQL of finding accounts.

use std::str::FromStr;

use sqlx::FromRow;

use super::{Listed, Wanted};
use crate::db::{DbError, Read, sql};
use crate::domains::accounts::model::Standing;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;

const LIST: &str = "SELECT account_id, reference_number, product_code, status, status_reason, \
    created_at FROM accounts WHERE program_code = $1 \
    AND (CAST($2 AS TEXT) IS NULL OR status = $2) \
    AND (CAST($3 AS TEXT) IS NULL OR reference_number = $3) \
    ORDER BY created_at, account_id LIMIT $4 OFFSET $5";

#[derive(Debug, FromRow)]
struct ListedRow {
    account_id: String,
    reference_number: String,
    product_code: String,
    status: String,
    status_reason: String,
    created_at: i64,
}

/// Accounts of a program, oldest first.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    wanted: &Wanted<'_>,
) -> Result<Vec<Listed>, DbError> {
    let query = sql(LIST)
        .bind(program)
        .bind(wanted.status.map(|status| status.as_str()))
        .bind(wanted.reference_number)
        .bind(wanted.page.limit)
        .bind(wanted.page.offset);
    let rows: Vec<ListedRow> = read.all(query).await?;
    rows.into_iter().map(ListedRow::read).collect()
}

impl ListedRow {
    fn read(self) -> Result<Listed, DbError> {
        Ok(Listed {
            id: parse("account_id", &self.account_id)?,
            reference_number: self.reference_number,
            product_code: self.product_code,
            standing: Standing {
                status: parse("status", &self.status)?,
                reason: parse("status_reason", &self.status_reason)?,
            },
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("accounts.{column}: {problem}")))
}
