//! Where a measurement takes place: a simulator of its own on a new database, served on loopback.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::Router;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use piebox::app::Sim;
use piebox::config::Config;
use piebox::kernel::ids::ProgramCode;
use piebox::kernel::time::SystemClock;
use piebox::lifecycle::Lifecycle;
use piebox::programs::world::World;
use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::http::{Connection, request};

/// The program that is called; the seed of its world, and so its key, follow from this name.
pub const PROGRAM: &str = "bench";
/// Any request id: calls that read, and calls of the control API, need no other.
pub const ANY_REQUEST: &str = "X-GD-RequestId: 5b0c7a0e-8d7c-4b43-9a55-000000000001";

/// What stores the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    SqliteFile,
    SqliteMemory,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::SqliteFile => "sqlite file",
            Engine::SqliteMemory => "sqlite memory",
            Engine::Postgres => "postgres",
        }
    }

    /// The engines that keep what they are told; Postgres only where there is one.
    pub fn durable() -> Vec<Engine> {
        let all = [Engine::SqliteFile, Engine::Postgres].into_iter();
        all.filter(|engine| *engine != Engine::Postgres || postgres_url().is_some()).collect()
    }
}

/// The Postgres to measure on: the one of the tests.
pub fn postgres_url() -> Option<String> {
    std::env::var("PIEBOX_TEST_POSTGRES_URL").ok()
}

/// How durable that Postgres is.
pub async fn postgres_settings() -> Option<String> {
    const SETTINGS: &str = "SELECT 'version ' || current_setting('server_version') \
        || ', fsync ' || current_setting('fsync') \
        || ', synchronous_commit ' || current_setting('synchronous_commit')";
    let mut admin = PgConnection::connect(&postgres_url()?).await.expect("Postgres answers");
    let settings = sqlx::query_scalar(SETTINGS).fetch_one(&mut admin).await;
    admin.close().await.expect("Postgres lets go");
    Some(settings.expect("every Postgres has these"))
}

/// A new, empty database, gone when dropped or closed.
pub struct Store {
    pub url: String,
    _folder: Option<TempDir>,
}

impl Store {
    pub async fn new(engine: Engine) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        match engine {
            Engine::SqliteMemory => Self { url: "sqlite::memory:".to_owned(), _folder: None },
            Engine::SqliteFile => {
                let folder = tempfile::tempdir().expect("a temporary folder");
                let url = format!("sqlite:{}", folder.path().join("bench.db").display());
                Self { url, _folder: Some(folder) }
            }
            Engine::Postgres => {
                let number = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("piebox_bench_{}_{number}", std::process::id());
                let admin = administer(&format!("CREATE DATABASE {name}")).await;
                let (server, _) = admin.rsplit_once('/').expect("a URL with a database");
                Self { url: format!("{server}/{name}"), _folder: None }
            }
        }
    }

    pub async fn remove(self) {
        if let Some((_, name)) = self.url.rsplit_once('/')
            && self.url.starts_with("postgres")
        {
            administer(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// Runs a statement beside the databases of the measurements, and gives the server's URL.
async fn administer(statement: &str) -> String {
    let url = postgres_url().expect("only asked for where Postgres is");
    let mut admin = PgConnection::connect(&url).await.expect("Postgres answers");
    admin.execute(AssertSqlSafe(statement.to_owned())).await.expect("the statement is right");
    admin.close().await.expect("Postgres lets go");
    url
}

/// A router that is served, until it is closed.
pub struct Served {
    pub address: SocketAddr,
    lifecycle: Lifecycle,
}

impl Served {
    pub async fn start(router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let lifecycle = Lifecycle::new();
        let soft = lifecycle.soft();
        lifecycle.spawn("http", async move {
            let stopped = async move { soft.cancelled().await };
            let served = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
            served.expect("it serves until stopped");
        });
        Self { address, lifecycle }
    }

    pub async fn close(self) {
        self.lifecycle.finish(Duration::from_secs(2)).await;
    }
}

/// A simulator as `piebox serve` runs it, but in this process and without log lines.
pub struct Stage {
    pub sim: Sim,
    pub store: Store,
    pub served: Served,
    /// `Authorization: Bearer ...`, good for every program.
    pub bearer: String,
}

impl Stage {
    pub async fn open(engine: Engine) -> Self {
        Self::with_dispatcher(engine, true).await
    }

    /// Without a dispatcher, deliveries stay as they were recorded.
    pub async fn with_dispatcher(engine: Engine, dispatches: bool) -> Self {
        let store = Store::new(engine).await;
        let mut config = Config::defaults().expect("the defaults are right");
        config.database_url = store.url.clone();
        let sim = Sim::open(config, Arc::new(SystemClock)).await.expect("a new database opens");
        let served = Served::start(sim.router()).await;
        if dispatches {
            let lifecycle = &served.lifecycle;
            lifecycle.spawn("webhooks", Arc::clone(&sim.dispatcher).run(lifecycle.soft()));
        }
        let bearer = sign_in(served.address).await;
        Self { sim, store, served, bearer }
    }

    /// The world that is called, made on first use.
    pub async fn world(&self) -> Arc<World> {
        let code: ProgramCode = PROGRAM.parse().expect("a program code");
        self.sim.worlds.create(&code).await.expect("a world is made")
    }

    /// A call of the control API below the program.
    pub async fn control(&self, method: &str, path: &str, body: &Json) -> Json {
        let path = format!("/_sim/v1/programs/{PROGRAM}{path}");
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let mut connection = Connection::open(self.served.address).await;
        let answer = connection.exchange(&request(method, &path, &[], &text)).await;
        assert!(answer.status < 300, "{method} {path}: {}", answer.json());
        answer.json()
    }

    /// The person that all others are varied from.
    pub async fn person(&self) -> Json {
        self.control("POST", "/people", &json!({})).await["userData"].clone()
    }

    pub async fn close(self) {
        self.served.close().await;
        self.sim.db.close().await;
        drop(self.sim);
        self.store.remove().await;
    }
}

/// Fetches a token as a partner does; gives the header that carries it.
pub async fn sign_in(address: SocketAddr) -> String {
    let basic = BASE64_STANDARD.encode("demo:demo-secret");
    let body = json!({ "grant_type": "client_credentials" }).to_string();
    let headers = [format!("Authorization: Basic {basic}"), ANY_REQUEST.to_owned()];
    let call = request("POST", "/authentication", &[&headers[0], &headers[1]], &body);
    let mut connection = Connection::open(address).await;
    let answer = connection.exchange(&call).await;
    let token = answer.json()["access_token"].as_str().map(str::to_owned);
    format!("Authorization: Bearer {}", token.expect("a token"))
}
