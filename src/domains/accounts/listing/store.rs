//! SQL of finding accounts.

use std::str::FromStr;

use sqlx::FromRow;

use super::{Listed, Wanted};
use crate::db::{DbError, Read, sql};
use crate::domains::accounts::model::Standing;
use crate::kernel::ids::{AccountId, ProgramCode};
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

const OF_CONSUMER: &str = "SELECT account_id, reference_number, product_code, status, \
    status_reason, created_at FROM accounts \
    WHERE program_code = $1 AND partner_consumer_id = $2 \
    ORDER BY created_at, account_id LIMIT $3";

/// Accounts of a partner's consumer, oldest first.
pub(super) async fn of_consumer(
    read: &mut impl Read,
    program: &ProgramCode,
    consumer: &str,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    let query = sql(OF_CONSUMER).bind(program).bind(consumer).bind(limit);
    let rows: Vec<ListedRow> = read.all(query).await?;
    rows.into_iter().map(ListedRow::read).collect()
}

const LINKED_TO: &str = "SELECT account_id, reference_number, product_code, status, \
    status_reason, created_at FROM accounts \
    WHERE program_code = $1 AND account_id <> $2 AND account_id IN ( \
        SELECT u.account_id FROM users mine JOIN users u \
            ON u.program_code = mine.program_code AND u.identity_hash = mine.identity_hash \
            AND u.date_of_birth = mine.date_of_birth \
        WHERE mine.program_code = $1 AND mine.account_id = $2) \
    ORDER BY created_at, account_id LIMIT $3";

/// Other accounts of the holders of this one, oldest first.
pub(super) async fn linked_to(
    read: &mut impl Read,
    program: &ProgramCode,
    id: AccountId,
    limit: i64,
) -> Result<Vec<Listed>, DbError> {
    let rows: Vec<ListedRow> = read.all(sql(LINKED_TO).bind(program).bind(id).bind(limit)).await?;
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
