//! From the call to the database. A call hands its record in, which costs it a place in a bounded
//! buffer; a task of its own takes out what is secret and writes, some calls at a time. Whoever
//! reads has the buffer written first, so it finds every call that this process has answered.
//!
//! A world keeps its latest calls only, so of many that wait the oldest are let go of before
//! anything is done for them. Where even that is too much (many worlds, large bodies), a call is
//! counted instead of kept, and the journal says at its place how many are missing.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::model::{CallRecord, Entry, Kept};
use super::{ops, store};
use crate::db::{Db, DbError, Key, Listener, News, Scope};
use crate::kernel::durations::Within;
use crate::kernel::ids::{CallId, Life, ProgramCode};
use crate::kernel::time::Timestamp;

/// Calls that are written in one unit of work at most. Units hold powers of two, so that an engine
/// sees few different texts.
const UNIT_CALLS: usize = 32;
/// How long writing takes at most, if all is well.
const WRITING: Duration = Duration::from_millis(250);
/// How long a world that is being changed holds the calls of others up.
const BUSY: Duration = Duration::from_millis(100);
/// Calls of a world after which it is swept: it holds at most so many beyond what it keeps.
const SWEEP_EVERY: usize = 64;
/// Worlds whose calls since the last sweep are remembered.
const SWEPT_MAX: usize = 10_000;
/// Low bits of a call's number that tell calls of one millisecond apart.
const NUMBER_BITS: u32 = 12;

/// Bounds of the buffer, and how long calls may wait in it.
#[derive(Debug, Clone, Copy)]
pub struct KeeperOptions {
    /// What calls of this process are told apart by from those of others.
    pub process: u32,
    /// Calls that may wait, of all worlds together.
    pub calls_max: usize,
    /// Bytes that they may take, about.
    pub bytes_max: usize,
    /// How long a call waits at most, unless somebody asks for it.
    pub interval: Duration,
}

/// The journal of this process.
#[derive(Debug)]
pub struct Keeper {
    db: Db,
    options: KeeperOptions,
    last: AtomicU64,
    buffer: Mutex<Buffer>,
    /// Rung when the buffer is no longer empty.
    filled: Notify,
    /// Rung for those who wait for calls of a world.
    arrived: News,
    writing: tokio::sync::Mutex<Sweeps>,
}

#[derive(Debug, Default)]
struct Buffer {
    worlds: HashMap<ProgramCode, Waiting>,
    calls: usize,
    bytes: usize,
}

/// What waits of one world.
#[derive(Debug, Default)]
struct Waiting {
    calls: VecDeque<CallRecord>,
    /// Calls that found no place, and when the last of them came.
    lost: Option<Lost>,
}

#[derive(Debug, Clone, Copy)]
struct Lost {
    calls: u64,
    id: CallId,
    at: Timestamp,
    wall: Timestamp,
    life: Life,
}

impl Lost {
    fn of(record: &CallRecord) -> Self {
        let CallRecord { id, at, wall, life, .. } = *record;
        Self { calls: 1, id, at, wall, life }
    }

    /// Together with others; what was lost of an earlier life is no loss any more.
    fn with(self, other: Option<Lost>) -> Self {
        match other {
            Some(other) => {
                let (earlier, later) =
                    if other.id < self.id { (other, self) } else { (self, other) };
                let more = if earlier.life == later.life { earlier.calls } else { 0 };
                Self { calls: later.calls + more, ..later }
            }
            None => self,
        }
    }
}

/// Calls written of each world since it was last swept.
#[derive(Debug, Default)]
struct Sweeps(HashMap<ProgramCode, usize>);

impl Keeper {
    /// An empty journal on this database.
    pub fn new(db: Db, options: KeeperOptions) -> Self {
        Self {
            db,
            options,
            last: AtomicU64::new(0),
            buffer: Mutex::default(),
            filled: Notify::new(),
            arrived: News::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    /// The id of a call that comes in at this moment: behind all before it.
    pub fn next_id(&self, wall: Timestamp) -> CallId {
        let moment = u64::try_from(wall.millis()).unwrap_or(0) << NUMBER_BITS;
        let next = |last: u64| Some(moment.max(last + 1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        let last = last.unwrap_or_else(|last| last);
        CallId::new(moment.max(last + 1), self.options.process)
    }

    /// Takes a call in. Never waits.
    pub fn keep(&self, record: CallRecord) {
        let program = record.program.clone();
        let was_lost = self.buffer().take_in(record, &self.options);
        if was_lost {
            tracing::warn!("the journal is full; a call is counted and not kept");
        }
        self.filled.notify_one();
        self.arrived.tell(&program);
    }

    /// Begins to wait for calls of a world that come in here.
    pub fn listen(&self, program: &ProgramCode) -> Listener {
        self.arrived.listen(program)
    }

    /// How long calls that another process has answered may take to be seen here: as long as they
    /// wait there, and a little more to be written. None where there is no other process.
    pub fn lag(&self) -> Within {
        if self.db.is_exclusive() {
            return Within::NONE;
        }
        Within::up_to(self.options.interval + WRITING)
    }

    /// Writes what waits by now, of one world or of all: afterwards it can be read. What comes in
    /// meanwhile is left to another time, and so is what waits behind a call that cannot be
    /// written, which is counted. Calls of a world that is being changed for long go on waiting,
    /// and keep none of other worlds out.
    pub async fn flush(&self, only: Option<&ProgramCode>) -> Result<(), DbError> {
        self.flush_within(only, self.db.lock_wait()).await
    }

    async fn flush_within(
        &self,
        only: Option<&ProgramCode>,
        lock_wait: Duration,
    ) -> Result<(), DbError> {
        let mut due = self.buffer().due(only);
        let mut sweeps = self.writing.lock().await;
        let mut written = Ok(());
        loop {
            let mut out = Out { keeper: self, taken: self.buffer().take_out(&mut due, UNIT_CALLS) };
            if out.taken.is_empty() {
                return written;
            }
            match self.write_out(&mut out, lock_wait, &mut sweeps).await {
                Ok(()) => {}
                Err(DbError::Locked) => {
                    written = Err(DbError::Locked);
                    due.retain(|(program, _)| out.taken.iter().all(|it| it.program != *program));
                }
                failed => return failed,
            }
        }
    }

    /// Writes what comes in, until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.filled.notified() => {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = tokio::time::sleep(self.options.interval) => {}
                    }
                }
            }
            // Worlds that are being changed are waited for in the next round, or at the end.
            let lock_wait = if stop.is_cancelled() { self.db.lock_wait() } else { BUSY };
            if self.flush_within(None, lock_wait).await.is_err() {
                // The cause is in the log. The next round comes after the interval.
                self.filled.notify_one();
            }
        }
    }

    /// Writes calls, unit by unit. Those of worlds that are being changed stay out.
    async fn write_out(
        &self,
        out: &mut Out<'_>,
        lock_wait: Duration,
        sweeps: &mut Sweeps,
    ) -> Result<(), DbError> {
        let mut all = Ok(());
        let mut at = 0;
        while at < out.taken.len() {
            let rest = &out.taken[at..];
            let mut unit = &rest[..1 << rest.len().ilog2()];
            let mut written = self.write(unit, lock_wait, sweeps).await;
            let of_first = unit.iter().take_while(|it| it.program == rest[0].program).count();
            if matches!(written, Err(DbError::Locked)) && of_first < unit.len() {
                // One of several worlds is being changed. Perhaps the first one is not.
                unit = &rest[..of_first];
                written = self.write(unit, lock_wait, sweeps).await;
            }
            let end = at + unit.len();
            match written {
                Ok(()) => drop(out.taken.drain(at..end)),
                Err(DbError::Locked) => {
                    all = Err(DbError::Locked);
                    at = end;
                }
                Err(cause) => {
                    tracing::warn!(%cause, "calls could not be kept in the journal");
                    self.buffer().count(unit);
                    out.taken.drain(at..end);
                    all = Err(cause);
                }
            }
        }
        all
    }

    async fn write(
        &self,
        unit: &[Taken],
        lock_wait: Duration,
        sweeps: &mut Sweeps,
    ) -> Result<(), DbError> {
        let swept = sweeps.due(unit);
        let keys = swept.iter().map(|(program, _)| Key::journal(program)).collect();
        let programs = unit.iter().map(|taken| &taken.program);
        let mut work = self.db.begin_within(Scope::beside(programs, keys), lock_wait).await?;
        for (program, kept) in &swept {
            store::sweep(&mut work, program, kept.calls);
        }
        for taken in unit {
            store::insert(&mut work, (&taken.program, taken.life()), &taken.entry());
        }
        work.commit().await
    }

    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        // A panic elsewhere leaves counts that are a little off, and no worse.
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Buffer {
    /// Takes a call in, or counts it; says whether it did the latter for the first time in a row.
    fn take_in(&mut self, record: CallRecord, bounds: &KeeperOptions) -> bool {
        let weight = record.weight();
        let is_full = self.calls >= bounds.calls_max || self.bytes + weight > bounds.bytes_max;
        let waiting = self.worlds.entry(record.program.clone()).or_default();
        let (mut calls, mut bytes) = (self.calls, self.bytes);
        while waiting.calls.len() >= record.kept.calls.max(1)
            && let Some(oldest) = waiting.calls.pop_front()
        {
            calls -= 1;
            bytes -= oldest.weight();
        }
        let has_place =
            !is_full || (calls < bounds.calls_max && bytes + weight <= bounds.bytes_max);
        let mut was_lost = false;
        if has_place {
            waiting.calls.push_back(record);
            calls += 1;
            bytes += weight;
        } else {
            was_lost = waiting.lost.is_none();
            waiting.lost = Some(Lost::of(&record).with(waiting.lost));
        }
        (self.calls, self.bytes) = (calls, bytes);
        was_lost
    }

    /// How many calls wait, of one world or of each.
    fn due(&self, only: Option<&ProgramCode>) -> Vec<(ProgramCode, usize)> {
        let of =
            |(program, waiting): (&ProgramCode, &Waiting)| (program.clone(), waiting.calls.len());
        match only {
            Some(program) => self.worlds.get_key_value(program).map(of).into_iter().collect(),
            None => self.worlds.iter().map(of).collect(),
        }
    }

    /// Takes the oldest of those that are due, and of a world whose calls are out how many were
    /// lost.
    fn take_out(&mut self, due: &mut Vec<(ProgramCode, usize)>, most: usize) -> Vec<Taken> {
        let mut taken = Vec::new();
        while taken.len() < most
            && let Some((program, left)) = due.last_mut()
        {
            let waiting = self.worlds.entry(program.clone()).or_default();
            let call = if *left > 0 { waiting.calls.pop_front() } else { None };
            if let Some(record) = call {
                *left -= 1;
                self.calls -= 1;
                self.bytes -= record.weight();
                let program = program.clone();
                taken.push(Taken { program, what: What::Call(Box::new(record)) });
                continue;
            }
            let (program, lost) = (program.clone(), waiting.lost.take());
            if waiting.calls.is_empty() {
                self.worlds.remove(&program);
            }
            due.pop();
            taken.extend(lost.map(|lost| Taken { program, what: What::Lost(lost) }));
        }
        taken
    }

    /// Puts calls back in front of those that have come since. These few may be beyond the bounds.
    fn put_back(&mut self, taken: Vec<Taken>) {
        for Taken { program, what } in taken.into_iter().rev() {
            let waiting = self.worlds.entry(program).or_default();
            match what {
                What::Call(record) => {
                    self.calls += 1;
                    self.bytes += record.weight();
                    waiting.calls.push_front(*record);
                }
                What::Lost(lost) => waiting.lost = Some(lost.with(waiting.lost)),
            }
        }
    }

    /// Counts calls that could not be written.
    fn count(&mut self, unit: &[Taken]) {
        for taken in unit {
            let waiting = self.worlds.entry(taken.program.clone()).or_default();
            waiting.lost = Some(taken.as_lost().with(waiting.lost));
        }
    }
}

/// What is out of the buffer, to be written. What has not been when it is let go of goes back,
/// should the caller go away in the midst, too: a call that is written once more is kept once.
struct Out<'k> {
    keeper: &'k Keeper,
    taken: Vec<Taken>,
}

impl Drop for Out<'_> {
    fn drop(&mut self) {
        self.keeper.buffer().put_back(std::mem::take(&mut self.taken));
    }
}

/// Something on its way to the database.
#[derive(Debug)]
struct Taken {
    program: ProgramCode,
    what: What,
}

#[derive(Debug)]
enum What {
    Call(Box<CallRecord>),
    Lost(Lost),
}

impl Taken {
    /// What is written: here, and not in the call, bodies are read and secrets taken out.
    fn entry(&self) -> Entry {
        match &self.what {
            What::Call(record) => ops::entry_of(record),
            What::Lost(lost) => ops::entry_of_lost(lost.id, (lost.at, lost.wall), lost.calls),
        }
    }

    /// As it is told if it cannot be written.
    fn as_lost(&self) -> Lost {
        match &self.what {
            What::Call(call) => Lost::of(call),
            What::Lost(lost) => *lost,
        }
    }

    fn life(&self) -> Life {
        match &self.what {
            What::Call(call) => call.life,
            What::Lost(lost) => lost.life,
        }
    }

    fn kept(&self) -> Option<Kept> {
        match &self.what {
            What::Call(record) => Some(record.kept),
            What::Lost(_) => None,
        }
    }
}

impl Sweeps {
    /// The worlds among these that are to be swept now.
    fn due(&mut self, unit: &[Taken]) -> Vec<(ProgramCode, Kept)> {
        if self.0.len() > SWEPT_MAX {
            self.0.clear();
        }
        let mut due: Vec<(ProgramCode, Kept)> = Vec::new();
        for taken in unit {
            let Some(kept) = taken.kept() else { continue };
            // The first look at a world is a sweep: nobody knows what was written before.
            let count = self.0.entry(taken.program.clone()).or_insert(SWEEP_EVERY);
            *count += 1;
            if *count > SWEEP_EVERY {
                *count = 0;
                due.push((taken.program.clone(), kept));
            }
        }
        due.dedup_by(|a, b| a.0 == b.0);
        due
    }
}
