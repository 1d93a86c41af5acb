//! SQL of check deposits.

use std::str::FromStr;

use chrono::NaiveDate;
use sqlx::FromRow;

use super::model::{Deposit, DepositState, Deposited, Images, NewDeposit, PostingInfo};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode, TransferId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO check_deposits (program_code, transfer_id, account_id, \
    amount_e4, currency, image_format, image_bytes, image_sha256, posting_token, posting_type, \
    deposit_date, state, reason, hold_days, funds_available_on, is_rescheduled, submitted_at, \
    changed_at, ended_at, transaction_id) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
    $20)";

pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &Deposit) {
    let NewDeposit { id, account, amount, currency, images, posting } = &new.asked;
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(*id)
            .bind(*account)
            .bind(*amount)
            .bind(currency.as_str())
            .bind(images.format.as_deref())
            .bind(images.bytes)
            .bind(images.sha256.as_str())
            .bind(posting.token.as_deref())
            .bind(posting.transfer_type.as_deref())
            .bind(posting.deposit_date.map(|day| day.to_string()))
            .bind(new.state.as_str())
            .bind(new.reason.as_deref())
            .bind(i64::from(new.hold_days))
            .bind(new.funds_available_on.to_string())
            .bind(new.is_rescheduled)
            .bind(new.submitted_at)
            .bind(new.changed_at)
            .bind(new.ended_at)
            .bind(new.posted.map(|id| id.to_string())),
    );
}

const UPDATE: &str = "UPDATE check_deposits SET state = $3, reason = $4, funds_available_on = $5, \
    is_rescheduled = $6, changed_at = $7, ended_at = $8, transaction_id = $9 \
    WHERE program_code = $1 AND transfer_id = $2";

/// Collects the changing members of a deposit.
pub(super) fn update(work: &mut Work, program: &ProgramCode, deposit: &Deposit) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(deposit.asked.id)
            .bind(deposit.state.as_str())
            .bind(deposit.reason.as_deref())
            .bind(deposit.funds_available_on.to_string())
            .bind(deposit.is_rescheduled)
            .bind(deposit.changed_at)
            .bind(deposit.ended_at)
            .bind(deposit.posted.map(|id| id.to_string())),
    );
}

#[derive(Debug, FromRow)]
struct DepositRow {
    transfer_id: Option<String>,
    account_id: Option<String>,
    amount_e4: Option<i64>,
    currency: Option<String>,
    image_format: Option<String>,
    image_bytes: Option<i64>,
    image_sha256: Option<String>,
    posting_token: Option<String>,
    posting_type: Option<String>,
    deposit_date: Option<String>,
    state: Option<String>,
    reason: Option<String>,
    hold_days: Option<i64>,
    funds_available_on: Option<String>,
    is_rescheduled: Option<bool>,
    submitted_at: Option<i64>,
    changed_at: Option<i64>,
    ended_at: Option<i64>,
    transaction_id: Option<String>,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("check_deposits.{column}: {problem}"))
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

fn moment(column: &str, millis: Option<i64>) -> Result<Timestamp, DbError> {
    Ok(Timestamp::from_millis(need(column, millis)?))
}

impl DepositRow {
    fn read(self) -> Result<Option<Deposit>, DbError> {
        let Some(id) = self.transfer_id else { return Ok(None) };
        let amount = Amount::of(Money::from_e4(need("amount_e4", self.amount_e4)?));
        let deposit_date = self.deposit_date.map(|day| parse("deposit_date", Some(day)));
        let posted = self.transaction_id.map(|id| parse("transaction_id", Some(id)));
        let hold_days = u32::try_from(need("hold_days", self.hold_days)?);
        Ok(Some(Deposit {
            asked: NewDeposit {
                id: parse("transfer_id", Some(id))?,
                account: parse("account_id", self.account_id)?,
                amount: amount.map_err(|problem| unreadable("amount_e4", problem))?,
                currency: need("currency", self.currency)?,
                images: Images {
                    format: self.image_format,
                    bytes: need("image_bytes", self.image_bytes)?,
                    sha256: need("image_sha256", self.image_sha256)?,
                },
                posting: PostingInfo {
                    token: self.posting_token,
                    transfer_type: self.posting_type,
                    deposit_date: deposit_date.transpose()?,
                },
            },
            state: parse("state", self.state)?,
            reason: self.reason,
            hold_days: hold_days.map_err(|problem| unreadable("hold_days", problem))?,
            funds_available_on: parse::<NaiveDate>("funds_available_on", self.funds_available_on)?,
            is_rescheduled: need("is_rescheduled", self.is_rescheduled)?,
            submitted_at: moment("submitted_at", self.submitted_at)?,
            changed_at: moment("changed_at", self.changed_at)?,
            ended_at: self.ended_at.map(Timestamp::from_millis),
            posted: posted.transpose()?,
        }))
    }
}

const FIND: &str = "SELECT * FROM check_deposits WHERE program_code = $1 AND transfer_id = $2";

/// The deposit of this identifier, of whichever account.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    id: TransferId,
) -> Result<Option<Deposit>, DbError> {
    let row: Option<DepositRow> = read.first(sql(FIND).bind(program).bind(id)).await?;
    row.map_or(Ok(None), DepositRow::read)
}

/// A page of an account's deposits with the number of all that were asked for, and the version of
/// the world: one trip, answered also where the page is empty or the account is not there.
const LIST: &str = "SELECT p.version AS world_version, a.account_id AS found_account, (\
        SELECT COUNT(*) FROM check_deposits c WHERE c.program_code = $1 AND c.account_id = $2 \
        AND c.submitted_at >= $3 AND c.submitted_at < $4 \
        AND (CAST($5 AS TEXT) IS NULL OR c.state = $5)\
    ) AS total, d.* \
    FROM programs p \
    LEFT JOIN accounts a ON a.program_code = p.program_code AND a.account_id = $2 \
    LEFT JOIN (\
        SELECT * FROM check_deposits r WHERE r.program_code = $1 AND r.account_id = $2 \
        AND r.submitted_at >= $3 AND r.submitted_at < $4 \
        AND (CAST($5 AS TEXT) IS NULL OR r.state = $5) \
        ORDER BY r.submitted_at DESC, r.transfer_id LIMIT $6 OFFSET $7\
    ) d ON d.account_id = a.account_id \
    WHERE p.program_code = $1 \
    ORDER BY d.submitted_at DESC, d.transfer_id";

#[derive(Debug, FromRow)]
struct ListedRow {
    world_version: i64,
    found_account: Option<String>,
    total: i64,
    #[sqlx(flatten)]
    deposit: DepositRow,
}

/// Which deposits are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Handed in from this moment on.
    pub from: Timestamp,
    /// Handed in before this moment.
    pub until: Timestamp,
    /// Only those in this state.
    pub state: Option<DepositState>,
    /// Which of them.
    pub page: Page,
}

/// What was found of an account's deposits.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The version of the world that it was read in; 0 if the world is gone.
    pub world_version: i64,
    /// Whether there is such an account.
    pub has_account: bool,
    /// How many there are.
    pub total: i64,
    /// Those of the page, the newest first.
    pub deposits: Vec<Deposit>,
}

/// A page of an account's deposits.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    wanted: &Wanted,
) -> Result<Listed, DbError> {
    let query = sql(LIST)
        .bind(program)
        .bind(account)
        .bind(wanted.from)
        .bind(wanted.until)
        .bind(wanted.state.map(|state| state.as_str()))
        .bind(wanted.page.limit)
        .bind(wanted.page.offset);
    let rows: Vec<ListedRow> = read.all(query).await?;
    let first = rows.first();
    Ok(Listed {
        world_version: first.map_or(0, |row| row.world_version),
        has_account: first.is_some_and(|row| row.found_account.is_some()),
        total: first.map_or(0, |row| row.total),
        deposits: rows
            .into_iter()
            .filter_map(|row| row.deposit.read().transpose())
            .collect::<Result<_, _>>()?,
    })
}

const DEPOSITED: &str = "SELECT \
    CAST(COALESCE(SUM(CASE WHEN submitted_at >= $3 THEN amount_e4 ELSE 0 END), 0) AS BIGINT), \
    CAST(COALESCE(SUM(amount_e4), 0) AS BIGINT) \
    FROM check_deposits WHERE program_code = $1 AND account_id = $2 AND submitted_at >= $4 \
    AND state NOT IN ($5, $6)";

/// What an account has deposited since the beginning of today, and since the beginning of the day
/// that is the first of 30.
pub(super) async fn deposited(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    (today, lately): (Timestamp, Timestamp),
) -> Result<Deposited, DbError> {
    let query = sql(DEPOSITED)
        .bind(program)
        .bind(account)
        .bind(today)
        .bind(lately)
        .bind(DepositState::Declined.as_str())
        .bind(DepositState::Canceled.as_str());
    let row: Option<(i64, i64)> = read.first(query).await?;
    let (today, lately) = row.unwrap_or_default();
    Ok(Deposited { today: Money::from_e4(today), lately: Money::from_e4(lately) })
}
