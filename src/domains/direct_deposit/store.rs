//! SQL of switch attempts.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{ATTEMPTS_MAX, AmountType, Attempt, Portion};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode, SwitchId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO direct_deposit_switches (program_code, account_id, switch_id, \
    number, vendor_reference, status, status_reason, event_ids, created_at, last_event_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, '[]', $8, $8)";

/// Collects a new attempt, of which nothing else is known.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, account: AccountId, new: &Attempt) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(account)
            .bind(new.id)
            .bind(new.number)
            .bind(new.vendor_reference.as_str())
            .bind(new.status.as_str())
            .bind(new.reason.as_str())
            .bind(new.created_at),
    );
}

const UPDATE: &str = "UPDATE direct_deposit_switches SET amount_type = $3, amount_e4 = $4, \
    status = $5, status_reason = $6, depositor = $7, event_ids = $8, last_event_at = $9 \
    WHERE program_code = $1 AND switch_id = $2";

pub(super) fn update(work: &mut Work, program: &ProgramCode, attempt: &Attempt) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(attempt.id)
            .bind(attempt.portion.kind().map(AmountType::as_str))
            .bind(attempt.portion.amount().map(|amount| amount.money().e4()))
            .bind(attempt.status.as_str())
            .bind(attempt.reason.as_str())
            .bind(attempt.depositor.as_deref())
            .bind(serde_json::json!(attempt.event_ids).to_string())
            .bind(attempt.last_event_at),
    );
}

#[derive(Debug, FromRow)]
struct AttemptRow {
    switch_id: String,
    number: i64,
    vendor_reference: String,
    amount_type: Option<String>,
    amount_e4: Option<i64>,
    status: String,
    status_reason: String,
    depositor: Option<String>,
    event_ids: String,
    created_at: i64,
    last_event_at: i64,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("direct_deposit_switches.{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

impl AttemptRow {
    fn read(self) -> Result<Attempt, DbError> {
        let kind = self.amount_type.map(|text| parse("amount_type", &text)).transpose()?;
        let amount = self.amount_e4.map(|e4| Amount::of(Money::from_e4(e4))).transpose();
        let amount = amount.map_err(|problem| unreadable("amount_e4", problem))?;
        let portion = Portion::of(kind, amount);
        let event_ids = serde_json::from_str(&self.event_ids);
        Ok(Attempt {
            id: parse("switch_id", &self.switch_id)?,
            number: self.number,
            vendor_reference: self.vendor_reference,
            portion: portion.map_err(|problem| unreadable("amount_e4", problem))?,
            status: parse("status", &self.status)?,
            reason: self.status_reason,
            depositor: self.depositor,
            event_ids: event_ids.map_err(|problem| unreadable("event_ids", problem))?,
            created_at: Timestamp::from_millis(self.created_at),
            last_event_at: Timestamp::from_millis(self.last_event_at),
        })
    }
}

const FIND: &str = "SELECT switch_id, number, vendor_reference, amount_type, amount_e4, status, \
    status_reason, depositor, event_ids, created_at, last_event_at FROM direct_deposit_switches \
    WHERE program_code = $1 AND account_id = $2 AND switch_id = $3";

/// The attempt of this id, if the account has it.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, id): (AccountId, SwitchId),
) -> Result<Option<Attempt>, DbError> {
    let row: Option<AttemptRow> =
        read.first(sql(FIND).bind(program).bind(account).bind(id)).await?;
    row.map(AttemptRow::read).transpose()
}

const ALL: &str = "SELECT switch_id, number, vendor_reference, amount_type, amount_e4, status, \
    status_reason, depositor, event_ids, created_at, last_event_at FROM direct_deposit_switches \
    WHERE program_code = $1 AND account_id = $2 ORDER BY number LIMIT $3";

/// All attempts of an account, oldest first.
pub(super) async fn all(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Attempt>, DbError> {
    let query = sql(ALL).bind(program).bind(account).bind(ATTEMPTS_MAX);
    let rows: Vec<AttemptRow> = read.all(query).await?;
    rows.into_iter().map(AttemptRow::read).collect()
}

const LATEST: &str = "SELECT switch_id, number, vendor_reference, amount_type, amount_e4, status, \
    status_reason, depositor, event_ids, created_at, last_event_at FROM direct_deposit_switches \
    WHERE program_code = $1 AND account_id = $2 ORDER BY number DESC LIMIT 1";

/// The last attempt of an account, if it has one.
pub(super) async fn latest(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Option<Attempt>, DbError> {
    let row: Option<AttemptRow> = read.first(sql(LATEST).bind(program).bind(account)).await?;
    row.map(AttemptRow::read).transpose()
}

const LAST_NUMBER: &str = "SELECT MAX(number) AS number FROM direct_deposit_switches \
    WHERE program_code = $1 AND account_id = $2";

/// The number of the last attempt of an account; 0 if it has none. No attempt is ever taken away.
pub(super) async fn last_number(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<i64, DbError> {
    let row: Option<(Option<i64>,)> =
        read.first(sql(LAST_NUMBER).bind(program).bind(account)).await?;
    Ok(row.and_then(|(number,)| number).unwrap_or(0))
}
