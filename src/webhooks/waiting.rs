//! Waiting on the server until events are there, for tests that would poll otherwise.
//!
//! A unit of work of this process rings a bell of its world; what other processes do is seen by
//! looking again after a while. Waits are bounded, in time and in number.

use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep, timeout_at};

use super::records::{self, EventMatch, EventRecord, Found};
use crate::db::{Db, DbError};
use crate::kernel::ids::ProgramCode;
use crate::kernel::page::{LIMIT_MAX, Page};

/// Longest wait.
pub const WAIT_MAX: Duration = Duration::from_secs(60);
/// Events that can be waited for at most.
pub const COUNT_MAX: u32 = LIMIT_MAX;
/// Waits under way at once.
const WAITS_MAX: usize = 1_000;
/// After this long without a bell, a look at what other processes have done.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// Shortest time between two looks, so that a busy world is not looked at for each of its events.
const BREATH: Duration = Duration::from_millis(10);

/// Those who wait.
#[derive(Debug)]
pub struct Waits(Semaphore);

impl Default for Waits {
    fn default() -> Self {
        Self(Semaphore::new(WAITS_MAX))
    }
}

/// How a wait ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Waited {
    /// As many are there as were wanted, or more.
    Enough(Found<EventRecord>),
    /// The time is over; so many are there.
    TooFew(Found<EventRecord>),
    /// Too many wait already.
    TooMany,
}

impl Waits {
    /// Waits until at least `count` events are there that are meant, `limit` at most.
    pub async fn wait(
        &self,
        db: &Db,
        program: &ProgramCode,
        (wanted, count): (&EventMatch, u32),
        limit: Duration,
    ) -> Result<Waited, DbError> {
        let Ok(_place) = self.0.try_acquire() else { return Ok(Waited::TooMany) };
        let deadline = Instant::now() + limit.min(WAIT_MAX);
        let listener = db.listen(program);
        loop {
            let news = listener.next();
            let page = Page::of(Some(LIMIT_MAX), None);
            let found = records::events(db, program, (wanted, page)).await?;
            if found.total >= i64::from(count) {
                return Ok(Waited::Enough(found));
            }
            if Instant::now() >= deadline {
                return Ok(Waited::TooFew(found));
            }
            // Out of time or in need of another look: either way, the loop decides.
            let _ = timeout_at(deadline.min(Instant::now() + LOOK_AGAIN), news).await;
            sleep(BREATH.min(deadline.saturating_duration_since(Instant::now()))).await;
        }
    }
}
