//! SQL of card packages.

use sqlx::FromRow;

use super::Package;
use crate::db::{DbError, Read, Work, sql};
use crate::domains::enrollments::model::PackageState;
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::page::Page;

fn read_state(text: &str) -> Result<PackageState, DbError> {
    PackageState::read(text)
        .ok_or_else(|| DbError::Unreadable(format!("packages.state: {text:?} is none")))
}

const STATE: &str =
    "SELECT state FROM packages WHERE program_code = $1 AND mapping_identifier = $2";

/// Where a package stands.
pub(super) async fn state(
    read: &mut impl Read,
    program: &ProgramCode,
    identifier: &str,
) -> Result<Option<PackageState>, DbError> {
    let row: Option<(String,)> = read.first(sql(STATE).bind(program).bind(identifier)).await?;
    row.map(|(state,)| read_state(&state)).transpose()
}

const TAKE: &str = "UPDATE packages SET state = 'used', account_id = $3 \
    WHERE program_code = $1 AND mapping_identifier = $2";

/// Collects that an account has taken a package.
pub(super) fn take(work: &mut Work, program: &ProgramCode, identifier: &str, account: AccountId) {
    work.write(sql(TAKE).bind(program).bind(identifier).bind(account));
}

const LIST: &str = "SELECT mapping_identifier, state, account_id FROM packages \
    WHERE program_code = $1 AND (CAST($2 AS TEXT) IS NULL OR state = $2) \
    ORDER BY mapping_identifier LIMIT $3 OFFSET $4";

#[derive(Debug, FromRow)]
struct PackageRow {
    mapping_identifier: String,
    state: String,
    account_id: Option<String>,
}

/// Packages of a program, by identifier.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    state: Option<PackageState>,
    page: Page,
) -> Result<Vec<Package>, DbError> {
    let query = sql(LIST)
        .bind(program)
        .bind(state.map(PackageState::as_str))
        .bind(page.limit)
        .bind(page.offset);
    let rows: Vec<PackageRow> = read.all(query).await?;
    rows.into_iter().map(PackageRow::read).collect()
}

impl PackageRow {
    fn read(self) -> Result<Package, DbError> {
        let account = self.account_id.map(|id| id.parse::<AccountId>()).transpose();
        Ok(Package {
            mapping_identifier: self.mapping_identifier,
            state: read_state(&self.state)?,
            account: account.map_err(|problem| {
                DbError::Unreadable(format!("packages.account_id: {problem}"))
            })?,
        })
    }
}

const PROGRAM: &str = "SELECT program_code FROM programs WHERE program_code = $1";

/// Whether a program exists.
pub(super) async fn program_exists(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<bool, DbError> {
    let row: Option<(String,)> = read.first(sql(PROGRAM).bind(program)).await?;
    Ok(row.is_some())
}

const PUT: &str = "INSERT INTO packages (program_code, mapping_identifier, state, account_id) \
    VALUES ($1, $2, $3, NULL) ON CONFLICT (program_code, mapping_identifier) \
    DO UPDATE SET state = excluded.state, account_id = NULL";

/// Collects a package in a state, of no account.
pub(super) fn put(work: &mut Work, program: &ProgramCode, identifier: &str, state: PackageState) {
    work.write(sql(PUT).bind(program).bind(identifier).bind(state.as_str()));
}

const REMOVE: &str = "DELETE FROM packages WHERE program_code = $1 AND mapping_identifier = $2";

/// Collects that a package is gone.
pub(super) fn remove(work: &mut Work, program: &ProgramCode, identifier: &str) {
    work.write(sql(REMOVE).bind(program).bind(identifier));
}
