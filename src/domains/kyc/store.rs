//! SQL of scans and of documents that the vendor's SDK takes.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{DocumentState, Scan, SdkDocument};
use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::DocumentOutcome;
use crate::kernel::ids::{AccountId, DocumentId, OnboardingId, ProgramCode};
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;

fn read<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

const FIND_SCAN: &str = "SELECT onboarding_id, account_id FROM scans \
    WHERE program_code = $1 AND onboarding_id = $2";

pub(super) async fn find_scan(
    source: &mut impl Read,
    program: &ProgramCode,
    id: &str,
) -> Result<Option<Scan>, DbError> {
    let query = sql(FIND_SCAN).bind(program).bind(id);
    let row: Option<(String, Option<String>)> = source.first(query).await?;
    let Some((id, account)) = row else { return Ok(None) };
    Ok(Some(Scan { id: read("scans.onboarding_id", &id)?, is_used: account.is_some() }))
}

const INSERT_SCAN: &str = "INSERT INTO scans (program_code, onboarding_id, last4, created_at) \
    VALUES ($1, $2, $3, $4)";

pub(super) fn insert_scan(
    work: &mut Work,
    program: &ProgramCode,
    (id, last4): (OnboardingId, &str),
    now: Timestamp,
) {
    work.write(sql(INSERT_SCAN).bind(program).bind(id).bind(last4).bind(now));
}

const TAKE_SCAN: &str =
    "UPDATE scans SET account_id = $3 WHERE program_code = $1 AND onboarding_id = $2";

pub(super) fn take_scan(work: &mut Work, program: &ProgramCode, id: &str, account: AccountId) {
    work.write(sql(TAKE_SCAN).bind(program).bind(id).bind(account));
}

#[derive(Debug, FromRow)]
struct DocumentRow {
    token: String,
    document_id: String,
    account_id: String,
    user_id: String,
    state: String,
    outcome: Option<String>,
    created_at: i64,
}

impl DocumentRow {
    fn read(self) -> Result<SdkDocument, DbError> {
        let unreadable =
            |column: &str, text: &str| DbError::Unreadable(format!("documents.{column}: {text:?}"));
        let state = DocumentState::read(&self.state);
        let outcome = self
            .outcome
            .map(|text| DocumentOutcome::read(&text).ok_or_else(|| unreadable("outcome", &text)));
        Ok(SdkDocument {
            token: self.token,
            id: read("documents.document_id", &self.document_id)?,
            account: read("documents.account_id", &self.account_id)?,
            user: read("documents.user_id", &self.user_id)?,
            state: state.ok_or_else(|| unreadable("state", &self.state))?,
            outcome: outcome.transpose()?,
            created_at: Timestamp::from_millis(self.created_at),
        })
    }
}

macro_rules! select_documents {
    ($rest:literal) => {
        concat!(
            "SELECT token, document_id, account_id, user_id, state, outcome, created_at \
             FROM documents WHERE program_code = $1 ",
            $rest
        )
    };
}

const BY_TOKEN: &str = select_documents!("AND token = $2");

pub(super) async fn by_token(
    source: &mut impl Read,
    program: &ProgramCode,
    token: &str,
) -> Result<Option<SdkDocument>, DbError> {
    let row: Option<DocumentRow> = source.first(sql(BY_TOKEN).bind(program).bind(token)).await?;
    row.map(DocumentRow::read).transpose()
}

const BY_ID: &str = select_documents!("AND document_id = $2");

pub(super) async fn by_id(
    source: &mut impl Read,
    program: &ProgramCode,
    id: DocumentId,
) -> Result<Option<SdkDocument>, DbError> {
    let row: Option<DocumentRow> = source.first(sql(BY_ID).bind(program).bind(id)).await?;
    row.map(DocumentRow::read).transpose()
}

const REQUESTED: &str = select_documents!(
    "AND account_id = $2 AND state = 'requested' ORDER BY created_at DESC, token LIMIT $3"
);

/// Documents of an account that the SDK has not taken, newest first.
pub(super) async fn requested(
    source: &mut impl Read,
    program: &ProgramCode,
    (account, limit): (AccountId, i64),
) -> Result<Vec<SdkDocument>, DbError> {
    let query = sql(REQUESTED).bind(program).bind(account).bind(limit);
    let rows: Vec<DocumentRow> = source.all(query).await?;
    rows.into_iter().map(DocumentRow::read).collect()
}

const LIST: &str = select_documents!("ORDER BY created_at DESC, token LIMIT $2 OFFSET $3");

pub(super) async fn list(
    source: &mut impl Read,
    program: &ProgramCode,
    page: Page,
) -> Result<Vec<SdkDocument>, DbError> {
    let query = sql(LIST).bind(program).bind(page.limit).bind(page.offset);
    let rows: Vec<DocumentRow> = source.all(query).await?;
    rows.into_iter().map(DocumentRow::read).collect()
}

const INSERT_DOCUMENT: &str = "INSERT INTO documents (program_code, token, document_id, \
    account_id, user_id, state, outcome, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

pub(super) fn insert_document(work: &mut Work, program: &ProgramCode, new: &SdkDocument) {
    work.write(
        sql(INSERT_DOCUMENT)
            .bind(program)
            .bind(new.token.as_str())
            .bind(new.id)
            .bind(new.account)
            .bind(new.user)
            .bind(new.state.as_str())
            .bind(new.outcome.map(|outcome| outcome.as_str()))
            .bind(new.created_at),
    );
}

const UPDATE_DOCUMENT: &str =
    "UPDATE documents SET state = $3, outcome = $4 WHERE program_code = $1 AND token = $2";

pub(super) fn update_document(work: &mut Work, program: &ProgramCode, document: &SdkDocument) {
    work.write(
        sql(UPDATE_DOCUMENT)
            .bind(program)
            .bind(document.token.as_str())
            .bind(document.state.as_str())
            .bind(document.outcome.map(|outcome| outcome.as_str())),
    );
}
