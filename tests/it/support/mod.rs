//! What the scenarios stand on: a simulator of their own, a partner who calls it, and people.

mod engine;
pub mod money;
mod partner;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use piebox::app::Sim;
use piebox::config::Config;
use piebox::kernel::time::{ManualClock, Timestamp};
use piebox::lifecycle::Lifecycle;
use piebox::receiver::{Received, Receiver, ReceiverOptions};
use serde_json::{Value as Json, json};

pub(crate) use engine::on_both_engines;
pub use engine::{Engine, Store, postgres_url};
pub use partner::{Answer, Partner, basic, guid};

/// The moment at which every test begins, on the wall and in its worlds.
pub const START: &str = "2031-05-06T10:00:00.000Z";

/// How long a test waits for something that must come.
pub const PATIENCE: Duration = Duration::from_secs(20);

const DAY_SECONDS: u64 = 86_400;

/// A simulator of its own: temporary database, a clock that stands, deliveries under way.
pub struct TestSim {
    pub sim: Sim,
    pub wall: Arc<ManualClock>,
    pub store: Store,
    router: Router,
    lifecycle: Lifecycle,
    config: Config,
}

impl TestSim {
    pub async fn start(engine: Engine) -> Self {
        Self::configured(engine, |_| {}).await
    }

    /// With access tokens that live as long as the vendor's; elsewhere they live through every
    /// story, however far its clock goes.
    pub async fn with_days_tokens(engine: Engine) -> Self {
        Self::configured(engine, |config| config.auth.token_lifetime_seconds = DAY_SECONDS).await
    }

    /// With a change of the default configuration.
    pub async fn configured(engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::defaults().unwrap();
        config.webhooks.poll_ms = 20;
        config.webhooks.timeout_ms = 2_000;
        config.journal.interval_ms = 100;
        config.auth.token_lifetime_seconds = 100 * 365 * DAY_SECONDS;
        change(&mut config);
        let store = Store::create(engine).await;
        let wall = Arc::new(ManualClock::at(Timestamp::parse(START).unwrap()));
        Self::open(config, store, wall).await
    }

    async fn open(mut config: Config, store: Store, wall: Arc<ManualClock>) -> Self {
        // What went wrong inside shows beside the test that failed; a second call changes nothing.
        let errors = tracing_subscriber::fmt().with_test_writer();
        let _ = errors.with_max_level(tracing::Level::ERROR).try_init();
        config.database_url = store.url();
        let sim = Sim::open(config.clone(), wall.clone()).await.unwrap();
        let lifecycle = Lifecycle::new();
        let dispatcher = Arc::clone(&sim.dispatcher);
        lifecycle.spawn("webhooks", dispatcher.run(lifecycle.soft()));
        lifecycle.spawn("tasks", piebox::jobs::run(sim.clone(), lifecycle.soft()));
        lifecycle.spawn("journal", Arc::clone(&sim.journal).run(lifecycle.soft()));
        Self { router: sim.router(), sim, wall, store, lifecycle, config }
    }

    /// Another process on the same database: its own connections, locks and caches.
    pub async fn sibling(&self) -> TestSim {
        Self::open(self.config.clone(), self.store.share(), self.wall.clone()).await
    }

    /// Stops and starts again on the same database.
    pub async fn restart(self) -> Self {
        let Self { sim, wall, store, router, lifecycle, config } = self;
        lifecycle.finish(PATIENCE).await;
        sim.db.close().await;
        drop((sim, router, lifecycle));
        Self::open(config, store, wall).await
    }

    /// The same simulator, called through a layer of the test's own.
    pub fn wrapped(self, wrap: impl FnOnce(Router) -> Router) -> Self {
        Self { router: wrap(self.router), ..self }
    }

    /// A partner of the default client in this program.
    pub async fn partner(&self, program: &str) -> Partner {
        Partner::sign_in(self.router.clone(), program).await
    }

    /// A call without any header but those given.
    pub async fn bare(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<axum::body::Body>,
    ) -> Answer {
        partner::send(&self.router, method, path, headers, body.into()).await
    }

    /// A call of the control API; the body is JSON or nothing.
    pub async fn control(&self, method: &str, path: &str, body: Json) -> Answer {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.bare(method, &format!("/_sim/v1/programs/{path}"), &[], text).await
    }

    /// A person who will be approved.
    pub async fn person(&self, program: &str) -> Json {
        let invented = self.control("POST", &format!("{program}/people"), json!({})).await;
        invented.expect(201).body["userData"].clone()
    }

    /// A person whose enrollment comes out so.
    pub async fn person_with(&self, program: &str, outcome: &str) -> Json {
        let wish = json!({ "outcome": outcome });
        let invented = self.control("POST", &format!("{program}/people"), wish).await;
        invented.expect(201).body["userData"].clone()
    }

    /// What the outside world does to an account.
    pub async fn act(&self, program: &str, account: &str, action: Json) -> Answer {
        self.control("POST", &format!("{program}/accounts/{account}/actions"), action).await
    }

    /// Moves the program's clock on, and answers what ran.
    pub async fn advance(&self, program: &str, by: &str) -> Vec<Json> {
        let path = format!("{program}/clock/advance");
        let advanced = self.control("POST", &path, json!({ "by": by })).await.expect(200);
        advanced.body["ran"].as_array().unwrap().clone()
    }

    /// Events about one account, oldest first.
    pub async fn events_of(&self, program: &str, account: &str) -> Vec<Json> {
        let mut events = self.events(program).await;
        events.retain(|event| event["accountIdentifier"] == account);
        events.sort_by_key(|event| event["sequence"].as_i64());
        events
    }

    /// A receiver that the program's webhooks go to.
    pub async fn receiver(&self, program: &str) -> Receiver {
        let address = "127.0.0.1:0".parse().unwrap();
        let receiver = Receiver::start(address, ReceiverOptions::default()).await.unwrap();
        let webhooks = json!({ "webhooks": [{ "url": receiver.url() }] });
        self.control("PUT", program, webhooks).await.expect(200);
        receiver
    }

    /// Stops the program's clock where it is.
    pub async fn freeze(&self, program: &str) {
        let frozen = json!({ "mode": "frozen" });
        self.control("PUT", &format!("{program}/clock"), frozen).await.expect(200);
    }

    /// Has all webhooks of a program go to one endpoint, with these further members of its
    /// settings.
    pub async fn send_to(&self, program: &str, url: &str, members: Json) {
        let mut endpoint = json!({ "url": url });
        for (name, value) in members.as_object().into_iter().flatten() {
            endpoint[name] = value.clone();
        }
        self.control("PUT", program, json!({ "webhooks": [endpoint] })).await.expect(200);
    }

    /// Deliveries of a program, as the control API lists them.
    pub async fn deliveries(&self, program: &str) -> Vec<Json> {
        let listed = self.control("GET", &format!("{program}/deliveries"), Json::Null).await;
        listed.expect(200).body["deliveries"].as_array().unwrap().clone()
    }

    /// Events of a program, as the control API lists them.
    pub async fn events(&self, program: &str) -> Vec<Json> {
        let listed = self.control("GET", &format!("{program}/events?limit=1000"), Json::Null).await;
        listed.expect(200).body["events"].as_array().unwrap().clone()
    }

    /// Waits until no delivery of the program is pending.
    pub async fn settled(&self, program: &str) {
        for _ in 0..1_000 {
            let path = format!("{program}/deliveries?state=pending");
            let pending = self.control("GET", &path, Json::Null).await.expect(200).body;
            if pending["deliveries"].as_array().unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("deliveries of {program} stay pending");
    }

    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

/// A receiver that keeps credentials, configured nowhere yet.
pub async fn open_receiver() -> Receiver {
    let options = ReceiverOptions { keep_secrets: true, ..ReceiverOptions::default() };
    Receiver::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap()
}

/// Waits for this many webhooks.
pub async fn webhooks(receiver: &Receiver, count: usize) -> Vec<Received> {
    receiver.wait_for(count, PATIENCE).await.unwrap_or_else(|got| {
        panic!("expected {count} webhooks, got {}", got.len());
    })
}

/// The body of an enrollment with plain user data.
pub fn enrollment(person: &Json) -> Json {
    json!({
        "user": { "userData": person },
        "account": { "productCode": "50400", "productMaterialType": "pvc", "currency": "USD" },
        "requestPhysicalCardFlag": true,
        "executeKycFlag": true,
    })
}

/// Where an account stands: status, reason, KYC, OFAC, gate.
pub fn standing(account: &Json) -> String {
    let kyc = &account["accountHolders"][0]["user"]["kycStateData"];
    let text = |value: &Json| value.as_str().unwrap_or("-").to_owned();
    [
        &account["status"],
        &account["statusReasons"][0],
        &kyc["kycStatus"],
        &kyc["ofacStatus"],
        &kyc["kycPendingGate"],
    ]
    .map(text)
    .join(" ")
}

/// `type status` of each card of the first holder.
pub fn cards(account: &Json) -> Vec<String> {
    let cards = account["accountHolders"][0]["paymentInstruments"].as_array().unwrap();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let card =
        |card: &Json| format!("{} {}", text(&card["paymentInstrumentType"]), text(&card["status"]));
    cards.iter().map(card).collect()
}

impl TestSim {
    /// Waits until the first delivery of the program has had an attempt.
    pub async fn settled_attempt(&self, program: &str) {
        for _ in 0..1_000 {
            let deliveries = self.deliveries(program).await;
            if deliveries.iter().any(|one| !one["attempts"].as_array().unwrap().is_empty()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("no delivery of {program} was attempted");
    }

    /// All that is stored, the journal of calls too, as text.
    pub async fn dump(&self) -> String {
        self.sim.journal.flush(None).await.unwrap();
        let journal = piebox::db::sql("SELECT entry FROM journal");
        let entries: Vec<(String,)> = self.sim.db.all(journal).await.unwrap();
        entries.iter().fold(self.rows().await, |text, (entry,)| text + entry + "\n")
    }

    /// What is stored beside the journal, as text.
    pub async fn rows(&self) -> String {
        let mut text = String::new();
        for select in [
            "SELECT settings AS line FROM programs",
            "SELECT terms || reference_number || account_number AS line FROM accounts",
            "SELECT first_name || last_name || COALESCE(identity_hash, '') || \
             COALESCE(last4_identity, '') || COALESCE(date_of_birth, '') || \
             COALESCE(default_phone_hash, '') || profile AS line \
             FROM users",
            "SELECT COALESCE(pin_hash, '') AS line FROM users",
            "SELECT pin_hash AS line FROM card_pins",
            "SELECT payment_instrument_id || payment_id || last4_pan AS line \
             FROM payment_instruments",
            "SELECT request_id || fingerprint || document || COALESCE(reply, '') AS line \
             FROM enrollments",
            "SELECT event AS line FROM webhook_events",
            "SELECT url FROM webhook_deliveries",
            "SELECT reason FROM webhook_attempts",
        ] {
            let rows: Vec<(String,)> = self.sim.db.all(piebox::db::sql(select)).await.unwrap();
            rows.iter().for_each(|(line,)| text.extend([line.as_str(), "\n"]));
        }
        text
    }
}
