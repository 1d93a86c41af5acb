//! SQL of adjustments.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Adjustment, NewAdjustment};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, AdjustmentId, ProgramCode};
use crate::kernel::money::{Amount, Charge, Money};
use crate::kernel::movements::Direction;
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO adjustments (program_code, account_id, adjustment_id, \
    adjustment_type, amount_e4, fee_e4, currency, description, debit_to_negative, status, \
    status_reason, created_at, transaction_at, is_credit) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub(super) fn insert(work: &mut Work, program: &ProgramCode, account: AccountId, new: &Adjustment) {
    let asked = &new.asked;
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(account)
            .bind(asked.id)
            .bind(asked.kind.as_str())
            .bind(asked.amount)
            .bind(asked.fee.money())
            .bind(asked.currency.as_str())
            .bind(asked.description.as_deref())
            .bind(asked.debit_to_negative)
            .bind(new.status.as_str())
            .bind(new.reason.as_str())
            .bind(new.created_at)
            .bind(new.transaction_at)
            .bind(new.direction.is_credit()),
    );
}

const UPDATE: &str = "UPDATE adjustments SET status = $4, status_reason = $5, transaction_at = $6 \
    WHERE program_code = $1 AND account_id = $2 AND adjustment_id = $3";

pub(super) fn update(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    adjustment: &Adjustment,
) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(account)
            .bind(adjustment.asked.id)
            .bind(adjustment.status.as_str())
            .bind(adjustment.reason.as_str())
            .bind(adjustment.transaction_at),
    );
}

#[derive(Debug, FromRow)]
struct AdjustmentRow {
    account_id: String,
    adjustment_id: String,
    adjustment_type: String,
    amount_e4: i64,
    fee_e4: i64,
    currency: String,
    description: Option<String>,
    debit_to_negative: bool,
    status: String,
    status_reason: String,
    is_credit: bool,
    created_at: i64,
    transaction_at: i64,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("adjustments.{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

impl AdjustmentRow {
    fn read(self) -> Result<Adjustment, DbError> {
        let amount = Amount::of(Money::from_e4(self.amount_e4));
        let fee = Charge::of(Money::from_e4(self.fee_e4));
        Ok(Adjustment {
            asked: NewAdjustment {
                id: parse("adjustment_id", &self.adjustment_id)?,
                kind: self.adjustment_type,
                amount: amount.map_err(|problem| unreadable("amount_e4", problem))?,
                fee: fee.map_err(|problem| unreadable("fee_e4", problem))?,
                currency: self.currency,
                description: self.description,
                debit_to_negative: self.debit_to_negative,
            },
            status: parse("status", &self.status)?,
            reason: parse("status_reason", &self.status_reason)?,
            direction: Direction::of_credit(self.is_credit),
            created_at: Timestamp::from_millis(self.created_at),
            transaction_at: Timestamp::from_millis(self.transaction_at),
        })
    }
}

const FIND: &str = "SELECT account_id, adjustment_id, adjustment_type, amount_e4, fee_e4, \
    currency, description, debit_to_negative, status, status_reason, is_credit, created_at, \
    transaction_at FROM adjustments \
    WHERE program_code = $1 AND account_id = $2 AND adjustment_id = $3";

/// The adjustment of this identifier, if the account has it.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, id): (AccountId, AdjustmentId),
) -> Result<Option<Adjustment>, DbError> {
    let query = sql(FIND).bind(program).bind(account).bind(id);
    let row: Option<AdjustmentRow> = read.first(query).await?;
    row.map(AdjustmentRow::read).transpose()
}

const OF_SPAN: &str = "SELECT account_id, adjustment_id, adjustment_type, amount_e4, fee_e4, \
    currency, description, debit_to_negative, status, status_reason, is_credit, created_at, \
    transaction_at FROM adjustments \
    WHERE program_code = $1 AND transaction_at >= $2 AND transaction_at < $3 \
    AND (transaction_at, account_id, adjustment_id) > ($4, $5, $6) \
    ORDER BY transaction_at, account_id, adjustment_id LIMIT $7";

/// Where a page of adjustments begins: behind this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Behind {
    pub transaction_at: Timestamp,
    pub account: String,
    pub adjustment: String,
}

/// Adjustments of a span of time, in order, behind one of them.
pub(super) async fn of_span(
    read: &mut impl Read,
    program: &ProgramCode,
    (from, until): (Timestamp, Timestamp),
    behind: &Behind,
    limit: i64,
) -> Result<Vec<(AccountId, Adjustment)>, DbError> {
    let query = sql(OF_SPAN)
        .bind(program)
        .bind(from)
        .bind(until)
        .bind(behind.transaction_at)
        .bind(behind.account.as_str())
        .bind(behind.adjustment.as_str())
        .bind(limit);
    let rows: Vec<AdjustmentRow> = read.all(query).await?;
    let row = |row: AdjustmentRow| Ok((parse("account_id", &row.account_id)?, row.read()?));
    rows.into_iter().map(row).collect()
}
