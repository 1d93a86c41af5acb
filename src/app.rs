//! The simulator put together: its state, and the one router that all calls go through.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{Method, Uri};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_swagger_ui::SwaggerUi;

use crate::config::{Config, Synchronous};
use crate::db::{Db, DbOptions, Waits};
use crate::http::auth::Tokens;
use crate::http::connection::sever;
use crate::http::envelope::refused;
use crate::http::error::Cause;
use crate::http::faults::{Fates, befall};
use crate::http::fresh_world::with_fresh_world;
use crate::http::journal::{Recorder, record_calls};
use crate::http::not_simulated;
use crate::http::observe::observe;
use crate::http::openapi::{self, ApiDocument};
use crate::http::operations::Operations;
use crate::http::path_form::PathWords;
use crate::journal::keeper::{Keeper, KeeperOptions};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::WallClock;
use crate::kernel::{catalogue, codes};
use crate::programs::settings::Settings;
use crate::programs::state;
use crate::programs::worlds::{Genesis, Worlds};
use crate::scenarios::seed::Seeding;
use crate::webhooks::dispatch::{DispatchOptions, Dispatcher};
use crate::{domains, sim};

/// Everything a call may need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sim {
    /// The database.
    pub db: Db,
    /// The worlds.
    pub worlds: Arc<Worlds>,
    /// Access tokens.
    pub tokens: Arc<Tokens>,
    /// Webhooks on their way.
    pub dispatcher: Arc<Dispatcher>,
    /// Calls that wait for something to happen.
    pub waits: Arc<Waits>,
    /// Calls on their way into the journal.
    pub journal: Arc<Keeper>,
    /// What has become of the seed.
    pub seeding: Arc<Seeding>,
    /// The configuration.
    pub config: Arc<Config>,
}

impl Sim {
    /// Opens the database, migrates it if asked to, and puts the simulator together. Nothing runs
    /// in the background yet.
    pub async fn open(config: Config, wall: Arc<dyn WallClock>) -> anyhow::Result<Self> {
        let template = Settings::parse(&config.template).context("template")?;
        let db = Db::open(&db_options(&config)).await?;
        if config.migrate {
            db.migrate().await?
        } else {
            db.expect_migrated().await?
        }
        let key = db.token_key(random_hex(32)?).await?;
        let genesis = Genesis {
            template,
            create_unknown: config.worlds.create_unknown,
            seed: config.worlds.seed,
            instance: random()?,
        };
        let journal = Keeper::new(db.clone(), keeper_options(&config, genesis.instance));
        let worlds = Worlds::new(db.clone(), wall, genesis, config.limits.worlds_cached);
        let worlds = Arc::new(worlds);
        if db.is_exclusive() {
            // Whoever was exporting or importing when the last process ended is gone.
            state::ops::sweep(&worlds, worlds.wall().plus_millis(1)).await?;
        }
        let auth = &config.auth;
        let tokens = Tokens::new(
            config.clients.clone(),
            key.as_bytes(),
            auth.token_lifetime_seconds,
            auth.required_scope.clone(),
        );
        let options = DispatchOptions {
            timeout: Duration::from_millis(config.webhooks.timeout_ms),
            concurrency: config.webhooks.concurrency,
            poll: Duration::from_millis(config.webhooks.poll_ms),
            answer_bytes_max: config.webhooks.response_bytes,
            instance: random_hex(8)?,
        };
        let dispatcher = Dispatcher::new(db.clone(), Arc::clone(&worlds), options)?;
        Ok(Self {
            db,
            worlds,
            tokens: Arc::new(tokens),
            dispatcher: Arc::new(dispatcher),
            waits: Arc::default(),
            journal: Arc::new(journal),
            seeding: Arc::default(),
            config: Arc::new(config),
        })
    }

    /// The router of all calls.
    pub fn router(&self) -> Router {
        let (vendor, _) = domains::router().split_for_parts();
        let (control, _) = sim::router(self).split_for_parts();
        let document = api_document();
        let recorder = Recorder::new(self.clone(), &document);
        // Of two spellings of one word the later wins: what is simulated is spelled as served.
        let known = catalogue::banking().map(|(_, operation)| operation.path);
        let words = Arc::new(PathWords::of(known.chain(document.vendor_paths())));
        let operations = Arc::new(Operations::of(&document));
        let fates = Fates::of(self, Arc::clone(&operations));
        let inner = vendor
            .layer(from_fn_with_state(fates, befall))
            .merge(not_simulated::router(&document, &words))
            .merge(control.layer(Extension(operations)))
            .layer(from_fn_with_state(self.clone(), with_fresh_world))
            .merge(docs_page(document))
            .fallback(no_such_path)
            .method_not_allowed_fallback(no_such_method)
            .layer(from_fn_with_state(recorder, record_calls))
            .with_state(self.clone());
        let rewritten = inner.map_request(move |mut request: Request| {
            if let Some(uri) = words.rewrite(request.uri()) {
                *request.uri_mut() = uri;
            }
            request
        });
        // The outer router has no paths of its own: paths are brought to form before they match.
        Router::new()
            .fallback_service(rewritten)
            .layer(DefaultBodyLimit::max(self.config.limits.body_bytes))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn(observe))
            .layer(from_fn(sever))
    }
}

/// The OpenAPI document of both APIs.
pub fn api_document() -> ApiDocument {
    let (_, vendor) = domains::router().split_for_parts();
    openapi::document(vendor, sim::api())
}

fn docs_page(document: ApiDocument) -> Router<Sim> {
    SwaggerUi::new("/_sim/docs")
        .external_url_unchecked("/_sim/openapi.json", document.into_json())
        .into()
}

async fn no_such_path(method: Method, uri: Uri) -> Response {
    if uri.path().starts_with("/_sim") {
        return sim::not_found(uri.path());
    }
    let facts = format!("{method} {} is not documented; /_sim/docs lists what is", uri.path());
    refused(&Refusal::of(&codes::NO_SUCH_PATH).because(facts))
}

async fn no_such_method(method: Method, uri: Uri) -> Response {
    if uri.path().starts_with("/_sim") {
        return sim::method_not_allowed(&method, uri.path());
    }
    let facts = format!("{} does not know {method}", uri.path());
    refused(&Refusal::of(&codes::NO_SUCH_METHOD).because(facts))
}

/// A defect of ours: the caller gets a 500 in the envelope and the log the cause.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let words = cause.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| cause.downcast_ref::<&str>().copied()).unwrap_or("unknown");
    let mut response = refused(&Refusal::of(&codes::INTERNAL)).into_response();
    response.extensions_mut().insert(Cause(format!("panic: {words}")));
    response
}

/// How the database is opened with this configuration.
pub fn db_options(config: &Config) -> DbOptions {
    DbOptions {
        url: config.database_url.clone(),
        pool_connections: config.database.pool_connections,
        lock_wait: Duration::from_millis(config.database.lock_wait_ms),
        sqlite_synchronous: match config.database.sqlite_synchronous {
            Synchronous::Off => "off",
            Synchronous::Normal => "normal",
            Synchronous::Full => "full",
        },
    }
}

fn keeper_options(config: &Config, instance: [u8; 32]) -> KeeperOptions {
    let [a, b, c, d, ..] = instance;
    KeeperOptions {
        process: u32::from_be_bytes([a, b, c, d]),
        calls_max: config.journal.buffer_calls,
        bytes_max: config.journal.buffer_bytes,
        interval: Duration::from_millis(config.journal.interval_ms),
    }
}

/// From the machine's randomness: for what must be unlike anything elsewhere. That is the key of
/// tokens, the name of this process's leases, and the versions of new worlds.
fn random() -> anyhow::Result<[u8; 32]> {
    let mut random = [0u8; 32];
    getrandom::fill(&mut random).context("the machine's randomness")?;
    Ok(random)
}

fn random_hex(bytes: usize) -> anyhow::Result<String> {
    Ok(random()?.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect())
}
