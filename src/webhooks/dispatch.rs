//! The dispatcher: leases due deliveries, sends them, records what came of it.
//!
//! Three short steps with nothing held in between: a unit of work that writes the lease, the HTTP
//! exchange, a unit of work that records the attempt. The lease outlives the exchange; if the
//! process dies, it runs out and another process (or the next start) sends again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::sender::{Exchange, Parcel, Sender};
use super::store::{self, Lease, Leased};
use super::verdict::{Attempt, NextStep, Verdict, next_step};
use crate::db::{Db, DbError, Key, Scope};
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Endpoint;
use crate::programs::worlds::Worlds;

/// Deliveries leased in one step at most.
const BATCH_MAX: usize = 32;
/// Of these, deliveries of one endpoint at most.
const PER_ENDPOINT_MAX: i64 = 16;
/// Posts beside the queue under way at once.
const BESIDE_MAX: usize = 16;
/// How much longer than an exchange a lease lasts.
const LEASE_MARGIN: Duration = Duration::from_secs(15);

/// How deliveries are made.
#[derive(Debug, Clone)]
pub struct DispatchOptions {
    /// How long an endpoint may take to answer.
    pub timeout: Duration,
    /// Deliveries under way at once.
    pub concurrency: usize,
    /// How often the queue is looked at when nothing rings.
    pub poll: Duration,
    /// How much of an answer is read.
    pub answer_bytes_max: usize,
    /// Tells the leases of this process from those of others.
    pub instance: String,
}

/// Sends what is due.
#[derive(Debug)]
pub struct Dispatcher {
    db: Db,
    worlds: Arc<Worlds>,
    sender: Sender,
    options: DispatchOptions,
    leases: AtomicU64,
    beside: Semaphore,
}

impl Dispatcher {
    /// A dispatcher that is not yet running.
    pub fn new(db: Db, worlds: Arc<Worlds>, options: DispatchOptions) -> anyhow::Result<Self> {
        let sender = Sender::new(options.timeout, options.answer_bytes_max)?;
        let (leases, beside) = (AtomicU64::new(0), Semaphore::new(BESIDE_MAX));
        Ok(Self { db, worlds, sender, options, leases, beside })
    }

    /// Sends what falls due until told to stop; what is under way then is brought to its end.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        if self.db.is_exclusive()
            && let Err(cause) = self.free_abandoned().await
        {
            tracing::error!(%cause, "abandoned deliveries stay leased until they run out");
        }
        let mut under_way = JoinSet::new();
        while !stop.is_cancelled() {
            let room = self.options.concurrency - under_way.len();
            let batch = self.lease(room.min(BATCH_MAX), None).await.unwrap_or_else(|cause| {
                tracing::error!(%cause, "cannot look for due deliveries");
                Batch::default()
            });
            let was_full = !batch.leased.is_empty() && batch.leased.len() == room.min(BATCH_MAX);
            for leased in batch.leased {
                under_way.spawn(Arc::clone(&self).deliver(leased, batch.owner.clone()));
            }
            if was_full && under_way.len() < self.options.concurrency {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.db.rung(), if under_way.len() < self.options.concurrency => {}
                Some(_) = under_way.join_next() => {}
                () = tokio::time::sleep(self.options.poll) => {}
            }
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
    }

    /// Sends everything of one world that is due now, one batch after the other.
    pub async fn run_due(self: &Arc<Self>, program: &ProgramCode) -> Result<(), DbError> {
        loop {
            let batch = self.lease(BATCH_MAX, Some(program)).await?;
            if batch.leased.is_empty() {
                return Ok(());
            }
            let mut under_way = JoinSet::new();
            for leased in batch.leased {
                under_way.spawn(Arc::clone(self).deliver(leased, batch.owner.clone()));
            }
            while under_way.join_next().await.is_some() {}
        }
    }

    /// Posts once, beside the queue: nothing is recorded, nothing tried again. `None` if too many
    /// such posts are under way.
    pub async fn post_beside(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Option<Exchange> {
        let _room = self.beside.try_acquire().ok()?;
        Some(self.sender.exchange(endpoint, parcel).await)
    }

    /// When the next delivery of a world falls due.
    pub async fn next_due(&self, program: &ProgramCode) -> Result<Option<Timestamp>, DbError> {
        store::next_due(&mut &self.db, program).await
    }

    /// Attempts made in a span of a world's time: delivery, moment, verdict and reason.
    pub async fn attempts_between(
        &self,
        program: &ProgramCode,
        span: (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Vec<(String, i64, String, String)>, DbError> {
        store::attempts_between(&mut &self.db, program, span, limit).await
    }

    async fn free_abandoned(&self) -> Result<(), DbError> {
        let mut unit = self.db.begin(Scope::keys(vec![Key::delivery_queue()])).await?;
        unit.write(store::free_all());
        unit.commit().await
    }

    async fn lease(&self, limit: usize, only: Option<&ProgramCode>) -> Result<Batch, DbError> {
        if limit == 0 || !store::any_pending(&mut &self.db, only).await? {
            return Ok(Batch::default());
        }
        let number = self.leases.fetch_add(1, Ordering::Relaxed);
        let owner = format!("{}-{number}", self.options.instance);
        let wall = self.worlds.wall();
        // An attempt may take two exchanges: one for a token, one for the webhook.
        let lasts = self.options.timeout * 2 + LEASE_MARGIN;
        let until = wall.plus_millis(i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut unit = self.db.begin(Scope::keys(vec![Key::delivery_queue()])).await?;
        let per_endpoint = PER_ENDPOINT_MAX;
        let lease = Lease { owner: &owner, until, wall, only, per_endpoint, limit };
        store::lease_due(&mut unit, &lease);
        unit.commit().await?;
        let leased = store::leased(&mut &self.db, &owner).await?;
        Ok(Batch { owner: owner.into(), leased })
    }

    async fn deliver(self: Arc<Self>, leased: Leased, owner: Arc<str>) {
        if let Err(cause) = self.try_deliver(&leased, &owner).await {
            tracing::error!(
                %cause, delivery.id = %leased.id, program = %leased.program,
                "delivery left to another try"
            );
        }
    }

    async fn try_deliver(&self, leased: &Leased, owner: &str) -> Result<(), DbError> {
        // A clock that another process has moved must be the one the next attempt is set by.
        let found = self.worlds.find_version(&leased.program, leased.world_version).await?;
        let Some(world) = found else { return Ok(()) };
        let wall = self.worlds.wall();
        let now = world.now(wall);
        let endpoint = world.settings.webhooks.iter().find(|e| e.url == leased.url);
        let (attempt, retries) = match endpoint {
            Some(endpoint) => {
                let (request_id, body) = (leased.id.to_string(), body(leased));
                let parcel = Parcel { request_id: &request_id, body: &body, extra: &[], now, wall };
                (self.sender.attempt(endpoint, parcel).await, endpoint.retry.enabled)
            }
            None => (not_configured(now), false),
        };
        let next = next_step(attempt.verdict, retries, leased.created_at, attempt.at);
        let mut unit = self.db.begin(Scope::keys(Vec::new())).await?;
        store::record_attempt(&mut unit, owner, leased, &attempt, next);
        unit.commit().await?;
        log(leased, &attempt, next);
        Ok(())
    }
}

/// Deliveries under one lease.
#[derive(Debug, Default)]
struct Batch {
    owner: Arc<str>,
    leased: Vec<Leased>,
}

/// The wire body: events of one message, exactly as they were recorded.
fn body(leased: &Leased) -> String {
    let events = leased.events.join(",");
    let account = &leased.account_id;
    format!(r#"{{"accounts":[{{"accountIdentifier":"{account}","events":[{events}]}}]}}"#)
}

fn not_configured(at: Timestamp) -> Attempt {
    let reason = "the endpoint is no longer configured".to_owned();
    Attempt { at, latency_ms: 0, http_status: None, verdict: Verdict::Final, reason }
}

fn log(leased: &Leased, attempt: &Attempt, next: NextStep) {
    let (delivery, program) = (leased.id, &leased.program);
    let (number, reason) = (leased.attempts + 1, attempt.reason.as_str());
    match next {
        NextStep::Done => tracing::info!(
            delivery.id = %delivery, %program, attempt = number, latency_ms = attempt.latency_ms,
            "webhook delivered"
        ),
        NextStep::TryAgain(at) => tracing::warn!(
            delivery.id = %delivery, %program, attempt = number, reason, next_at = %at,
            "webhook not acknowledged, will be tried again"
        ),
        NextStep::GiveUp => tracing::warn!(
            delivery.id = %delivery, %program, attempt = number, reason, "webhook given up"
        ),
    }
}
