//! SQL of enrollment requests.

use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::model::NewEnrollment;
use super::ops::{Answered, Known, RequestKey};
use crate::db::{DbError, Read, Work, sql};
use crate::domains::accounts::model::Account;
use crate::domains::accounts::positions::Position;
use crate::kernel::codes::{self, VendorCode};
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
        let id = || {
            let id = self.account_id.parse::<AccountId>();
            id.map_err(|problem| unreadable(problem.to_string()))
        };
        match (self.state.as_str(), &self.reply) {
            ("finished", Some(reply)) => {
                let stored: Reply =
                    serde_json::from_str(reply).map_err(|cause| unreadable(cause.to_string()))?;
                let told = stored.told.map(Told::read).transpose().map_err(unreadable)?;
                Ok(Known::Finished(Box::new(Answered { account: stored.account, told })))
            }
            ("open", _) => id().map(Known::Open),
            ("unfinished", _) => id().map(Known::Unfinished),
            (state, _) => Err(unreadable(format!("state {state:?} without its reply"))),
        }
    }
}

/// An answer as it is stored.
#[derive(Debug, Serialize, Deserialize)]
struct Reply {
    #[serde(flatten)]
    account: Account,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<Told>,
}

/// The code of an answer that was no success, and the rule that said so.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    code: i32,
    sub_code: i32,
    rule: String,
}

impl Told {
    fn of((code, rule): (&VendorCode, &str)) -> Self {
        Self { code: code.code, sub_code: code.sub_code, rule: rule.to_owned() }
    }

    fn read(self) -> Result<(&'static VendorCode, &'static str), String> {
        let unknown = || format!("no code {}/{} of {}", self.code, self.sub_code, self.rule);
        let code = codes::business(self.code, self.sub_code).ok_or_else(unknown)?;
        let rule = crate::kernel::rulebook::find(&self.rule).ok_or_else(unknown)?;
        Ok((code, rule.id))
    }
}

const INSERT: &str = "INSERT INTO enrollments (program_code, request_id, fingerprint, \
    account_id, state, document, reply, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// A request as it is recorded.
#[derive(Debug)]
pub(super) struct Record<'a> {
    key: RequestKey<'a>,
    account: AccountId,
    state: &'static str,
    /// What was asked for, as JSON.
    document: String,
    /// The answer, if a repeated call is to be answered alike; as JSON.
    reply: Option<String>,
}

impl<'a> Record<'a> {
    /// The record of a request that has come so far. Where screening is open, a repeated call is
    /// answered with the account as it then is; everything else is answered alike for good.
    pub fn of(
        key: RequestKey<'a>,
        account: &Account,
        told: Option<(&'static VendorCode, &'static str)>,
        new: &NewEnrollment,
    ) -> Self {
        let position = account.position();
        let state = match position {
            Some(Position::Unfinished) => "unfinished",
            Some(position) if position != Position::Healthy && position.is_active() => "open",
            _ => "finished",
        };
        let reply = (state == "finished").then(|| {
            let told = told.map(Told::of);
            serde_json::json!(Reply { account: account.clone(), told }).to_string()
        });
        Self { key, account: account.id, state, document: new.document.to_string(), reply }
    }
}

/// Collects a request that is new.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, record: &Record<'_>, now: Timestamp) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(record.key.request_id)
            .bind(record.key.fingerprint)
            .bind(record.account)
            .bind(record.state)
            .bind(record.document.as_str())
            .bind(record.reply.as_deref())
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
            .bind(record.state)
            .bind(record.reply.as_deref())
            .bind(record.document.as_str()),
    );
}
