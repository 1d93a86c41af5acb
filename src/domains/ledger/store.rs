//! SQL of the ledger: the books of an account, postings, holds, balances.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Books, Changes, Hold, Posting};
use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::{Account, Purse, PurseStatus, PurseType, Standing};
use crate::kernel::ids::{AccountId, ProgramCode, TransactionId};
use crate::kernel::money::{Charge, Money};
use crate::kernel::time::Timestamp;

/// One row for each pairing of a purse and a feature of the account.
const FIND: &str = "SELECT a.account_id, a.status, a.status_reason, a.currency, \
    a.message_sequence, a.transaction_sequence, a.listed_transactions, b.purse_id, b.purse_type, \
    b.available_e4, b.ledger_e4, b.balance_at, b.is_hidden, b.is_round_up, b.position, \
    b.created_at, b.details, f.feature_id \
    FROM accounts a \
    JOIN purses b ON b.program_code = a.program_code AND b.account_id = a.account_id \
        AND b.status = 'active' \
    LEFT JOIN account_features f ON f.program_code = a.program_code \
        AND f.account_id = a.account_id AND f.ended_at IS NULL \
    WHERE a.program_code = $1 AND a.account_id = $2 \
    ORDER BY b.position, b.purse_id, f.started_at, f.feature_id";

#[derive(Debug, FromRow)]
struct BooksRow {
    account_id: String,
    status: String,
    status_reason: String,
    currency: String,
    message_sequence: i64,
    transaction_sequence: i64,
    listed_transactions: i64,
    #[sqlx(flatten)]
    purse: PurseRow,
    feature_id: Option<String>,
}

#[derive(Debug, FromRow)]
struct PurseRow {
    purse_id: String,
    purse_type: String,
    available_e4: i64,
    ledger_e4: i64,
    balance_at: i64,
    is_hidden: bool,
    is_round_up: bool,
    position: i64,
    created_at: i64,
    details: String,
}

/// The books of an account, if it is there: one trip.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Option<Books>, DbError> {
    let rows: Vec<BooksRow> = read.all(sql(FIND).bind(program).bind(account)).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let (mut purses, mut features): (Vec<Purse>, Vec<String>) = (Vec::new(), Vec::new());
    for row in &rows {
        let purse = row.purse.read()?;
        if purses.iter().all(|known| known.id != purse.id) {
            purses.push(purse);
        }
        features.extend(
            row.feature_id.iter().filter(|id| !features.contains(id)).cloned().collect::<Vec<_>>(),
        );
    }
    let primary = purses.iter().find(|purse| purse.kind == PurseType::Primary);
    let primary = primary.ok_or_else(|| unreadable("purses.purse_type", "none is primary"))?.id;
    Ok(Some(Books {
        account: parse("accounts.account_id", &first.account_id)?,
        standing: Standing {
            status: parse("accounts.status", &first.status)?,
            reason: parse("accounts.status_reason", &first.status_reason)?,
        },
        currency: first.currency.clone(),
        primary,
        purses,
        features,
        message_sequence: first.message_sequence,
        transaction_sequence: first.transaction_sequence,
        listed_transactions: first.listed_transactions,
        cushion: Charge::NONE,
        changes: Changes::default(),
    }))
}

/// The books of an account that has been read as a whole.
pub(super) fn of(account: &Account, features: Vec<String>) -> Result<Books, DbError> {
    let primary = account.purses.iter().find(|purse| purse.kind == PurseType::Primary);
    let primary = primary.ok_or_else(|| unreadable("purses.purse_type", "none is primary"))?.id;
    Ok(Books {
        account: account.id,
        standing: account.standing,
        currency: account.currency.clone(),
        primary,
        purses: account.purses.clone(),
        features,
        message_sequence: account.message_sequence,
        transaction_sequence: account.transaction_sequence,
        listed_transactions: account.listed_transactions,
        cushion: Charge::NONE,
        changes: Changes::default(),
    })
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

impl PurseRow {
    fn read(&self) -> Result<Purse, DbError> {
        Ok(Purse {
            id: parse("purses.purse_id", &self.purse_id)?,
            kind: parse("purses.purse_type", &self.purse_type)?,
            available: Money::from_e4(self.available_e4),
            ledger: Money::from_e4(self.ledger_e4),
            balance_at: Timestamp::from_millis(self.balance_at),
            is_hidden: self.is_hidden,
            is_round_up: self.is_round_up,
            status: PurseStatus::Active,
            position: self.position,
            created_at: Timestamp::from_millis(self.created_at),
            details: serde_json::from_str(&self.details)
                .map_err(|problem| unreadable("purses.details", problem))?,
        })
    }
}

const INSERT_POSTING: &str = "INSERT INTO postings (program_code, account_id, sequence, \
    transaction_id, purse_id, debit_book, credit_book, amount_e4, balance_e4, posted_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

pub(super) fn insert_posting(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    posting: &Posting,
) {
    let (purse, book) = (posting.purse.to_string(), posting.book.as_str().to_owned());
    let is_credit = posting.direction.is_credit();
    let (debit, credit) = if is_credit { (book, purse) } else { (purse, book) };
    work.write(
        sql(INSERT_POSTING)
            .bind(program)
            .bind(account)
            .bind(posting.sequence)
            .bind(posting.transaction)
            .bind(posting.purse)
            .bind(debit)
            .bind(credit)
            .bind(posting.amount)
            .bind(posting.balance)
            .bind(posting.posted_at),
    );
}

const INSERT_HOLD: &str = "INSERT INTO holds (program_code, transaction_id, account_id, purse_id, \
    amount_e4, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

const UPDATE_HOLD: &str =
    "UPDATE holds SET amount_e4 = $3 WHERE program_code = $1 AND transaction_id = $2";

pub(super) fn write_hold(
    work: &mut Work,
    program: &ProgramCode,
    account: AccountId,
    (hold, is_new): (&Hold, bool),
) {
    work.write(if is_new {
        sql(INSERT_HOLD)
            .bind(program)
            .bind(hold.transaction)
            .bind(account)
            .bind(hold.purse)
            .bind(hold.amount)
            .bind(hold.created_at)
    } else {
        sql(UPDATE_HOLD).bind(program).bind(hold.transaction).bind(hold.amount)
    });
}

const FIND_HOLD: &str = "SELECT purse_id, amount_e4, created_at FROM holds \
    WHERE program_code = $1 AND transaction_id = $2";

/// What a transaction holds; `None` if it never held anything.
pub(super) async fn find_hold(
    read: &mut impl Read,
    program: &ProgramCode,
    transaction: TransactionId,
) -> Result<Option<Hold>, DbError> {
    let query = sql(FIND_HOLD).bind(program).bind(transaction);
    let row: Option<(String, i64, i64)> = read.first(query).await?;
    let Some((purse, amount, created_at)) = row else { return Ok(None) };
    Ok(Some(Hold {
        transaction,
        purse: parse("holds.purse_id", &purse)?,
        amount: Money::from_e4(amount),
        created_at: Timestamp::from_millis(created_at),
    }))
}

const UPDATE_PURSE: &str = "UPDATE purses SET available_e4 = $3, ledger_e4 = $4, balance_at = $5 \
    WHERE program_code = $1 AND purse_id = $2";

/// Collects a purse's balances. Nothing else ever writes them.
pub(super) fn update_purse(work: &mut Work, program: &ProgramCode, purse: &Purse) {
    work.write(
        sql(UPDATE_PURSE)
            .bind(program)
            .bind(purse.id)
            .bind(purse.available)
            .bind(purse.ledger)
            .bind(purse.balance_at),
    );
}

const UPDATE_SEQUENCES: &str = "UPDATE accounts SET message_sequence = $3, \
    transaction_sequence = $4, listed_transactions = $5 \
    WHERE program_code = $1 AND account_id = $2";

/// Collects the numbers of an account's last message and transaction.
pub(super) fn update_sequences(work: &mut Work, program: &ProgramCode, books: &Books) {
    work.write(
        sql(UPDATE_SEQUENCES)
            .bind(program)
            .bind(books.account)
            .bind(books.message_sequence)
            .bind(books.transaction_sequence)
            .bind(books.listed_transactions),
    );
}
