//! Bringing the tables up to date. Both folders hold the same numbers and names; a test compares
//! what they build. Opening a database does not migrate it: the caller says so.

use std::collections::HashSet;

use sqlx::migrate::Migrator;

use super::error::DbError;
use super::value::sql;
use super::{Engine, OpenError, postgres};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

pub(super) async fn run(engine: &Engine) -> Result<(), OpenError> {
    match engine {
        Engine::Sqlite(sqlite) => SQLITE.run(sqlite.readers()).await?,
        Engine::Postgres(pool) => POSTGRES.run(pool).await?,
    }
    Ok(())
}

/// The number of the newest migration.
pub(super) fn newest() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// How many migrations the database lacks.
pub(super) async fn missing(engine: &Engine) -> Result<usize, OpenError> {
    let applied = sql("SELECT version FROM _sqlx_migrations WHERE success");
    let rows: Result<Vec<(i64,)>, DbError> = match engine {
        Engine::Sqlite(sqlite) => sqlite.read(applied).await,
        Engine::Postgres(pool) => postgres::read(pool, applied).await,
    };
    // Without the table nothing was ever applied; a broken database shows itself soon enough.
    let applied: HashSet<i64> = rows.unwrap_or_default().into_iter().map(|(v,)| v).collect();
    let migrator = if matches!(engine, Engine::Sqlite(_)) { &SQLITE } else { &POSTGRES };
    Ok(migrator.iter().filter(|migration| !applied.contains(&migration.version)).count())
}
