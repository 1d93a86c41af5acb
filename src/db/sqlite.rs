//! SQLite: a pool of readers and one writer.
//!
//! Units of work arrive at the writer as one multi-statement call each. It takes those that wait,
//! runs them inside one transaction and commits them together: the cost of a commit is shared, yet
//! each unit stays atomic for its caller. If a unit fails, the whole group is rolled back and each
//! unit is run alone, so that only the failing one fails.
//!
//! The WAL lets readers go on while the writer writes. One process owns a database file (a lock
//! file beside it says so); that is why the key locks of the process are enough here.

use std::fs::{File, TryLockError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Connection, Executor, SqlitePool};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::error::DbError;
use super::keys::KeyHold;
use super::value::{Statement, Value, shift_placeholders, sql};
use super::{DbOptions, OpenError, Row};
use crate::kernel::ids::ProgramCode;

/// Units that may wait for the writer before callers have to wait to hand theirs in.
const QUEUE_UNITS: usize = 1_024;
/// How long a read waits for its turn. Readers are in this process and cannot be away, so a long
/// wait only means that thousands came at once, and the caller's own patience decides.
const READER_WAIT: Duration = Duration::from_secs(300);
/// Units committed together at most.
const GROUP_UNITS: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Sqlite {
    readers: SqlitePool,
    queue: mpsc::Sender<Submission>,
    open: Arc<Mutex<Option<Open>>>,
}

/// What ends when the database is closed, though handles of it may still be about.
#[derive(Debug)]
struct Open {
    writer: JoinHandle<()>,
    /// The lock on the file; `None` in memory.
    _owner: Option<File>,
}

/// One unit of work on its way to the writer.
#[derive(Debug)]
struct Submission {
    sql: String,
    args: Vec<Value>,
    /// The unit's keys, held until it is decided; handed back with the answer.
    hold: Option<KeyHold>,
    answer: oneshot::Sender<Result<Option<KeyHold>, DbError>>,
}

impl Sqlite {
    pub(super) async fn open(options: &DbOptions) -> Result<Self, OpenError> {
        let (connect, owner) = connect_options(options)?;
        let refused = |cause| OpenError::Engine { url: options.url.clone(), cause };
        let writer = connect.connect().await.map_err(refused)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(options.pool_connections)
            .acquire_timeout(READER_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        let (queue, waiting) = mpsc::channel(QUEUE_UNITS);
        #[expect(clippy::disallowed_methods, reason = "owned by the database, ended by close()")]
        let task = tokio::spawn(write_groups(writer, waiting));
        let open = Open { writer: task, _owner: owner };
        Ok(Self { readers, queue, open: Arc::new(Mutex::new(Some(open))) })
    }

    pub(super) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    pub(super) async fn read<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbError> {
        let query = sqlx::query_as_with::<_, R, _>(
            AssertSqlSafe(statement.sql),
            arguments(statement.args)?,
        );
        Ok(query.fetch_all(&self.readers).await?)
    }

    /// Fails unless the world has the version that the unit decides by. Its key must be held.
    pub(super) async fn expect_version(
        &self,
        program: &ProgramCode,
        expected: i64,
    ) -> Result<(), DbError> {
        let find = sql("SELECT version FROM programs WHERE program_code = $1").bind(program);
        let stored: Vec<(i64,)> = self.read(find).await?;
        let is_same = stored.first().is_some_and(|(version,)| *version == expected);
        if is_same { Ok(()) } else { Err(DbError::WorldMoved) }
    }

    /// Commits a unit and hands its keys back, still held.
    pub(super) async fn write(
        &self,
        writes: Vec<Statement>,
        hold: KeyHold,
    ) -> Result<Option<KeyHold>, DbError> {
        if writes.is_empty() {
            return Ok(Some(hold));
        }
        let (answer, answered) = oneshot::channel();
        let (sql, args) = join(writes);
        let submission = Submission { sql, args, hold: Some(hold), answer };
        self.queue.send(submission).await.map_err(|_| DbError::Closed)?;
        answered.await.map_err(|_| DbError::Closed)?
    }

    /// Commits what is queued, then closes. Handles that are still about keep the writer alive
    /// until they have had their answers.
    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        let last = Submission { sql: String::new(), args: Vec::new(), hold: None, answer };
        if self.queue.send(last).await.is_ok() {
            // An answer and a vanished writer mean the same here: nothing is queued any more.
            let _ = answered.await;
        }
        self.readers.close().await;
        if let Some(open) = self.open.lock().await.take() {
            open.writer.abort();
        }
    }
}

/// The options of every connection, and the lock on the file.
fn connect_options(options: &DbOptions) -> Result<(SqliteConnectOptions, Option<File>), OpenError> {
    let path = options.url.trim_start_matches("sqlite:").trim_start_matches("//");
    let base = SqliteConnectOptions::new()
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .create_if_missing(true)
        .disable_statement_logging();
    if path == ":memory:" {
        // SQLite's own memory file system: all connections of the process see one database, with
        // the locking of a file. It vanishes with its last connection.
        static DATABASES: AtomicU64 = AtomicU64::new(0);
        let name = format!("/piebox-{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let memory = base.filename(name).vfs("memdb").journal_mode(SqliteJournalMode::Memory);
        return Ok((memory, None));
    }
    let synchronous = match options.sqlite_synchronous {
        "full" => SqliteSynchronous::Full,
        "off" => SqliteSynchronous::Off,
        _ => SqliteSynchronous::Normal,
    };
    let owner = own(path)?;
    let file = base.filename(path).journal_mode(SqliteJournalMode::Wal).synchronous(synchronous);
    Ok((file, Some(owner)))
}

/// Takes the lock beside the database file; the operating system frees it when the process ends.
fn own(path: &str) -> Result<File, OpenError> {
    let name = format!("{path}.lock");
    let trouble = |cause| OpenError::LockFile { file: name.clone(), cause };
    let file = File::create(&name).map_err(trouble)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(cause)) => Err(trouble(cause)),
    }
}

/// One text and one list of arguments for all statements of a unit.
fn join(writes: Vec<Statement>) -> (String, Vec<Value>) {
    let mut text = String::new();
    let mut args = Vec::new();
    for write in writes {
        shift_placeholders(&write.sql, args.len(), &mut text);
        text.push(';');
        args.extend(write.args);
    }
    (text, args)
}

fn arguments(values: Vec<Value>) -> Result<SqliteArguments, DbError> {
    let mut args = SqliteArguments::default();
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

/// The writer: ends when every handle of the database is gone.
async fn write_groups(mut connection: SqliteConnection, mut waiting: mpsc::Receiver<Submission>) {
    let mut group = Vec::with_capacity(GROUP_UNITS);
    while waiting.recv_many(&mut group, GROUP_UNITS).await > 0 {
        match commit_together(&mut connection, &group).await {
            Ok(()) => group.drain(..).for_each(|unit| answer(unit, Ok(()))),
            Err(cause) if group.len() == 1 => {
                group.drain(..).for_each(|unit| answer(unit, Err(cause.clone())));
            }
            Err(_) => {
                for unit in group.drain(..) {
                    let alone = std::slice::from_ref(&unit);
                    let result = commit_together(&mut connection, alone).await;
                    answer(unit, result);
                }
            }
        }
    }
}

fn answer(unit: Submission, result: Result<(), DbError>) {
    // A caller that has gone away no longer wants to know; the unit is decided all the same, and
    // its keys are let go of here.
    let _ = unit.answer.send(result.map(|()| unit.hold));
}

async fn commit_together(
    connection: &mut SqliteConnection,
    units: &[Submission],
) -> Result<(), DbError> {
    // Begins as a writer: a reader that becomes one can be refused at once (SQLITE_BUSY_SNAPSHOT).
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    for unit in units.iter().filter(|unit| !unit.sql.is_empty()) {
        let text = AssertSqlSafe(unit.sql.clone());
        let query = sqlx::query_with(text, arguments(unit.args.clone())?);
        transaction.execute(query).await?;
    }
    Ok(transaction.commit().await?)
}
