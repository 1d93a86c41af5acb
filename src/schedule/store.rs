//! SQL of tasks.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::{Due, Front, Ran, Waiting, Work as Task};
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode, TaskId};
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line, LineKind};

/// Tasks that one look finds at most; the next look finds the rest.
const BATCH_MAX: i64 = 100;

const INSERT: &str = "INSERT INTO tasks (program_code, task_id, account_id, kind, details, state, \
    created_at, due_at) VALUES ($1, $2, $3, $4, $5, 'due', $6, $7)";

pub(super) fn insert(
    work: &mut Work,
    program: &ProgramCode,
    (id, account, task): (TaskId, AccountId, Task),
    (now, due): (Timestamp, Timestamp),
) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(id)
            .bind(account)
            .bind(task.kind())
            .bind(serde_json::json!(task).to_string())
            .bind(now)
            .bind(due),
    );
}

const CANCEL: &str = "UPDATE tasks SET state = 'cancelled' \
    WHERE program_code = $1 AND account_id = $2 AND kind = $3 AND state = 'due'";

pub(super) fn cancel(work: &mut Work, program: &ProgramCode, account: AccountId, kind: &str) {
    work.write(sql(CANCEL).bind(program).bind(account).bind(kind));
}

const CANCEL_ONE: &str = "UPDATE tasks SET state = 'cancelled' WHERE program_code = $1 \
    AND account_id = $2 AND kind = $3 AND details = $4 AND state = 'due'";

pub(super) fn cancel_one(work: &mut Work, program: &ProgramCode, account: AccountId, task: Task) {
    let query = sql(CANCEL_ONE).bind(program).bind(account).bind(task.kind());
    work.write(query.bind(serde_json::json!(task).to_string()));
}

/// World by world, so that the index leads to what is due however much is waiting: SQLite keeps the
/// order of a cross join. Kinds of a later release are left to it.
const DUE: &str = "SELECT p.program_code, p.version, t.task_id, t.account_id, t.details \
    FROM programs p CROSS JOIN tasks t WHERE t.program_code = p.program_code \
    AND t.state = 'due' AND t.kind IN ('orderCards', 'unblockCards', 'reviewOfac', \
        'settleAdjustment', 'expireHold', 'releaseDeposit', 'completeSwitch', 'moveCard', \
        'closeCycle') \
    AND t.due_at <= COALESCE(p.clock_frozen_at, $1 + p.clock_offset_ms) \
    AND (CAST($2 AS TEXT) IS NULL OR p.program_code = $2) \
    ORDER BY t.due_at, t.created_at, t.task_id LIMIT $3 OFFSET $4";

#[derive(Debug, FromRow)]
struct DueRow {
    program_code: String,
    version: i64,
    task_id: String,
    account_id: String,
    details: String,
}

pub(super) async fn due(
    read: &mut impl Read,
    wall: Timestamp,
    only: Option<&ProgramCode>,
    pass_over: i64,
) -> Result<Front, DbError> {
    let only = only.map(ProgramCode::as_str);
    let query = sql(DUE).bind(wall).bind(only).bind(BATCH_MAX).bind(pass_over);
    let rows: Vec<DueRow> = read.all(query).await?;
    let tasks: Vec<Due> = rows.iter().filter_map(DueRow::read_or_warn).collect();
    let unreadable = rows.len() - tasks.len();
    Ok(Front { tasks, unreadable })
}

impl DueRow {
    /// A task that this release cannot read is left to one that can.
    fn read_or_warn(&self) -> Option<Due> {
        let warn = |cause: &DbError| {
            tracing::warn!(%cause, task = self.task_id, program = self.program_code, "left alone");
        };
        self.read().inspect_err(warn).ok()
    }

    fn read(&self) -> Result<Due, DbError> {
        let details = serde_json::from_str(&self.details)
            .map_err(|cause| DbError::Unreadable(format!("tasks.details: {cause}")))?;
        Ok(Due {
            program: read("tasks.program_code", &self.program_code)?,
            world_version: self.version,
            id: read("tasks.task_id", &self.task_id)?,
            account: read("tasks.account_id", &self.account_id)?,
            work: details,
        })
    }
}

fn read<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse().map_err(|problem| DbError::Unreadable(format!("{column}: {problem}")))
}

const NEXT_DUE: &str = "SELECT MIN(due_at) AS due_at FROM tasks \
    WHERE program_code = $1 AND state = 'due' \
    AND kind IN ('orderCards', 'unblockCards', 'reviewOfac', \
        'settleAdjustment', 'expireHold', 'releaseDeposit', 'completeSwitch', 'moveCard', \
        'closeCycle')";

pub(super) async fn next_due(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Option<Timestamp>, DbError> {
    let row: Option<(Option<i64>,)> = read.first(sql(NEXT_DUE).bind(program)).await?;
    Ok(row.and_then(|(due,)| due).map(Timestamp::from_millis))
}

const IS_DUE: &str =
    "SELECT task_id FROM tasks WHERE program_code = $1 AND task_id = $2 AND state = 'due'";

pub(super) async fn is_due(
    read: &mut impl Read,
    program: &ProgramCode,
    task: TaskId,
) -> Result<bool, DbError> {
    let row: Option<(String,)> = read.first(sql(IS_DUE).bind(program).bind(task)).await?;
    Ok(row.is_some())
}

const IS_WAITING: &str = "SELECT task_id FROM tasks \
    WHERE program_code = $1 AND account_id = $2 AND kind = $3 AND state = 'due' LIMIT 1";

pub(super) async fn is_waiting(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    kind: &str,
) -> Result<bool, DbError> {
    let query = sql(IS_WAITING).bind(program).bind(account).bind(kind);
    let row: Option<(String,)> = read.first(query).await?;
    Ok(row.is_some())
}

const WAITING: &str = "SELECT kind, due_at FROM tasks \
    WHERE program_code = $1 AND account_id = $2 AND state = 'due' \
    ORDER BY due_at, task_id LIMIT $3";

pub(super) async fn waiting(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Waiting>, DbError> {
    let query = sql(WAITING).bind(program).bind(account).bind(BATCH_MAX);
    let rows: Vec<(String, i64)> = read.all(query).await?;
    let waiting = |(kind, due)| Waiting { kind, due_at: Timestamp::from_millis(due) };
    Ok(rows.into_iter().map(waiting).collect())
}

const DONE: &str = "UPDATE tasks SET state = 'done', ran_at = $3, result = $4, \
    call_id = $5 \
    WHERE program_code = $1 AND task_id = $2";

pub(super) fn done(
    work: &mut Work,
    program: &ProgramCode,
    task: TaskId,
    (now, result): (Timestamp, &str),
) {
    let cause = work.cause();
    work.write(sql(DONE).bind(program).bind(task).bind(now).bind(result).bind(cause));
}

const RAN: &str = "SELECT kind, ran_at, account_id, COALESCE(result, '') AS result FROM tasks \
    WHERE program_code = $1 AND state = 'done' AND ran_at > $2 AND ran_at <= $3 \
    ORDER BY ran_at, due_at, created_at, task_id LIMIT $4";

pub(super) async fn ran_between(
    read: &mut impl Read,
    program: &ProgramCode,
    (from, to): (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Ran>, DbError> {
    let query = sql(RAN).bind(program).bind(from).bind(to).bind(limit);
    let rows: Vec<(String, i64, String, String)> = read.all(query).await?;
    let ran =
        |(kind, at, account, result)| Ran { kind, at: Timestamp::from_millis(at), account, result };
    Ok(rows.into_iter().map(ran).collect())
}

const LINES: &str = "SELECT task_id, kind, details, created_at, due_at, ran_at, \
    COALESCE(result, '') AS result, call_id FROM tasks \
    WHERE program_code = $1 AND account_id = $2 AND state = 'done' AND (ran_at > $3 \
        OR (ran_at = $3 AND (COALESCE(call_id, '') > $4 OR (COALESCE(call_id, '') = $4 \
            AND (due_at > $5 OR (due_at = $5 AND task_id > $6)))))) \
    ORDER BY ran_at, COALESCE(call_id, ''), due_at, task_id LIMIT $7";

#[derive(Debug, FromRow)]
struct RanRow {
    task_id: String,
    kind: String,
    details: String,
    created_at: i64,
    due_at: i64,
    ran_at: i64,
    result: String,
    call_id: Option<String>,
}

pub(super) async fn lines(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(LINES).bind(program).bind(account).bind(behind.at).bind(behind.call.as_str());
    let query = query.bind(behind.number).bind(behind.text.as_str()).bind(behind.limit);
    let rows: Vec<RanRow> = read.all(query).await?;
    Ok(rows.into_iter().map(RanRow::line).collect())
}

impl RanRow {
    fn line(self) -> Line {
        let text = format!("{} was done: {}", self.kind, self.result);
        // Kinds of a later release may say more than can be read here.
        let work: serde_json::Value = serde_json::from_str(&self.details).unwrap_or_default();
        let details = serde_json::json!({
            "task": self.kind,
            "work": work,
            "createdAt": Timestamp::from_millis(self.created_at),
            "dueAt": Timestamp::from_millis(self.due_at),
            "result": self.result,
        });
        let (moment, key) = ((self.ran_at, self.call_id), (self.due_at, self.task_id));
        Line::new(LineKind::Task, moment, key, (text, details))
    }
}
