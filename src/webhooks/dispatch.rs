//! The dispatcher: leases due deliveries, sends them, records what came of it.
//!
//! Three short steps with nothing held in between: a unit of work that writes the lease, the HTTP
//! exchange, a unit of work that records the attempt. The lease outlives the exchange; if the
//! process dies, it runs out and another process (or the next start) sends again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::faults;
use super::lanes::{Lanes, Queue};
use super::queue::{self, BATCH_MAX, Batch, Lease, Leased, Looks, Mishap};
use super::sender::{ANSWERS_MAX, Exchange, Parcel, Sender};
use super::unrecorded::{Mark, Unrecorded};
use super::verdict::{Attempt, NextStep, Verdict, next_step};
use crate::db::{Db, DbError, Key, Scope};
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::faults::WebhookFault;
use crate::programs::settings::{Endpoint, TimeSource};
use crate::programs::world::World;
use crate::programs::worlds::Worlds;

/// Posts beside the queue under way at once.
const BESIDE_MAX: usize = 16;
/// Attempts under one lease at most: a fault may send a delivery twice.
const ATTEMPTS_MAX: u32 = 2;
/// How much longer than its attempts a lease lasts.
const LEASE_MARGIN: Duration = Duration::from_secs(15);
/// How long a message waits for the next one that is to pass it, on the world's clock: one hour.
const PASSING_MS: i64 = 3_600_000;
/// How often a decision is taken anew if its world changes meanwhile.
const TRIES_MAX: usize = 5;

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
    looks: Looks,
    lanes: Mutex<Lanes>,
    beside: Semaphore,
    unrecorded: Unrecorded,
}

impl Dispatcher {
    /// A dispatcher that is not yet running.
    pub fn new(db: Db, worlds: Arc<Worlds>, options: DispatchOptions) -> anyhow::Result<Self> {
        let sender = Sender::new(options.timeout, options.answer_bytes_max)?;
        let lanes = Mutex::new(Lanes::new(options.concurrency));
        let (leases, beside) = (AtomicU64::new(0), Semaphore::new(BESIDE_MAX));
        let (looks, unrecorded) = (Looks::default(), Unrecorded::default());
        Ok(Self { db, worlds, sender, options, leases, looks, lanes, beside, unrecorded })
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
            let batch = self.lease_with_room().await.unwrap_or_else(|cause| {
                tracing::error!(%cause, "cannot look for due deliveries");
                Batch::default()
            });
            let owner: Arc<str> = batch.owner.into();
            for leased in batch.leased {
                self.lanes().begun(&leased.queue());
                under_way.spawn(Arc::clone(&self).deliver_in_lane(leased, Arc::clone(&owner)));
            }
            let has_room = self.lanes().left() > 0;
            if batch.moved && has_room {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.db.rung(), if has_room => {}
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
            let everyone = (BATCH_MAX, |_: &Queue| BATCH_MAX);
            let batch =
                self.looks.look(&self.db, self.new_lease(), everyone, Some(program)).await?;
            let owner: Arc<str> = batch.owner.into();
            let mut under_way = JoinSet::new();
            for leased in batch.leased {
                under_way.spawn(Arc::clone(self).deliver(leased, Arc::clone(&owner)));
            }
            while under_way.join_next().await.is_some() {}
            if !batch.moved {
                return Ok(());
            }
        }
    }

    /// Posts once, beside the queue: nothing is recorded, nothing tried again. `None` if too many
    /// such posts are under way.
    pub async fn post_beside(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Option<Exchange> {
        let _room = self.beside.try_acquire().ok()?;
        Some(self.sender.exchange(endpoint, parcel).await)
    }

    /// Where those that could not be recorded stand now, for [`Dispatcher::expect_recorded`].
    pub fn mark(&self) -> Mark {
        self.unrecorded.mark()
    }

    /// Fails if a delivery of a world could not be recorded since: it stays due, and whoever waits
    /// for it waits in vain.
    pub fn expect_recorded(&self, program: &ProgramCode, since: Mark) -> Result<(), DbError> {
        self.unrecorded.since(program, since).map_or(Ok(()), Err)
    }

    /// When the next delivery of a world falls due.
    pub async fn next_due(&self, program: &ProgramCode) -> Result<Option<Timestamp>, DbError> {
        queue::next_due(&self.db, program).await
    }

    /// Attempts made in a span of a world's time: delivery, moment, verdict and reason.
    pub async fn attempts_between(
        &self,
        program: &ProgramCode,
        span: (Timestamp, Timestamp),
        limit: i64,
    ) -> Result<Vec<(String, i64, String, String)>, DbError> {
        queue::attempts_between(&self.db, program, span, limit).await
    }

    async fn free_abandoned(&self) -> Result<(), DbError> {
        let mut unit = self.db.begin(Scope::keys(vec![Key::delivery_queue()])).await?;
        unit.write(queue::free_all());
        unit.commit().await
    }

    async fn lease_with_room(&self) -> Result<Batch, DbError> {
        let left = self.lanes().left().min(BATCH_MAX);
        if left == 0 {
            return Ok(Batch::default());
        }
        let room = (left, |queue: &Queue| self.lanes().room_for(queue));
        self.looks.look(&self.db, self.new_lease(), room, None).await
    }

    fn new_lease(&self) -> Lease {
        let number = self.leases.fetch_add(1, Ordering::Relaxed);
        let wall = self.worlds.wall();
        let lasts = self.options.timeout * ANSWERS_MAX * ATTEMPTS_MAX + LEASE_MARGIN;
        let until = wall.plus_millis(i64::try_from(lasts.as_millis()).unwrap_or(i64::MAX));
        Lease { owner: format!("{}-{number}", self.options.instance), wall, until }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn deliver_in_lane(self: Arc<Self>, leased: Leased, owner: Arc<str>) {
        let queue = leased.queue();
        let attempt = Arc::clone(&self).deliver(leased, owner).await;
        let patience_ms = i64::try_from(self.options.timeout.as_millis()).unwrap_or(i64::MAX);
        let answered =
            |attempt: &Attempt| attempt.http_status.is_some() && attempt.latency_ms < patience_ms;
        self.lanes().ended(&queue, attempt.as_ref().map(answered));
    }

    /// Makes one attempt and tells what came of it, if it came to one.
    async fn deliver(self: Arc<Self>, leased: Leased, owner: Arc<str>) -> Option<Attempt> {
        for _ in 0..TRIES_MAX {
            match self.try_deliver(&leased, &owner).await {
                Ok(attempt) => return attempt,
                Err(DbError::WorldMoved) => self.worlds.forget(&leased.program),
                Err(cause) => {
                    tracing::error!(
                        %cause, delivery.id = %leased.id, program = %leased.program,
                        "delivery left to another try"
                    );
                    self.unrecorded.note(&leased.program, cause);
                    return None;
                }
            }
        }
        None
    }

    async fn try_deliver(&self, leased: &Leased, owner: &str) -> Result<Option<Attempt>, DbError> {
        // A clock that another process has moved must be the one the next attempt is set by.
        let found = self.worlds.find_version(&leased.program, leased.world_version).await?;
        let Some(world) = found else { return Ok(None) };
        let endpoint = world.settings.webhooks.iter().find(|e| e.url == leased.place.url);
        let Some(endpoint) = endpoint else {
            let attempt = not_configured(world.now(self.worlds.wall()));
            return self.record((owner, leased), vec![(attempt, None)], false).await;
        };
        let fault = faults::strike(&self.db, &world, (endpoint, leased)).await?;
        if let Some(mishap) = fault.and_then(|fault| mishap(fault, &world, self.worlds.wall())) {
            let fault = fault.map_or("", WebhookFault::as_str);
            return self.record_mishap((owner, leased), (fault, mishap), &world).await;
        }
        let mut attempts = vec![(self.attempt(&world, endpoint, leased, fault).await, None)];
        match fault {
            Some(WebhookFault::Duplicate) => {
                let again = self.attempt(&world, endpoint, leased, None).await;
                attempts.push((again, fault.map(WebhookFault::as_str)));
            }
            Some(fault) => attempts[0].1 = Some(fault.as_str()),
            None => {}
        }
        self.record((owner, leased), attempts, endpoint.retry.enabled).await
    }

    async fn attempt(
        &self,
        world: &World,
        endpoint: &Endpoint,
        leased: &Leased,
        fault: Option<WebhookFault>,
    ) -> Attempt {
        let wall = self.worlds.wall();
        let now = world.now(wall);
        let signed_at = match world.settings.token_times.webhooks {
            TimeSource::Wall => wall,
            TimeSource::World => now,
        };
        let (request_id, body) = (leased.id.to_string(), body(leased));
        let misprove = fault == Some(WebhookFault::BadToken);
        let (request_id, body) = (request_id.as_str(), body.as_str());
        let (program, extra) = (&leased.program, &[]);
        let parcel = Parcel { program, request_id, body, extra, now, wall, signed_at, misprove };
        self.sender.attempt(endpoint, parcel).await
    }

    async fn record(
        &self,
        (owner, leased): (&str, &Leased),
        attempts: Vec<(Attempt, Option<&'static str>)>,
        retries: bool,
    ) -> Result<Option<Attempt>, DbError> {
        // Of two that were sent, one that was acknowledged is enough.
        let delivered = attempts.iter().find(|(one, _)| one.verdict == Verdict::Delivered);
        let Some((told, _)) = delivered.or(attempts.first()) else { return Ok(None) };
        let told = told.clone();
        let next = next_step(told.verdict, retries, leased.created_at, told.at);
        let mut unit = self.db.begin(leased.scope()).await?;
        queue::record(&mut unit, (owner, leased), &attempts, next);
        unit.commit().await?;
        log(leased, &told, next);
        Ok(Some(told))
    }

    async fn record_mishap(
        &self,
        (owner, leased): (&str, &Leased),
        (fault, mishap): (&'static str, Mishap),
        world: &World,
    ) -> Result<Option<Attempt>, DbError> {
        let mut unit = self.db.begin(leased.scope()).await?;
        let now = world.now(self.worlds.wall());
        queue::record_mishap(&mut unit, (owner, leased), (fault, mishap), now);
        unit.commit().await?;
        tracing::info!(
            delivery.id = %leased.id, program = %leased.program, fault,
            "a fault has befallen a webhook"
        );
        Ok(None)
    }
}

/// What a fault does to a delivery instead of an attempt; `None` if one is made.
fn mishap(fault: WebhookFault, world: &World, wall: Timestamp) -> Option<Mishap> {
    let later = |millis| world.now(wall).plus_millis(millis);
    match fault {
        WebhookFault::Drop => Some(Mishap::Dropped),
        WebhookFault::Delay(by) => Some(Mishap::Postponed(later(by.millis()))),
        WebhookFault::Reorder => Some(Mishap::Behind(later(PASSING_MS))),
        WebhookFault::Duplicate | WebhookFault::BadToken => None,
    }
}

/// The wire body: events of one message, exactly as they were recorded.
fn body(leased: &Leased) -> String {
    let events = leased.events.join(",");
    let account = &leased.place.account_id;
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
