//! The queue: which deliveries are sent next.
//!
//! An index holds the deliveries that may be sent, endpoint by endpoint, by their moments; so a
//! look costs what is due, however much waits. A delivery that has just been recorded stands there
//! too, though an earlier one of its line may still be on its way. A look that meets it sets it
//! aside, and the end of its predecessor brings it back. Both hold the key of the line, so neither
//! decides by what the other has just changed; and both stand beside the changes of whole worlds,
//! so neither writes into a world that is being emptied.

mod store;

use std::sync::{Mutex, PoisonError};

use super::lanes::Queue;
use super::verdict::{Attempt, NextStep};
use crate::db::{Db, DbError, Key, Read, Scope, Statement, Work};
use crate::kernel::ids::{DeliveryId, ProgramCode};
use crate::kernel::time::Timestamp;

/// Deliveries leased in one look at most.
pub(super) const BATCH_MAX: usize = 32;
/// Of these, deliveries of one endpoint at most.
const PER_QUEUE_MAX: usize = 16;
/// Deliveries of one endpoint that a look sees at most.
const SEEN_MAX: i64 = 64;
/// Endpoints that one reading of the queue finds at most.
const PAGE_MAX: usize = 100;
/// Readings of the queue in one look at most.
const PAGES_MAX: usize = 20;

/// A delivery that is leased and ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leased {
    pub program: ProgramCode,
    /// The version of the world by whose clock the delivery was due.
    pub world_version: i64,
    pub id: DeliveryId,
    pub place: Place,
    /// The moment of the message, from which retries are counted.
    pub created_at: Timestamp,
    pub attempts: i64,
    pub event_type: String,
    /// The fault that has befallen it.
    pub fault: Option<String>,
    /// The events of the message, as JSON texts.
    pub events: Vec<String>,
}

/// Where a delivery stands: behind those of its line with an earlier turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub url: String,
    pub account_id: String,
    pub line: i64,
    pub turn: i64,
}

impl Leased {
    pub fn queue(&self) -> Queue {
        (self.program.clone(), self.place.url.clone())
    }

    /// The scope of a unit that records what came of it: beside whatever changes the whole world,
    /// so that a reset takes all of it or finds all of it. The clock may have moved meanwhile.
    pub fn scope(&self) -> Scope<'_> {
        Scope::beside([&self.program], vec![line_key(&self.program, &self.place)])
    }
}

fn line_key(program: &ProgramCode, place: &Place) -> Key {
    Key::delivery_line(program, &[&place.url, &place.account_id, &place.line.to_string()])
}

/// What a look got hold of.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub owner: String,
    pub leased: Vec<Leased>,
    /// Whether it has changed anything: then another look may find more.
    pub moved: bool,
}

/// An endpoint for which something is due.
#[derive(Debug)]
struct DueQueue {
    queue: Queue,
    /// The moment that its world shows.
    now: Timestamp,
}

/// Who leases, and until when nobody else may.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    /// Unlike any other lease's.
    pub owner: String,
    /// The wall moment now.
    pub wall: Timestamp,
    /// The wall moment at which others may take over.
    pub until: Timestamp,
}

/// Looks into the queue; remembers where the last look ended, so that all have their turn.
#[derive(Debug, Default)]
pub(super) struct Looks {
    after: Mutex<Option<Queue>>,
}

impl Looks {
    /// Leases what is due and has room, at most `limit` deliveries; of one world or of all.
    pub async fn look(
        &self,
        db: &Db,
        lease: Lease,
        room: (usize, impl Fn(&Queue) -> usize),
        only: Option<&ProgramCode>,
    ) -> Result<Batch, DbError> {
        let chosen = self.choose(db, lease.wall, room, only).await?;
        if chosen.is_empty() {
            return Ok(Batch::default());
        }
        let mut unit = db.begin(Scope::keys(vec![Key::delivery_queue()])).await?;
        for (due, room) in &chosen {
            store::lease(&mut unit, &lease, due, *room);
        }
        unit.commit().await?;
        let leased = store::leased(&mut &*db, &lease.owner).await?;
        let mut moved = !leased.is_empty();
        for (due, _) in &chosen {
            if !leased.iter().any(|leased| leased.queue() == due.queue) {
                moved |= set_aside(db, lease.wall, due).await?;
            }
        }
        Ok(Batch { owner: lease.owner, leased, moved })
    }

    /// Endpoints with something due, and how many deliveries each may have: all in turn, from
    /// where the last look ended.
    async fn choose(
        &self,
        db: &Db,
        wall: Timestamp,
        (mut left, room_for): (usize, impl Fn(&Queue) -> usize),
        only: Option<&ProgramCode>,
    ) -> Result<Vec<(DueQueue, usize)>, DbError> {
        let mut chosen: Vec<(DueQueue, usize)> = Vec::new();
        let mut after = if only.is_none() { self.after().take() } else { None };
        let mut laps_left = usize::from(after.is_some());
        for _ in 0..PAGES_MAX {
            let page = store::due_queues(&mut &*db, wall, after.as_ref(), only).await?;
            let is_last = page.len() < PAGE_MAX;
            for due in page {
                if left == 0 {
                    break;
                }
                after = Some(due.queue.clone());
                let room = room_for(&due.queue).min(PER_QUEUE_MAX).min(left);
                if room > 0 && !chosen.iter().any(|(known, _)| known.queue == due.queue) {
                    chosen.push((due, room));
                    left -= room;
                }
            }
            if left == 0 {
                break;
            }
            if is_last {
                after = None;
                if laps_left == 0 {
                    break;
                }
                laps_left -= 1;
            }
        }
        if only.is_none() {
            *self.after() = after;
        }
        Ok(chosen)
    }

    fn after(&self) -> std::sync::MutexGuard<'_, Option<Queue>> {
        self.after.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes deliveries out of the index that cannot be sent yet, since an earlier one of their line is
/// still on its way. Says whether there were any.
async fn set_aside(db: &Db, wall: Timestamp, due: &DueQueue) -> Result<bool, DbError> {
    let blocked = store::blocked(&mut &*db, wall, due).await?;
    if blocked.is_empty() {
        return Ok(false);
    }
    let keys = blocked.iter().map(|(_, place)| line_key(&due.queue.0, place)).collect();
    let mut unit = db.begin(Scope::beside([&due.queue.0], keys)).await?;
    for (id, _) in &blocked {
        store::set_aside(&mut unit, &due.queue.0, *id);
    }
    unit.commit().await?;
    Ok(true)
}

/// What becomes of a leased delivery without an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mishap {
    /// It is never sent.
    Dropped,
    /// It is sent later.
    Postponed(Timestamp),
    /// It lets the next of its line pass, which has until this moment to come.
    Behind(Timestamp),
}

/// Collects an attempt, or several, and what follows. The unit must have the scope of the
/// delivery.
pub(super) fn record(
    unit: &mut Work,
    (owner, leased): (&str, &Leased),
    attempts: &[(Attempt, Option<&'static str>)],
    next: NextStep,
) {
    for (number, (attempt, fault)) in (1..).zip(attempts) {
        store::insert_attempt(unit, owner, leased, (number, attempt, *fault));
    }
    let (state, due_at) = match next {
        NextStep::Done => ("delivered", None),
        NextStep::GiveUp => ("failed", None),
        NextStep::TryAgain(at) => ("pending", Some(at)),
    };
    if due_at.is_none() {
        let now = attempts.last().map_or(leased.created_at, |(attempt, _)| attempt.at);
        store::promote_next(unit, owner, leased, now);
    }
    let made = i64::try_from(attempts.len()).unwrap_or(i64::MAX);
    store::finish(unit, owner, leased, (state, due_at, made));
    unit.tell_on_commit(&leased.program);
}

/// Collects that a fault has befallen a delivery before it was sent. The unit must have the scope
/// of the delivery.
pub(super) fn record_mishap(
    unit: &mut Work,
    (owner, leased): (&str, &Leased),
    (fault, mishap): (&'static str, Mishap),
    now: Timestamp,
) {
    unit.tell_on_commit(&leased.program);
    match mishap {
        Mishap::Postponed(until) => store::postpone(unit, owner, leased, (fault, now, until, 0)),
        Mishap::Behind(until) => {
            store::promote_next(unit, owner, leased, now);
            store::postpone(unit, owner, leased, (fault, now, until, BEHIND_NEXT));
        }
        Mishap::Dropped => {
            store::promote_next(unit, owner, leased, now);
            store::drop_it(unit, owner, leased, (fault, now));
        }
    }
}

/// From the turn of a message to a place behind its successor and before the one after that.
const BEHIND_NEXT: i64 = 3;

/// Frees the leases of a process that is no more. Only where one process owns the database.
pub(super) fn free_all() -> Statement {
    store::free_all()
}

/// When the next delivery of a world falls due.
pub(super) async fn next_due(
    mut read: impl Read,
    program: &ProgramCode,
) -> Result<Option<Timestamp>, DbError> {
    store::next_due(&mut read, program).await
}

/// Attempts made in a span of a world's time, in order.
pub(super) async fn attempts_between(
    mut read: impl Read,
    program: &ProgramCode,
    span: (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<(String, i64, String, String)>, DbError> {
    store::attempts_between(&mut read, program, span, limit).await
}
