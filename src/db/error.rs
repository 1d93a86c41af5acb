//! What can go wrong in the database, in the few kinds that callers tell apart.

use std::sync::Arc;

/// A failed read or unit of work. Nothing of the unit was kept.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DbError {
    /// A row with the same key is already there.
    #[error("a row with the same key exists")]
    Conflict,
    /// Another unit held one of the keys until the wait ran out.
    #[error("a key stayed locked until the wait ran out")]
    Locked,
    /// The world has changed since this process last read it; read it again and repeat.
    #[error("the world has changed since it was read")]
    WorldMoved,
    /// No connection became free in time, or it was cut off; the same call may be repeated.
    #[error("no connection to the database could be had")]
    Busy,
    /// A fault of the program forbids this call to commit.
    #[error("the commit was made to fail")]
    Vetoed,
    /// The database is being closed.
    #[error("the database is closed")]
    Closed,
    /// Anything else: the driver's own words.
    #[error("database: {0}")]
    Driver(Arc<sqlx::Error>),
    /// A stored value that this program cannot read.
    #[error("stored value unreadable: {0}")]
    Unreadable(String),
}

impl DbError {
    /// Why a row does not fit its table, if that is what went wrong.
    pub fn misfit(&self) -> Option<&'static str> {
        use sqlx::error::ErrorKind;
        let DbError::Driver(cause) = self else {
            return matches!(self, DbError::Conflict).then_some("a key stands there twice");
        };
        match cause.as_database_error()?.kind() {
            ErrorKind::ForeignKeyViolation => Some("what a row refers to is not above it"),
            ErrorKind::NotNullViolation => Some("a value is missing"),
            ErrorKind::CheckViolation => Some("a value is not allowed"),
            _ => None,
        }
    }
}

/// Postgres: `lock_timeout` ran out.
const LOCK_NOT_AVAILABLE: &str = "55P03";

/// Postgres: the server is going down or has cut the connection off.
fn is_shutdown(code: Option<&str>) -> bool {
    code.is_some_and(|code| code.starts_with("57P0"))
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => DbError::Conflict,
            sqlx::Error::Database(cause) if cause.code().as_deref() == Some(LOCK_NOT_AVAILABLE) => {
                DbError::Locked
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => DbError::Busy,
            sqlx::Error::Database(cause) if is_shutdown(cause.code().as_deref()) => DbError::Busy,
            sqlx::Error::PoolClosed => DbError::Closed,
            _ => DbError::Driver(Arc::new(error)),
        }
    }
}
