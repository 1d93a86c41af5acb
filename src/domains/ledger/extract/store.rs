//! SQL of extracts.

use std::collections::BTreeMap;
use std::str::FromStr;

use sqlx::FromRow;

use super::Range;
use crate::db::{DbError, Read, sql};
use crate::domains::ledger::model::{Entry, Sums};
use crate::kernel::ids::{AccountId, ProgramCode, PurseId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::Direction;
use crate::kernel::time::Timestamp;

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

const FIRST_SINCE: &str = "SELECT MIN(sequence) AS sequence FROM postings \
    WHERE program_code = $1 AND account_id = $2 AND sequence > $3 AND posted_at >= $4";

pub(super) async fn first_since(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, after): (AccountId, i64),
    moment: Timestamp,
) -> Result<Option<i64>, DbError> {
    let query = sql(FIRST_SINCE).bind(program).bind(account).bind(after).bind(moment);
    let row: Option<(Option<i64>,)> = read.first(query).await?;
    Ok(row.and_then(|(sequence,)| sequence))
}

const BALANCES: &str = "SELECT p.purse_id, p.balance_e4 FROM postings p \
    JOIN (SELECT MAX(q.sequence) AS sequence FROM postings q \
        WHERE q.program_code = $1 AND q.account_id = $2 AND q.sequence <= $3 \
        GROUP BY q.purse_id) newest ON newest.sequence = p.sequence \
    WHERE p.program_code = $1 AND p.account_id = $2";

pub(super) async fn balances(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, last): (AccountId, i64),
) -> Result<BTreeMap<PurseId, Money>, DbError> {
    let query = sql(BALANCES).bind(program).bind(account).bind(last);
    let rows: Vec<(String, i64)> = read.all(query).await?;
    let balance =
        |(purse, e4): &(String, i64)| Ok((parse("postings.purse_id", purse)?, Money::from_e4(*e4)));
    rows.iter().map(balance).collect()
}

const SUMS: &str = "SELECT purse_id, \
    CAST(SUM(CASE WHEN credit_book = purse_id THEN amount_e4 ELSE 0 END) AS BIGINT) AS credits, \
    CAST(SUM(CASE WHEN debit_book = purse_id THEN amount_e4 ELSE 0 END) AS BIGINT) AS debits, \
    CAST(SUM(CASE WHEN credit_book = 'fees' THEN amount_e4 ELSE 0 END) AS BIGINT) AS fees, \
    COUNT(*) AS count FROM postings \
    WHERE program_code = $1 AND account_id = $2 AND sequence > $3 AND sequence <= $4 \
    GROUP BY purse_id";

#[derive(Debug, FromRow)]
struct SumsRow {
    purse_id: String,
    credits: i64,
    debits: i64,
    fees: i64,
    count: i64,
}

pub(super) async fn sums(
    read: &mut impl Read,
    program: &ProgramCode,
    Range { account, after, last }: Range,
) -> Result<BTreeMap<PurseId, Sums>, DbError> {
    let query = sql(SUMS).bind(program).bind(account).bind(after).bind(last);
    let rows: Vec<SumsRow> = read.all(query).await?;
    let sums = |row: SumsRow| {
        let purse = parse("postings.purse_id", &row.purse_id)?;
        let [credits, debits, fees] = [row.credits, row.debits, row.fees].map(Money::from_e4);
        Ok((purse, Sums { credits, debits, fees, count: row.count }))
    };
    rows.into_iter().map(sums).collect()
}

const ENTRIES: &str = "SELECT p.purse_id, (p.credit_book = p.purse_id) AS is_credit, \
    p.amount_e4, p.balance_e4, p.posted_at, t.transaction_type, t.details \
    FROM postings p JOIN transactions t ON t.program_code = p.program_code \
        AND t.transaction_id = p.transaction_id \
    WHERE p.program_code = $1 AND p.account_id = $2 AND p.sequence > $3 AND p.sequence <= $4 \
    ORDER BY p.sequence LIMIT $5";

#[derive(Debug, FromRow)]
struct EntryRow {
    purse_id: String,
    is_credit: bool,
    amount_e4: i64,
    balance_e4: i64,
    posted_at: i64,
    transaction_type: String,
    details: String,
}

pub(super) async fn entries(
    read: &mut impl Read,
    program: &ProgramCode,
    Range { account, after, last }: Range,
    limit: i64,
) -> Result<Vec<Entry>, DbError> {
    let query = sql(ENTRIES).bind(program).bind(account).bind(after).bind(last).bind(limit);
    let rows: Vec<EntryRow> = read.all(query).await?;
    rows.iter().map(EntryRow::read).collect()
}

impl EntryRow {
    fn read(&self) -> Result<Entry, DbError> {
        Ok(Entry {
            purse: parse("postings.purse_id", &self.purse_id)?,
            direction: Direction::of_credit(self.is_credit),
            amount: Amount::of(Money::from_e4(self.amount_e4))
                .map_err(|problem| unreadable("postings.amount_e4", problem))?,
            balance: Money::from_e4(self.balance_e4),
            posted_at: Timestamp::from_millis(self.posted_at),
            kind: parse("transactions.transaction_type", &self.transaction_type)?,
            details: serde_json::from_str(&self.details)
                .map_err(|cause| unreadable("transactions.details", cause))?,
        })
    }
}
