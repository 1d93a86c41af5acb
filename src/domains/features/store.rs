//! SQL of features.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Enrolled, Found};
use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::Standing;
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

/// One row for each feature that the account has; without any, one row all the same. Also carries
/// the version of the world.
const FIND: &str = "SELECT p.version AS world_version, a.status, a.status_reason, f.feature_id, \
    f.started_at FROM programs p \
    LEFT JOIN accounts a ON a.program_code = p.program_code AND a.account_id = $2 \
    LEFT JOIN account_features f ON f.program_code = a.program_code \
        AND f.account_id = a.account_id AND f.ended_at IS NULL \
    WHERE p.program_code = $1 ORDER BY f.started_at, f.feature_id";

#[derive(Debug, FromRow)]
struct FoundRow {
    world_version: i64,
    status: Option<String>,
    status_reason: Option<String>,
    feature_id: Option<String>,
    started_at: Option<i64>,
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

/// What an account is enrolled in, and the version of the world it was read in: one trip.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Found, DbError> {
    let rows: Vec<FoundRow> = read.all(sql(FIND).bind(program).bind(account)).await?;
    let first = rows.first();
    let standing = match first.map(|row| (&row.status, &row.status_reason)) {
        Some((Some(status), Some(reason))) => Some(Standing {
            status: parse("accounts.status", status)?,
            reason: parse("accounts.status_reason", reason)?,
        }),
        _ => None,
    };
    let world_version = first.map_or(0, |row| row.world_version);
    let enrolled = rows.into_iter().filter_map(|row| {
        let started_at = Timestamp::from_millis(row.started_at?);
        Some(Enrolled { id: row.feature_id?, started_at })
    });
    Ok(Found { world_version, standing, enrolled: enrolled.collect() })
}

const BEGIN: &str = "INSERT INTO account_features (program_code, account_id, feature_id, \
    started_at, ended_at) VALUES ($1, $2, $3, $4, NULL) \
    ON CONFLICT (program_code, account_id, feature_id) \
    DO UPDATE SET started_at = excluded.started_at, ended_at = NULL";

/// Collects the begin of a feature, the first one or another.
pub(super) fn begin(
    work: &mut Work,
    program: &ProgramCode,
    (account, id): (AccountId, &str),
    now: Timestamp,
) {
    work.write(sql(BEGIN).bind(program).bind(account).bind(id).bind(now));
}

const END: &str = "UPDATE account_features SET ended_at = $4 \
    WHERE program_code = $1 AND account_id = $2 AND feature_id = $3";

/// Collects the end of a feature.
pub(super) fn end(
    work: &mut Work,
    program: &ProgramCode,
    (account, id): (AccountId, &str),
    now: Timestamp,
) {
    work.write(sql(END).bind(program).bind(account).bind(id).bind(now));
}
