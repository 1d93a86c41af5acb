//! The seam over the engines: a unit of eight inserts, sent statement by statement through sqlx,
//! and handed over as a unit of work.
//!
//! The plain side does what a careful program would: a prepared statement each time, and on SQLite
//! one connection for all writers, since several would only refuse each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piebox::app::db_options;
use piebox::config::Config;
use piebox::db::{Db, Key, Scope, sql};
use piebox::kernel::ids::{AccountId, ProgramCode};
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, SqlitePool};

use super::calls::POOL;
use super::load::{CLIENTS, Client, Figure, Pace, ROUNDS, Rate, drive};
use super::people::guid;
use super::report::Report;
use super::stage::{Engine, PROGRAM, Store};

/// Inserts in a unit.
const INSERTS: usize = 8;
const TABLE: &str = "CREATE TABLE bench_rows (id TEXT NOT NULL, position BIGINT NOT NULL, \
    body TEXT NOT NULL, CONSTRAINT bench_rows_pkey PRIMARY KEY (id, position))";
const INSERT: &str = "INSERT INTO bench_rows (id, position, body) VALUES ($1, $2, $3)";
const BODY: &str = "about as much as a row of this project holds: names, states, a few moments and \
    amounts, a hash or two, some ids";

/// Numbers the units of this process.
static NEXT: AtomicUsize = AtomicUsize::new(0);

fn next_id() -> String {
    guid(NEXT.fetch_add(1, Ordering::Relaxed), "seam").to_string()
}

/// Both ways on each engine, with many clients and with one.
pub async fn measure(report: &mut Report, pace: Pace) {
    report.section("The seam: a unit of eight inserts, statement by statement and as one unit");
    let mut engines = Engine::durable();
    engines.insert(1, Engine::SqliteMemory);
    for engine in engines {
        let (stores, plain, seam) = open(engine).await;
        for clients in [CLIENTS, 1] {
            let (mut apart, mut together) = (Figure::default(), Figure::default());
            for _ in 0..ROUNDS {
                apart.push(plain.drive(clients, pace).await);
                together.push(seam.drive(clients, pace).await);
            }
            let plural = if clients == 1 { "client" } else { "clients" };
            let name = format!("{}, {clients} {plural}", engine.name());
            report.rate(&format!("{name}: statement by statement"), &apart);
            report.against(&format!("{name}: one unit"), &together, &apart, None);
        }
        plain.close().await;
        seam.0.close().await;
        drop((plain, seam));
        for store in stores {
            store.remove().await;
        }
    }
}

/// Two databases of one kind, each with the table.
async fn open(engine: Engine) -> ([Store; 2], Plain, Seam) {
    let stores = [Store::new(engine).await, Store::new(engine).await];
    let plain = Plain::open(engine, &stores[0].url).await;
    let mut config = Config::defaults().expect("the defaults are right");
    config.database_url = stores[1].url.clone();
    let db = Db::open(&db_options(&config)).await.expect("a new database opens");
    let mut unit = db.begin(Scope::keys(Vec::new())).await.expect("no key is asked for");
    unit.write(sql(TABLE));
    unit.commit().await.expect("the table is new");
    (stores, plain, Seam(db))
}

/// Plain sqlx.
#[derive(Clone)]
enum Plain {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Plain {
    async fn open(engine: Engine, url: &str) -> Self {
        if engine == Engine::Postgres {
            let pool = PgPoolOptions::new().max_connections(POOL).connect(url).await;
            let pool = pool.expect("a new database opens");
            sqlx::query(TABLE).execute(&pool).await.expect("the table is new");
            return Self::Postgres(pool);
        }
        let options = SqliteConnectOptions::new().create_if_missing(true);
        // The same settings as behind the seam.
        let options = match url.strip_prefix("sqlite:") {
            Some(file) if engine == Engine::SqliteFile => options
                .filename(file)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal),
            _ => options.filename("/seam").vfs("memdb").journal_mode(SqliteJournalMode::Memory),
        };
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.expect("a new database opens");
        sqlx::query(TABLE).execute(&pool).await.expect("the table is new");
        Self::Sqlite(pool)
    }

    async fn drive(&self, clients: usize, pace: Pace) -> Rate {
        drive(vec![self.clone(); clients], pace).await
    }

    async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

macro_rules! insert_one_by_one {
    ($pool:expr, $begin:literal) => {{
        let id = next_id();
        let mut transaction = $pool.begin_with($begin).await.expect("it begins");
        for position in 0..INSERTS as i64 {
            let query = sqlx::query(INSERT).bind(&id).bind(position).bind(BODY);
            query.execute(&mut *transaction).await.expect("each row is new");
        }
        transaction.commit().await.expect("it commits");
    }};
}

impl Client for Plain {
    async fn step(&mut self) -> bool {
        match self {
            Self::Sqlite(pool) => insert_one_by_one!(pool, "BEGIN IMMEDIATE"),
            Self::Postgres(pool) => insert_one_by_one!(pool, "BEGIN"),
        }
        true
    }
}

/// The database layer of piebox.
struct Seam(Db);

impl Seam {
    async fn drive(&self, clients: usize, pace: Pace) -> Rate {
        let program: ProgramCode = PROGRAM.parse().expect("a program code");
        let program = Arc::new(program);
        let client = |_| UnitClient { db: self.0.clone(), program: Arc::clone(&program) };
        drive((0..clients).map(client).collect(), pace).await
    }
}

struct UnitClient {
    db: Db,
    program: Arc<ProgramCode>,
}

impl Client for UnitClient {
    async fn step(&mut self) -> bool {
        let id = next_id();
        let account: AccountId = id.parse().expect("a GUID");
        // A unit decides on something, so it holds a key.
        let scope = Scope::keys(vec![Key::account(&self.program, account)]);
        let mut unit = self.db.begin(scope).await.expect("the key is free");
        for position in 0..INSERTS as i64 {
            unit.write(sql(INSERT).bind(id.as_str()).bind(position).bind(BODY));
        }
        unit.commit().await.expect("each row is new");
        true
    }
}
