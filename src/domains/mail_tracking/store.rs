//! SQL of cards in the mail.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::Mailing;
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{PaymentId, PaymentInstrumentId, ProgramCode};
use crate::kernel::time::Timestamp;

/// Cards of one number that one look finds at most.
const OF_NUMBER_MAX: i64 = 20;

const INSERT: &str = "INSERT INTO mailings (program_code, payment_instrument_id, account_id, \
    payment_id, stage, method_code, method_name, transit_days, tracking_number, fulfilled_at, \
    shipped_at, expected_at, changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

/// Collects a card that went to fulfilment.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &Mailing) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.instrument)
            .bind(new.account)
            .bind(new.payment)
            .bind(new.stage.as_str())
            .bind(new.method_code.as_str())
            .bind(new.method_name.as_str())
            .bind(i64::from(new.transit_days))
            .bind(new.tracking_number.as_str())
            .bind(new.fulfilled_at)
            .bind(new.shipped_at)
            .bind(new.expected_at)
            .bind(new.changed_at),
    );
}

const UPDATE: &str = "UPDATE mailings SET stage = $3, shipped_at = $4, expected_at = $5, \
    changed_at = $6 WHERE program_code = $1 AND payment_instrument_id = $2";

/// Collects the changing members.
pub(super) fn update(work: &mut Work, program: &ProgramCode, mailing: &Mailing) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(mailing.instrument)
            .bind(mailing.stage.as_str())
            .bind(mailing.shipped_at)
            .bind(mailing.expected_at)
            .bind(mailing.changed_at),
    );
}

#[derive(Debug, FromRow)]
struct MailingRow {
    payment_instrument_id: String,
    account_id: String,
    payment_id: String,
    stage: String,
    method_code: String,
    method_name: String,
    transit_days: i64,
    tracking_number: String,
    fulfilled_at: i64,
    shipped_at: Option<i64>,
    expected_at: i64,
    changed_at: i64,
}

fn read<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("mailings.{column}: {problem}")))
}

impl MailingRow {
    fn read(self) -> Result<Mailing, DbError> {
        let days = u32::try_from(self.transit_days)
            .map_err(|cause| DbError::Unreadable(format!("mailings.transit_days: {cause}")))?;
        Ok(Mailing {
            instrument: read("payment_instrument_id", &self.payment_instrument_id)?,
            account: read("account_id", &self.account_id)?,
            payment: read("payment_id", &self.payment_id)?,
            stage: read("stage", &self.stage)?,
            method_code: self.method_code,
            method_name: self.method_name,
            transit_days: days,
            tracking_number: self.tracking_number,
            fulfilled_at: Timestamp::from_millis(self.fulfilled_at),
            shipped_at: self.shipped_at.map(Timestamp::from_millis),
            expected_at: Timestamp::from_millis(self.expected_at),
            changed_at: Timestamp::from_millis(self.changed_at),
        })
    }
}

const OF_CARD: &str = "SELECT payment_instrument_id, account_id, payment_id, stage, method_code, \
    method_name, transit_days, tracking_number, fulfilled_at, shipped_at, expected_at, changed_at \
    FROM mailings WHERE program_code = $1 AND payment_instrument_id = $2";

/// The way of this very card.
pub(super) async fn of_card(
    read: &mut impl Read,
    program: &ProgramCode,
    card: PaymentInstrumentId,
) -> Result<Option<Mailing>, DbError> {
    let row: Option<MailingRow> = read.first(sql(OF_CARD).bind(program).bind(card)).await?;
    row.map(MailingRow::read).transpose()
}

const OF_NUMBER: &str = "SELECT payment_instrument_id, account_id, payment_id, stage, \
    method_code, method_name, transit_days, tracking_number, fulfilled_at, shipped_at, \
    expected_at, changed_at FROM mailings WHERE program_code = $1 AND payment_id = $2 \
    ORDER BY fulfilled_at DESC, payment_instrument_id LIMIT $3";

/// The ways of all cards of a number, the newest first.
pub(super) async fn of_number(
    read: &mut impl Read,
    program: &ProgramCode,
    number: PaymentId,
) -> Result<Vec<Mailing>, DbError> {
    let query = sql(OF_NUMBER).bind(program).bind(number).bind(OF_NUMBER_MAX);
    let rows: Vec<MailingRow> = read.all(query).await?;
    rows.into_iter().map(MailingRow::read).collect()
}
