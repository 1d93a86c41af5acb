//! SQL of enrollment requests.

use sqlx::FromRow;

use super::ops::{Known, RequestKey};
use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::Account;
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

#[derive(Debug, FromRow)]
struct KnownRow {
    account_id: String,
    state: String,
    reply: Option<String>,
}

const FIND: &str = "SELECT account_id, state, reply FROM enrollments \
    WHERE program_code = $1 AND request_id = $2 AND fingerprint = $3";

/// What is known of a request.
pub(super) async fn find(
    read: &mut impl Read,
    program: &ProgramCode,
    key: &RequestKey<'_>,
) -> Result<Option<Known>, DbError> {
    let query = sql(FIND).bind(program).bind(key.request_id).bind(key.fingerprint);
    let row: Option<KnownRow> = read.first(query).await?;
    row.map(KnownRow::read).transpose()
}

impl KnownRow {
    fn read(self) -> Result<Known, DbError> {
        let unreadable = |cause: String| DbError::Unreadable(format!("enrollments: {cause}"));
        match (self.state.as_str(), self.reply) {
            ("finished", Some(reply)) => serde_json::from_str(&reply)
                .map(|account: Account| Known::Finished(Box::new(account)))
                .map_err(|cause| unreadable(cause.to_string())),
            ("unfinished", _) => {
                let id = self.account_id.parse::<AccountId>();
                id.map(Known::Unfinished).map_err(|problem| unreadable(problem.to_string()))
            }
            (state, _) => Err(unreadable(format!("state {state:?} without its reply"))),
        }
    }
}

const INSERT: &str = "INSERT INTO enrollments (program_code, request_id, fingerprint, \
    account_id, state, document, reply, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// A request as it is recorded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub key: RequestKey<'a>,
    /// The account it made or completed.
    pub account: &'a Account,
    /// What was asked for, as JSON.
    pub document: &'a str,
    /// False while the repeated call has something left to do.
    pub is_finished: bool,
}

impl Record<'_> {
    /// The account as it was answered, so that a repeated call is answered alike.
    fn reply(&self) -> Option<String> {
        self.is_finished.then(|| serde_json::json!(self.account).to_string())
    }

    fn state(&self) -> &'static str {
        if self.is_finished { "finished" } else { "unfinished" }
    }
}

/// Collects a request that is new.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, record: &Record<'_>, now: Timestamp) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(record.key.request_id)
            .bind(record.key.fingerprint)
            .bind(record.account.id)
            .bind(record.state())
            .bind(record.document)
            .bind(record.reply())
            .bind(now),
    );
}

const FINISH: &str = "UPDATE enrollments SET state = $4, reply = $5, document = $6 \
    WHERE program_code = $1 AND request_id = $2 AND fingerprint = $3";

/// Collects the result of a request that had been unfinished.
pub(super) fn finish(work: &mut Work, program: &ProgramCode, record: &Record<'_>) {
    work.write(
        sql(FINISH)
            .bind(program)
            .bind(record.key.request_id)
            .bind(record.key.fingerprint)
            .bind(record.state())
            .bind(record.reply())
            .bind(record.document),
    );
}
