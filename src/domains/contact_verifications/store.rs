//! SQL of contact verifications.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Code, Contact, ContactVerification, NewVerification};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ContactVerificationId, ProgramCode};
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO contact_verifications (program_code, verification_id, \
    contact_type, contact_handle, event_type, account_id, code, state, tries, tries_allowed, \
    created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

/// Collects a new verification.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &ContactVerification) {
    let NewVerification { contact, event_type, account } = &new.asked;
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.id)
            .bind(contact.kind.as_str())
            .bind(contact.handle.as_str())
            .bind(event_type.as_deref())
            .bind(account.map(|id| id.to_string()))
            .bind(new.code.digits())
            .bind(new.state.as_str())
            .bind(new.tries)
            .bind(new.tries_allowed)
            .bind(new.created_at)
            .bind(new.expires_at),
    );
}

const UPDATE: &str = "UPDATE contact_verifications SET state = $3, tries = $4 \
    WHERE program_code = $1 AND verification_id = $2";

/// Collects what a code did to a verification.
pub(super) fn update(work: &mut Work, program: &ProgramCode, changed: &ContactVerification) {
    let ContactVerification { id, state, tries, .. } = changed;
    work.write(sql(UPDATE).bind(program).bind(*id).bind(state.as_str()).bind(*tries));
}

#[derive(FromRow)]
struct VerificationRow {
    verification_id: String,
    contact_type: String,
    contact_handle: String,
    event_type: Option<String>,
    account_id: Option<String>,
    code: String,
    state: String,
    tries: i64,
    tries_allowed: i64,
    created_at: i64,
    expires_at: i64,
}

fn unreadable(column: &str, problem: impl std::fmt::Display) -> DbError {
    DbError::Unreadable(format!("contact_verifications.{column}: {problem}"))
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| unreadable(column, problem))
}

fn count(column: &str, number: i64) -> Result<u32, DbError> {
    u32::try_from(number).map_err(|problem| unreadable(column, problem))
}

impl VerificationRow {
    fn read(self) -> Result<ContactVerification, DbError> {
        let account = self.account_id.as_deref().map(|id| parse::<AccountId>("account_id", id));
        let kind = parse("contact_type", &self.contact_type)?;
        Ok(ContactVerification {
            id: parse("verification_id", &self.verification_id)?,
            asked: NewVerification {
                contact: Contact { kind, handle: self.contact_handle },
                event_type: self.event_type,
                account: account.transpose()?,
            },
            code: Code::new(self.code),
            state: parse("state", &self.state)?,
            tries: count("tries", self.tries)?,
            tries_allowed: count("tries_allowed", self.tries_allowed)?,
            created_at: Timestamp::from_millis(self.created_at),
            expires_at: Timestamp::from_millis(self.expires_at),
        })
    }
}

const FIND: &str = "SELECT verification_id, contact_type, contact_handle, event_type, account_id, \
    code, state, tries, tries_allowed, created_at, expires_at FROM contact_verifications \
    WHERE program_code = $1 AND verification_id = $2";

/// One verification, if the program has it.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    id: ContactVerificationId,
) -> Result<Option<ContactVerification>, DbError> {
    let row: Option<VerificationRow> = read.first(sql(FIND).bind(program).bind(id)).await?;
    row.map(VerificationRow::read).transpose()
}

const LIST: &str = "SELECT verification_id, contact_type, contact_handle, event_type, account_id, \
    code, state, tries, tries_allowed, created_at, expires_at FROM contact_verifications \
    WHERE program_code = $1 \
    ORDER BY created_at DESC, verification_id DESC LIMIT $2 OFFSET $3";

const LIST_OF_HANDLE: &str = "SELECT verification_id, contact_type, contact_handle, event_type, \
    account_id, code, state, tries, tries_allowed, created_at, expires_at \
    FROM contact_verifications WHERE program_code = $1 AND contact_handle = $4 \
    ORDER BY created_at DESC, verification_id DESC LIMIT $2 OFFSET $3";

/// Verifications of a program, newest first; of one handle alone, if it is given.
pub(super) async fn list(
    read: &mut impl Read,
    program: &ProgramCode,
    handle: Option<&str>,
    page: Page,
) -> Result<Vec<ContactVerification>, DbError> {
    let query = match handle {
        None => sql(LIST).bind(program).bind(page.limit).bind(page.offset),
        Some(handle) => {
            sql(LIST_OF_HANDLE).bind(program).bind(page.limit).bind(page.offset).bind(handle)
        }
    };
    let rows: Vec<VerificationRow> = read.all(query).await?;
    rows.into_iter().map(VerificationRow::read).collect()
}
