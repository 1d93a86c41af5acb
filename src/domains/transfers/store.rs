//! SQL of transfers.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Asked, Status, Transfer};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{ProgramCode, TransferId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO transfers (program_code, transfer_id, request_id, account_id, \
    source_purse_id, target_purse_id, amount_e4, memo, description, status, status_reason, \
    created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// What a transfer that was carried out is stored as.
const COMPLETED: &str = "completed";
/// What a transfer that was not carried out is stored as.
const FAILED: &str = "failed";

/// Collects a transfer with the request id of its call.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &Transfer, request_id: &str) {
    let (status, reason) = match new.status {
        Status::Failed(reason) => (FAILED, Some(reason.as_str())),
        Status::Possible | Status::Completed => (COMPLETED, None),
    };
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.id)
            .bind(request_id)
            .bind(new.asked.account)
            .bind(new.asked.source)
            .bind(new.asked.target)
            .bind(new.asked.amount)
            .bind(new.asked.memo.as_deref())
            .bind(new.asked.description.as_deref())
            .bind(status)
            .bind(reason)
            .bind(new.created_at),
    );
}

#[derive(Debug, FromRow)]
struct TransferRow {
    transfer_id: String,
    account_id: String,
    source_purse_id: String,
    target_purse_id: String,
    amount_e4: i64,
    memo: Option<String>,
    description: Option<String>,
    status: String,
    status_reason: Option<String>,
    created_at: i64,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("transfers.{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

impl TransferRow {
    fn read(self) -> Result<Transfer, DbError> {
        let amount = Amount::of(Money::from_e4(self.amount_e4));
        let status = match (self.status.as_str(), self.status_reason) {
            (COMPLETED, None) => Status::Completed,
            (FAILED, Some(reason)) => Status::Failed(parse("status_reason", &reason)?),
            (other, _) => return Err(unreadable("status", other)),
        };
        Ok(Transfer {
            id: parse("transfer_id", &self.transfer_id)?,
            asked: Asked {
                account: parse("account_id", &self.account_id)?,
                source: parse("source_purse_id", &self.source_purse_id)?,
                target: parse("target_purse_id", &self.target_purse_id)?,
                amount: amount.map_err(|problem| unreadable("amount_e4", problem))?,
                memo: self.memo,
                description: self.description,
            },
            status,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

const FIND: &str = "SELECT transfer_id, account_id, source_purse_id, target_purse_id, amount_e4, \
    memo, description, status, status_reason, created_at FROM transfers \
    WHERE program_code = $1 AND (transfer_id = $2 OR request_id = $3) ORDER BY created_at LIMIT 2";

/// The transfers of this identifier and of this request id: none, one that is both or either, or
/// two.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    (id, request_id): (TransferId, &str),
) -> Result<Vec<Transfer>, DbError> {
    let query = sql(FIND).bind(program).bind(id).bind(request_id);
    let rows: Vec<TransferRow> = read.all(query).await?;
    rows.into_iter().map(TransferRow::read).collect()
}
