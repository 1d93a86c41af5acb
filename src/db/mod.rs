//! The database: the only owner of connections, and the one seam over two engines.
//!
//! Every statement is written once, with `$n` placeholders, and runs on SQLite and on Postgres.
//! Reading goes through [`Db`] or, inside a unit of work, through [`Work`]; writing only through
//! [`Work`]. What the engines do differently stands in `sqlite.rs` and `postgres.rs` and nowhere
//! else: opening, locking, and how a unit of work is sent.

mod cause;
mod error;
mod keys;
mod migrate;
mod news;
mod postgres;
mod schema;
mod server_key;
mod sqlite;
mod value;
mod veto;
mod waits;
mod work;

use std::sync::Arc;
use std::time::Duration;

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use tokio::sync::Notify;

pub use cause::on_behalf_of;
pub use error::DbError;
pub use keys::{Key, KeyTurns, Turn};
pub use news::{Listener, News};
pub use schema::{Cells, Column, ColumnKind};
pub use value::{Statement, Value, composed_sql, sql};
pub use veto::without_commits;
pub use waits::{NoPlace, Wait, Waits};
pub use work::{Scope, Work};

use keys::KeyLocks;

use crate::kernel::ids::ProgramCode;

/// How the database is opened.
#[derive(Debug, Clone)]
pub struct DbOptions {
    /// `sqlite:FILE`, `sqlite::memory:` or `postgres://...`.
    pub url: String,
    /// Connections for reading (SQLite) or for everything (Postgres).
    pub pool_connections: u32,
    /// How long a unit of work waits for its keys.
    pub lock_wait: Duration,
    /// SQLite's `PRAGMA synchronous`: `normal`, `full` or `off`.
    pub sqlite_synchronous: &'static str,
}

/// Why the database cannot be opened; the message is for whoever started the program.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no engine.
    #[error("database URL {0:?} must begin with sqlite: or postgres:// (or postgresql://)")]
    UnknownEngine(String),
    /// Another process has the SQLite file open.
    #[error(
        "{0} is in use by another piebox process; one process owns a SQLite file (several can \
         share one Postgres)"
    )]
    InUse(String),
    /// The lock file beside the SQLite file cannot be made.
    #[error("cannot create {file}: {cause}")]
    LockFile {
        /// The file.
        file: String,
        /// Why not.
        cause: std::io::Error,
    },
    /// The engine refused.
    #[error("cannot open the database {url}: {cause}")]
    Engine {
        /// The URL without its password.
        url: String,
        /// The driver's words.
        cause: sqlx::Error,
    },
    /// A migration failed.
    #[error("cannot migrate the database: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Tables are missing or older than this program, and migrating is switched off.
    #[error(
        "the database lacks {0} migration(s); run `piebox migrate` or start without --no-migrate"
    )]
    NotMigrated(usize),
    /// A statement failed while opening.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The number of the newest migration that this program knows.
pub fn newest_migration() -> i64 {
    migrate::newest()
}

/// A row that reads alike from both engines. `#[derive(FromRow)]` makes a struct one.
pub trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

impl<T> Row for T where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static
{
}

/// An open database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Db {
    engine: Engine,
    locks: Arc<KeyLocks>,
    lock_wait: Duration,
    doorbell: Arc<Notify>,
    news: News,
}

#[derive(Debug, Clone)]
enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(sqlx::PgPool),
}

impl Db {
    /// Opens the database without touching its tables.
    pub async fn open(options: &DbOptions) -> Result<Self, OpenError> {
        let url = options.url.as_str();
        let engine = if url.starts_with("sqlite:") {
            Engine::Sqlite(sqlite::Sqlite::open(options).await?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::open(options).await?)
        } else {
            return Err(OpenError::UnknownEngine(url.to_owned()));
        };
        let (locks, doorbell, news) = (Arc::default(), Arc::default(), News::default());
        Ok(Self { engine, locks, lock_wait: options.lock_wait, doorbell, news })
    }

    /// `sqlite` or `postgres`.
    pub fn engine_name(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// True if no other process can change this database while it is open here.
    pub fn is_exclusive(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// Brings the tables up to date.
    pub async fn migrate(&self) -> Result<(), OpenError> {
        migrate::run(&self.engine).await
    }

    /// Fails unless the tables are up to date.
    pub async fn expect_migrated(&self) -> Result<(), OpenError> {
        match migrate::missing(&self.engine).await? {
            0 => Ok(()),
            missing => Err(OpenError::NotMigrated(missing)),
        }
    }

    /// All rows of a reading statement: one trip.
    pub async fn all<R: Row>(&self, statement: Statement) -> Result<Vec<R>, DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(statement).await,
            Engine::Postgres(pool) => postgres::read(pool, statement).await,
        }
    }

    /// The first row of a reading statement, if any: one trip.
    pub async fn first<R: Row>(&self, statement: Statement) -> Result<Option<R>, DbError> {
        Ok(self.all(statement).await?.into_iter().next())
    }

    /// Starts a unit of work: waits for its keys, then reads and collects until it commits.
    pub async fn begin(&self, scope: Scope<'_>) -> Result<Work, DbError> {
        self.begin_within(scope, self.lock_wait).await
    }

    /// As [`Db::begin`], for those who would rather come again than wait long for the keys.
    pub async fn begin_within(
        &self,
        scope: Scope<'_>,
        lock_wait: Duration,
    ) -> Result<Work, DbError> {
        Work::begin(self, scope, lock_wait).await
    }

    /// How long a unit of work waits for its keys.
    pub fn lock_wait(&self) -> Duration {
        self.lock_wait
    }

    /// Waits until a unit of work has committed something to be sent. A ring that nobody awaits is
    /// kept for the next one who does.
    pub async fn rung(&self) {
        self.doorbell.notified().await;
    }

    /// Begins to wait for what units of work of this process tell of a world.
    pub fn listen(&self, program: &ProgramCode) -> Listener {
        self.news.listen(program)
    }

    /// One trip there and back.
    pub async fn ping(&self) -> Result<(), DbError> {
        let _: Vec<(i64,)> = self.all(sql("SELECT CAST(1 AS BIGINT) AS one")).await?;
        Ok(())
    }

    /// Lets go of all connections after the units under way have been committed.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.close().await,
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

/// A source of rows: the database itself, or a unit of work under its keys. Store functions read
/// through this, so one function serves both.
pub trait Read: Send {
    /// All rows of a reading statement.
    fn all<R: Row>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<R>, DbError>> + Send;

    /// The first row, if any.
    fn first<R: Row>(
        &mut self,
        statement: Statement,
    ) -> impl Future<Output = Result<Option<R>, DbError>> + Send {
        async move { Ok(self.all(statement).await?.into_iter().next()) }
    }
}

impl Read for &Db {
    async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, DbError> {
        Db::all(self, statement).await
    }
}

impl Read for Work {
    async fn all<R: Row>(&mut self, statement: Statement) -> Result<Vec<R>, DbError> {
        Work::all(self, statement).await
    }
}
