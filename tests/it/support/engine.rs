//! The two engines. SQLite is always there; Postgres is where `PIEBOX_TEST_POSTGRES_URL` points.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use piebox::db::{Db, DbOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The address of the Postgres to test on. Without one its tests are passed over, loudly; with
/// `PIEBOX_TEST_REQUIRE_POSTGRES` set, that is a failure.
pub fn postgres_url() -> Option<String> {
    let url = std::env::var("PIEBOX_TEST_POSTGRES_URL").ok();
    if url.is_none() {
        let required = std::env::var("PIEBOX_TEST_REQUIRE_POSTGRES").is_ok();
        assert!(!required, "PIEBOX_TEST_POSTGRES_URL is not set, and Postgres is required");
        eprintln!("NOT TESTED ON POSTGRES: PIEBOX_TEST_POSTGRES_URL is not set");
    }
    url
}

/// A database of a test's own, gone with the last handle.
#[derive(Clone)]
pub struct Store {
    url: String,
    _folder: Option<Arc<TempDir>>,
}

impl Store {
    pub async fn create(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let url = format!("sqlite:{}", folder.path().join("test.db").display());
                Self { url, _folder: Some(Arc::new(folder)) }
            }
            Engine::Postgres => Self { url: fresh_postgres().await, _folder: None },
        }
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    pub fn share(&self) -> Self {
        self.clone()
    }

    pub fn options(&self) -> DbOptions {
        DbOptions {
            url: self.url.clone(),
            pool_connections: 8,
            lock_wait: std::time::Duration::from_millis(500),
            sqlite_synchronous: "off",
        }
    }

    /// The database, migrated.
    pub async fn open(&self) -> Db {
        let db = Db::open(&self.options()).await.unwrap();
        db.migrate().await.unwrap();
        db
    }
}

/// A new database, copied from one that is migrated once.
async fn fresh_postgres() -> String {
    static TEMPLATE_READY: Mutex<bool> = Mutex::const_new(false);
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let admin_url = postgres_url().expect("only called where Postgres is");
    let (server, _) = admin_url.rsplit_once('/').unwrap();
    let process = std::process::id();
    let template = format!("piebox_template_{process}");
    let name = format!("piebox_{process}_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut ready = TEMPLATE_READY.lock().await;
    let mut admin = PgConnection::connect(&admin_url).await.unwrap();
    if !*ready {
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {template}"))).await.unwrap();
        let store = Store { url: format!("{server}/{template}"), _folder: None };
        store.open().await.close().await;
        *ready = true;
    }
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    admin.execute(AssertSqlSafe(create)).await.unwrap();
    admin.close().await.unwrap();
    format!("{server}/{name}")
}

/// Runs each scenario on SQLite and on Postgres.
macro_rules! on_both_engines {
    ($(
        $(#[$attribute:meta])*
        async fn $name:ident($engine:ident: $type:ident $(,)?) $body:block
    )+) => {$(
        mod $name {
            use super::*;

            async fn scenario($engine: $type) $body

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario($type::Sqlite).await;
            }

            $(#[$attribute])*
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if $crate::support::postgres_url().is_some() {
                    scenario($type::Postgres).await;
                }
            }
        }
    )+};
}

pub(crate) use on_both_engines;
