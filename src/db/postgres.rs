//! Postgres: one pool, and transactions whose keys are advisory locks.
//!
//! A unit of work costs one trip to begin (with its locks and the check of the world's version),
//! its reads, one trip for all its writes, and the commit. The writes go as one statement of
//! chained common table expressions, which Postgres runs against one snapshot; a unit of several
//! steps costs a trip for each.
//!
//! The transaction is kept by hand, not by the driver's own type: the driver has no way to begin,
//! lock and read in one trip and still roll back cleanly when the lock is refused.

use std::fmt::Write as _;
use std::str::FromStr;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPoolOptions};
use sqlx::{
    Arguments, AssertSqlSafe, ConnectOptions, Either, Executor, PgConnection, PgPool, Postgres,
    Row as _,
};
use tokio::runtime::Handle;

use super::error::DbError;
use super::value::{Statement, Value, shift_placeholders};
use super::work::Scope;
use super::{DbOptions, OpenError, Row};
use crate::kernel::secrets::urls;

/// How long a caller waits for a free connection.
const ACQUIRE_WAIT: Duration = Duration::from_secs(10);

pub(super) async fn open(options: &DbOptions) -> Result<PgPool, OpenError> {
    let refused = |cause| OpenError::Engine { url: urls::covered(&options.url), cause };
    let connect = PgConnectOptions::from_str(&options.url)
        .map_err(refused)?
        .application_name("piebox")
        .disable_statement_logging();
    PgPoolOptions::new()
        .max_connections(options.pool_connections)
        .acquire_timeout(ACQUIRE_WAIT)
        .test_before_acquire(false)
        .connect_with(connect)
        .await
        .map_err(refused)
}

pub(super) async fn read<R: Row>(pool: &PgPool, statement: Statement) -> Result<Vec<R>, DbError> {
    let query =
        sqlx::query_as_with::<_, R, _>(AssertSqlSafe(statement.sql), arguments(statement.args)?);
    Ok(query.fetch_all(pool).await?)
}

/// An open transaction on a connection of its own. One that is dropped between two statements, as
/// every refusal does, is rolled back behind the caller's back and its connection goes back to the
/// pool. Dropped in the midst of a statement, or after one that failed, its connection is closed,
/// which makes Postgres roll back and let go of the locks.
#[derive(Debug)]
pub(super) struct Transaction {
    /// `None` once the transaction is over.
    connection: Option<PoolConnection<Postgres>>,
    /// No statement is under way, and none has failed.
    at_rest: bool,
}

impl Transaction {
    pub(super) async fn begin(
        pool: &PgPool,
        scope: &Scope<'_>,
        lock_wait: Duration,
    ) -> Result<Self, DbError> {
        let mut transaction = Self { connection: Some(pool.acquire().await?), at_rest: false };
        let script = sqlx::raw_sql(AssertSqlSafe(opening(scope, lock_wait)));
        let mut version = None;
        let mut answers = transaction.connection()?.fetch_many(script);
        while let Some(answer) = answers.try_next().await? {
            if let Either::Right(row) = answer {
                version = row.try_get::<i64, _>("version").ok().or(version);
            }
        }
        drop(answers);
        transaction.at_rest = true;
        match scope.decides_by {
            Some((_, expected)) if version != Some(expected) => {
                transaction.end("ROLLBACK").await?;
                Err(DbError::WorldMoved)
            }
            _ => Ok(transaction),
        }
    }

    fn connection(&mut self) -> Result<&mut PgConnection, DbError> {
        self.connection.as_deref_mut().ok_or(DbError::Closed)
    }

    pub(super) async fn read<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, DbError> {
        let query = sqlx::query_as_with::<_, R, _>(
            AssertSqlSafe(statement.sql),
            arguments(statement.args)?,
        );
        self.at_rest = false;
        let rows = query.fetch_all(self.connection()?).await?;
        self.at_rest = true;
        Ok(rows)
    }

    /// Sends each step as one statement, one after the other, and commits.
    pub(super) async fn commit(mut self, steps: Vec<Vec<Statement>>) -> Result<(), DbError> {
        self.at_rest = false;
        for writes in steps.into_iter().filter(|writes| !writes.is_empty()) {
            let (text, args) = chain(writes);
            let query = sqlx::query_with(AssertSqlSafe(text), arguments(args)?);
            self.connection()?.execute(query).await?;
        }
        self.end("COMMIT").await
    }

    async fn end(mut self, how: &'static str) -> Result<(), DbError> {
        self.at_rest = false;
        self.connection()?.execute(how).await?;
        self.connection = None;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match Handle::try_current() {
            Ok(runtime) if self.at_rest => drop(runtime.spawn(roll_back(connection))),
            _ => connection.close_on_drop(),
        }
    }
}

async fn roll_back(mut connection: PoolConnection<Postgres>) {
    if connection.execute("ROLLBACK").await.is_err() {
        connection.close_on_drop();
    }
}

/// The statements that open a unit of work, as one script. Nothing in it comes from outside but
/// numbers and the program code, whose letters are checked when it is parsed.
fn opening(scope: &Scope<'_>, lock_wait: Duration) -> String {
    let mut script = format!("BEGIN; SET LOCAL lock_timeout = {};", lock_wait.as_millis().max(1));
    let shared = scope.shared.iter().map(|key| ("_shared", key));
    let locks = shared.chain(scope.keys.iter().map(|key| ("", key)));
    for (kind, key) in locks {
        // One statement each: their order is then certain.
        let _ = write!(script, "SELECT pg_advisory_xact_lock{kind}({});", key.number());
    }
    if let Some((program, _)) = scope.decides_by {
        let code = program.as_str();
        let _ = write!(script, "SELECT version FROM programs WHERE program_code = '{code}';");
    }
    script
}

/// `WITH w1 AS (..), w2 AS (..) ..`: all statements as one.
fn chain(mut writes: Vec<Statement>) -> (String, Vec<Value>) {
    let mut text = String::new();
    let mut args = Vec::new();
    let last = writes.pop();
    for (at, write) in writes.into_iter().enumerate() {
        let _ = write!(text, "{} w{at} AS (", if at == 0 { "WITH" } else { "," });
        shift_placeholders(&write.sql, args.len(), &mut text);
        text.push(')');
        args.extend(write.args);
    }
    if let Some(write) = last {
        text.push(' ');
        shift_placeholders(&write.sql, args.len(), &mut text);
        args.extend(write.args);
    }
    (text, args)
}

fn arguments(values: Vec<Value>) -> Result<PgArguments, DbError> {
    let mut args = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => args.add(text),
            Value::Int(number) => args.add(number),
            Value::Bool(truth) => args.add(truth),
        };
        added.map_err(|cause| DbError::from(sqlx::Error::Encode(cause)))?;
    }
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::sql;

    #[test]
    fn writes_become_one_statement_with_running_placeholders() {
        let writes = vec![
            sql("INSERT INTO a (x) VALUES ($1)").bind("1"),
            sql("UPDATE b SET y = $1 WHERE x = $2").bind(2i64).bind("3"),
            sql("DELETE FROM c WHERE z = $1").bind(true),
        ];
        let (text, args) = chain(writes);
        assert_eq!(
            text,
            "WITH w0 AS (INSERT INTO a (x) VALUES ($1)), \
             w1 AS (UPDATE b SET y = $2 WHERE x = $3) DELETE FROM c WHERE z = $4"
        );
        assert_eq!(args.len(), 4);
    }

    #[tokio::test]
    async fn the_password_stays_out_of_messages() {
        let url = "postgres://me:hush@db:port/piebox".to_owned();
        let (lock_wait, sqlite_synchronous) = (Duration::from_secs(1), "off");
        let options = DbOptions { url, pool_connections: 1, lock_wait, sqlite_synchronous };
        let refused = open(&options).await.unwrap_err();
        assert!(!refused.to_string().contains("hush"), "{refused}");
    }
}
