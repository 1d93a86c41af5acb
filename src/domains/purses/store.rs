//! SQL of purses. They are read together with their account or its books; balances are written by
//! the ledger alone.

use std::str::FromStr;

use sqlx::FromRow;

use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::Purse;
use crate::kernel::ids::{AccountId, ProgramCode, PurseId};
use crate::kernel::money::Money;
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO purses (program_code, purse_id, account_id, purse_type, \
    status, is_hidden, is_round_up, available_e4, ledger_e4, balance_at, created_at, position, \
    details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Collects a new purse.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, account: AccountId, new: &Purse) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.id)
            .bind(account)
            .bind(new.kind.as_str())
            .bind(new.status.as_str())
            .bind(new.is_hidden)
            .bind(new.is_round_up)
            .bind(new.available)
            .bind(new.ledger)
            .bind(new.balance_at)
            .bind(new.created_at)
            .bind(new.position)
            .bind(details(new)),
    );
}

fn details(purse: &Purse) -> String {
    serde_json::json!(purse.details).to_string()
}

const UPDATE: &str = "UPDATE purses SET is_hidden = $3, is_round_up = $4, details = $5 \
    WHERE program_code = $1 AND purse_id = $2";

/// Collects what a partner may change of a purse.
pub(super) fn update(work: &mut Work, program: &ProgramCode, purse: &Purse) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(purse.id)
            .bind(purse.is_hidden)
            .bind(purse.is_round_up)
            .bind(details(purse)),
    );
}

const CLOSE: &str = "UPDATE purses SET status = 'closed', closed_at = $3 \
    WHERE program_code = $1 AND purse_id = $2";

/// Collects the end of a purse.
pub(super) fn close(work: &mut Work, program: &ProgramCode, purse: PurseId, now: Timestamp) {
    work.write(sql(CLOSE).bind(program).bind(purse).bind(now));
}

const FIND: &str = "SELECT purse_id, purse_type, status, is_hidden, is_round_up, available_e4, \
    ledger_e4, balance_at, created_at, position, details FROM purses \
    WHERE program_code = $1 AND account_id = $2 AND purse_id = $3";

#[derive(Debug, FromRow)]
struct PurseRow {
    purse_id: String,
    purse_type: String,
    status: String,
    is_hidden: bool,
    is_round_up: bool,
    available_e4: i64,
    ledger_e4: i64,
    balance_at: i64,
    created_at: i64,
    position: i64,
    details: String,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("purses.{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

impl PurseRow {
    fn read(self) -> Result<Purse, DbError> {
        Ok(Purse {
            id: parse("purse_id", &self.purse_id)?,
            kind: parse("purse_type", &self.purse_type)?,
            available: Money::from_e4(self.available_e4),
            ledger: Money::from_e4(self.ledger_e4),
            balance_at: Timestamp::from_millis(self.balance_at),
            is_hidden: self.is_hidden,
            is_round_up: self.is_round_up,
            status: parse("status", &self.status)?,
            position: self.position,
            created_at: Timestamp::from_millis(self.created_at),
            details: serde_json::from_str(&self.details)
                .map_err(|problem| unreadable("details", problem))?,
        })
    }
}

/// A purse of an account, open or closed.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, id): (AccountId, PurseId),
) -> Result<Option<Purse>, DbError> {
    let query = sql(FIND).bind(program).bind(account).bind(id);
    let row: Option<PurseRow> = read.first(query).await?;
    row.map(PurseRow::read).transpose()
}

const ALL_OF: &str = "SELECT purse_id, purse_type, status, is_hidden, is_round_up, available_e4, \
    ledger_e4, balance_at, created_at, position, details FROM purses \
    WHERE program_code = $1 AND account_id = $2 ORDER BY position, purse_id";

/// The purses of an account, open or closed.
pub(super) async fn all_of(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Purse>, DbError> {
    let rows: Vec<PurseRow> = read.all(sql(ALL_OF).bind(program).bind(account)).await?;
    rows.into_iter().map(PurseRow::read).collect()
}

const ACCOUNT_OF: &str = "SELECT account_id FROM purses WHERE program_code = $1 AND purse_id = $2";

/// The account of a purse, open or closed.
pub(super) async fn account_of(
    read: &mut impl Read,
    program: &ProgramCode,
    purse: PurseId,
) -> Result<Option<AccountId>, DbError> {
    let row: Option<(String,)> = read.first(sql(ACCOUNT_OF).bind(program).bind(purse)).await?;
    row.map(|(account,)| parse("account_id", &account)).transpose()
}
