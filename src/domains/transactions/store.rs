//! SQL of transactions.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Transaction, TransactionState};
use super::rules::Wanted;
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode, TransactionId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::Direction;
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO transactions (program_code, transaction_id, account_id, \
    sequence, purse_id, transaction_type, status, is_credit, amount_e4, happened_at, is_pending, \
    is_listed, details, call_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";

pub(super) fn insert(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    new: &Transaction,
) {
    let cause = work.cause();
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.id)
            .bind(account)
            .bind(new.sequence)
            .bind(new.purse)
            .bind(new.kind.as_str())
            .bind(new.state.as_str())
            .bind(new.direction.is_credit())
            .bind(new.amount)
            .bind(new.happened_at)
            .bind(new.state == TransactionState::Pending)
            .bind(new.state.is_listed())
            .bind(serde_json::json!(new.details).to_string())
            .bind(cause),
    );
}

const UPDATE: &str = "UPDATE transactions SET status = $3, amount_e4 = $4, is_pending = $5, \
    is_listed = $6, details = $7 WHERE program_code = $1 AND transaction_id = $2";

/// Collects the changing members of an authorization.
pub(super) fn update(work: &mut Work, program: &ProgramCode, transaction: &Transaction) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(transaction.id)
            .bind(transaction.state.as_str())
            .bind(transaction.amount)
            .bind(transaction.state == TransactionState::Pending)
            .bind(transaction.state.is_listed())
            .bind(serde_json::json!(transaction.details).to_string()),
    );
}

#[derive(Debug, FromRow)]
struct TransactionRow {
    transaction_id: Option<String>,
    sequence: Option<i64>,
    purse_id: Option<String>,
    transaction_type: Option<String>,
    transaction_state: Option<String>,
    is_credit: Option<bool>,
    amount_e4: Option<i64>,
    happened_at: Option<i64>,
    details: Option<String>,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("{column}: {problem}"))
}

fn need<T>(column: &str, value: Option<T>) -> Result<T, DbError> {
    value.ok_or_else(|| unreadable(column, "is empty"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(
    column: &str,
    text: Option<String>,
) -> Result<T, DbError> {
    need(column, text)?.parse().map_err(|problem| unreadable(column, problem))
}

impl TransactionRow {
    fn read(self) -> Result<Option<Transaction>, DbError> {
        let Some(id) = self.transaction_id else { return Ok(None) };
        let amount = Money::from_e4(need("transactions.amount_e4", self.amount_e4)?);
        let details = need("transactions.details", self.details)?;
        let happened_at = need("transactions.happened_at", self.happened_at)?;
        Ok(Some(Transaction {
            id: parse("transactions.transaction_id", Some(id))?,
            sequence: need("transactions.sequence", self.sequence)?,
            purse: parse("transactions.purse_id", self.purse_id)?,
            kind: parse("transactions.transaction_type", self.transaction_type)?,
            state: parse("transactions.status", self.transaction_state)?,
            direction: Direction::of_credit(need("transactions.is_credit", self.is_credit)?),
            amount: Amount::of(amount)
                .map_err(|problem| unreadable("transactions.amount_e4", problem))?,
            happened_at: Timestamp::from_millis(happened_at),
            details: serde_json::from_str(&details)
                .map_err(|cause| unreadable("transactions.details", cause))?,
        }))
    }
}

const FIND: &str = "SELECT transaction_id, sequence, purse_id, transaction_type, \
    status AS transaction_state, is_credit, amount_e4, happened_at, details \
    FROM transactions WHERE program_code = $1 AND account_id = $2 AND transaction_id = $3";

/// One transaction of an account.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    (account, id): (AccountId, TransactionId),
) -> Result<Option<Transaction>, DbError> {
    let query = sql(FIND).bind(program).bind(account).bind(id);
    let row: Option<TransactionRow> = read.first(query).await?;
    row.map_or(Ok(None), TransactionRow::read)
}

/// A page of an account's history with the number of all rows that were asked for, and the version
/// of the world: one trip, answered also where the page is empty or the account is not there.
/// Pending rows lead, the newest first. Without filters the account knows how many rows there are;
/// they are counted only where something is asked for, by the index.
const LIST: &str = "SELECT p.version AS world_version, a.account_id, a.currency, \
    CASE WHEN $14 THEN a.listed_transactions WHEN $15 THEN a.transaction_sequence ELSE (\
        SELECT COUNT(*) FROM transactions c WHERE c.program_code = $1 AND c.account_id = $2 \
        AND c.happened_at >= $3 AND c.happened_at < $4 AND (c.is_listed OR $5) \
        AND c.is_pending IN (FALSE, $6) \
        AND (CAST($7 AS TEXT) IS NULL OR c.transaction_type = $7) \
        AND (CAST($8 AS TEXT) IS NULL OR c.status IN ($8, $9, $10)) \
        AND (CAST($11 AS TEXT) IS NULL OR c.purse_id = $11)\
    ) END AS total, t.transaction_id, t.sequence, t.purse_id, t.transaction_type, \
    t.status AS transaction_state, t.is_credit, t.amount_e4, t.happened_at, t.details \
    FROM programs p \
    LEFT JOIN accounts a ON a.program_code = p.program_code AND a.account_id = $2 \
    LEFT JOIN (\
        SELECT * FROM transactions r WHERE r.program_code = $1 AND r.account_id = $2 \
        AND r.happened_at >= $3 AND r.happened_at < $4 AND (r.is_listed OR $5) \
        AND (NOT r.is_pending OR $6) \
        AND (CAST($7 AS TEXT) IS NULL OR r.transaction_type = $7) \
        AND (CAST($8 AS TEXT) IS NULL OR r.status IN ($8, $9, $10)) \
        AND (CAST($11 AS TEXT) IS NULL OR r.purse_id = $11) \
        ORDER BY r.is_pending DESC, r.happened_at DESC, r.sequence DESC LIMIT $12 OFFSET $13\
    ) t ON t.account_id = a.account_id \
    WHERE p.program_code = $1 \
    ORDER BY t.is_pending DESC, t.happened_at DESC, t.sequence DESC";

#[derive(Debug, FromRow)]
struct ListedRow {
    world_version: i64,
    account_id: Option<String>,
    currency: Option<String>,
    total: Option<i64>,
    #[sqlx(flatten)]
    transaction: TransactionRow,
}

/// What was found of a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The version of the world that it was read in; 0 if the world is gone.
    pub world_version: i64,
    /// The account's currency; `None` if there is no such account.
    pub currency: Option<String>,
    /// How many rows there are.
    pub total: i64,
    /// The rows of the page.
    pub rows: Vec<Transaction>,
}

/// A page of an account's history.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    wanted: &Wanted,
) -> Result<Page, DbError> {
    let mut states = wanted.states.iter().map(|state| state.as_str());
    let query = sql(LIST)
        .bind(program)
        .bind(account)
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(wanted.all_authorizations)
        .bind(wanted.with_pending)
        .bind(wanted.kind.map(|kind| kind.as_str()))
        .bind(states.next())
        .bind(states.next())
        .bind(states.next())
        .bind(wanted.purse.map(|purse| purse.to_string()))
        .bind(wanted.page.limit)
        .bind(wanted.page.offset)
        .bind(wanted.is_unfiltered() && !wanted.all_authorizations)
        .bind(wanted.is_unfiltered());
    let rows: Vec<ListedRow> = read.all(query).await?;
    let first = rows.first();
    Ok(Page {
        world_version: first.map_or(0, |row| row.world_version),
        currency: first.filter(|row| row.account_id.is_some()).and_then(|row| row.currency.clone()),
        total: first.and_then(|row| row.total).unwrap_or_default(),
        rows: rows
            .into_iter()
            .filter_map(|row| row.transaction.read().transpose())
            .collect::<Result<_, _>>()?,
    })
}
