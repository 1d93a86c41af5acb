//! The daily reconciliation file: every adjustment of one day of the world's clock, credits and
//! debits, as CSV. The vendor promises such a file and prints no layout; the columns are our
//! reading. A completed row moved its amount, and its fee out of the account, on that day.

use chrono::NaiveDate;
use futures_util::Stream;
use futures_util::stream::try_unfold;
use serde::Serialize;

use super::model::Adjustment;
use super::store::{self, Behind};
use crate::db::{Db, DbError};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

/// Rows that are read at once.
const PAGE_ROWS: i64 = 1_000;

/// One line of the file; the order of its members is that of the columns.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    adjustment_identifier: String,
    account_identifier: String,
    adjustment_type: &'a str,
    direction: &'static str,
    amount: String,
    fee: String,
    currency: &'a str,
    adjustment_status: &'static str,
    adjustment_status_reason: &'static str,
    transaction_date: Timestamp,
    adjustment_description: &'a str,
}

/// How far the file has come.
struct Progress {
    db: Db,
    program: ProgramCode,
    day: (Timestamp, Timestamp),
    /// `None` behind the last page.
    behind: Option<Behind>,
    is_first: bool,
}

/// The file of a day in UTC, page by page, so that it never stands in memory as a whole.
pub fn file(
    db: &Db,
    program: &ProgramCode,
    day: NaiveDate,
) -> impl Stream<Item = Result<Vec<u8>, DbError>> + Send + 'static {
    let from = Timestamp::of_day(day);
    let until = day.succ_opt().map_or(Timestamp::MAX, Timestamp::of_day);
    let behind = Behind { transaction_at: from, account: String::new(), adjustment: String::new() };
    let progress = Progress {
        db: db.clone(),
        program: program.clone(),
        day: (from, until),
        behind: Some(behind),
        is_first: true,
    };
    try_unfold(progress, next_page)
}

async fn next_page(mut progress: Progress) -> Result<Option<(Vec<u8>, Progress)>, DbError> {
    let Some(behind) = progress.behind.take() else { return Ok(None) };
    let (program, day) = (&progress.program, progress.day);
    let page = store::of_span(&mut &progress.db, program, day, &behind, PAGE_ROWS).await?;
    let is_full = i64::try_from(page.len()).is_ok_and(|rows| rows == PAGE_ROWS);
    progress.behind = page.last().filter(|_| is_full).map(|(account, last)| Behind {
        transaction_at: last.transaction_at,
        account: account.to_string(),
        adjustment: last.asked.id.to_string(),
    });
    let lines = lines(&page, progress.is_first)
        .map_err(|cause| DbError::Unreadable(format!("adjustments: {cause}")))?;
    progress.is_first = false;
    Ok(Some((lines, progress)))
}

/// The first line of every file.
const HEADER: [&str; 11] = [
    "adjustmentIdentifier",
    "accountIdentifier",
    "adjustmentType",
    "direction",
    "amount",
    "fee",
    "currency",
    "adjustmentStatus",
    "adjustmentStatusReason",
    "transactionDate",
    "adjustmentDescription",
];

fn lines(page: &[(AccountId, Adjustment)], with_header: bool) -> csv::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    if with_header {
        writer.write_record(HEADER)?;
    }
    for (account, adjustment) in page {
        let asked = &adjustment.asked;
        writer.serialize(Line {
            adjustment_identifier: asked.id.to_string(),
            account_identifier: account.to_string(),
            adjustment_type: &asked.kind,
            direction: adjustment.direction.as_str(),
            amount: asked.amount.to_string(),
            fee: asked.fee.money().to_string(),
            currency: &asked.currency,
            adjustment_status: adjustment.status.as_str(),
            adjustment_status_reason: adjustment.reason.as_str(),
            transaction_date: adjustment.transaction_at,
            adjustment_description: asked.description.as_deref().unwrap_or_default(),
        })?;
    }
    writer.into_inner().map_err(|cause| cause.into_error().into())
}
