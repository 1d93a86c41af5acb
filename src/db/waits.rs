//! Waiting with a deadline, the one way in which it is done: look, and wait until it is worth
//! another look.
//!
//! What happens here rings a bell of its world; what other processes do is seen by looking again
//! after a while. Waits are bounded, in time and in number, and end when the server stops.

use std::pin::Pin;
use std::time::Duration;

use tokio::sync::futures::OwnedNotified;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::news::Listener;
use crate::kernel::durations::Within;

/// Waits under way at once.
const WAITS_MAX: usize = 1_000;
/// After this long without a ring, a look at what other processes have done.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// Shortest time between two looks, so that a busy world is not looked at for each of its rings.
const BREATH: Duration = Duration::from_millis(10);

/// All who wait.
#[derive(Debug)]
pub struct Waits {
    places: Semaphore,
    look_again: Duration,
    stop: CancellationToken,
}

/// Too many wait already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many calls wait already; repeat later")]
pub struct NoPlace;

/// One who looks and waits in turn. Takes a place only once there is something to wait for, and
/// gives it back when dropped.
#[derive(Debug)]
pub struct Wait<'a> {
    waits: &'a Waits,
    place: Option<SemaphorePermit<'a>>,
    listener: Listener,
    /// Listened to since before the last look, so that nothing is missed in between.
    ring: Pin<Box<OwnedNotified>>,
    deadline: Instant,
    looking_since: Instant,
}

impl Default for Waits {
    fn default() -> Self {
        Self::of(WAITS_MAX, LOOK_AGAIN)
    }
}

impl Waits {
    fn of(places: usize, look_again: Duration) -> Self {
        Self { places: Semaphore::new(places), look_again, stop: CancellationToken::new() }
    }

    /// Begins a wait. The first look may follow at once.
    pub fn begin(&self, listener: Listener, within: Within) -> Wait<'_> {
        let ring = Box::pin(listener.next());
        let now = Instant::now();
        let deadline = now + within.span();
        Wait { waits: self, place: None, listener, ring, deadline, looking_since: now }
    }

    /// Ends all waits, those to come too: each has one more look.
    pub fn end(&self) {
        self.stop.cancel();
    }
}

impl Wait<'_> {
    /// Waits until another look is worth it; false once the time is over, and the last look was the
    /// last.
    pub async fn again(&mut self) -> Result<bool, NoPlace> {
        let now = Instant::now();
        if now >= self.deadline || self.waits.stop.is_cancelled() {
            return Ok(false);
        }
        self.take_place()?;
        // Where looking takes long, half of the time is left to others.
        let breath = BREATH.max(now - self.looking_since);
        let ring = async {
            self.ring.as_mut().await;
            sleep_until(now + breath).await;
        };
        let most = breath.max(self.waits.look_again).min(self.deadline - now);
        tokio::select! {
            // Rung or in need of another look: either way, the caller looks.
            _ = timeout(most, ring) => {}
            () = self.waits.stop.cancelled() => {}
        }
        self.look();
        Ok(true)
    }

    /// Lets so much time pass before the first look: what was done elsewhere arrives meanwhile.
    /// A stop does not cut it short: what has not arrived would then count as never done.
    pub async fn rest(&mut self, span: Within) -> Result<(), NoPlace> {
        if span > Within::NONE {
            self.take_place()?;
            sleep(span.span()).await;
            self.look();
        }
        Ok(())
    }

    fn take_place(&mut self) -> Result<(), NoPlace> {
        if self.place.is_none() {
            self.place = Some(self.waits.places.try_acquire().map_err(|_| NoPlace)?);
        }
        Ok(())
    }

    fn look(&mut self) {
        self.ring.set(self.listener.next());
        self.looking_since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::News;
    use crate::kernel::ids::ProgramCode;

    const LONG: Duration = Duration::from_secs(20);

    fn world(code: &str) -> ProgramCode {
        code.parse().unwrap()
    }

    fn millis(millis: u64) -> Within {
        Within::up_to(Duration::from_millis(millis))
    }

    /// Rings without end.
    async fn ring(news: &News, world: &ProgramCode) {
        loop {
            news.tell(world);
            tokio::task::yield_now().await;
        }
    }

    async fn looks(wait: &mut Wait<'_>) -> usize {
        let mut looks = 1;
        while wait.again().await.unwrap() {
            looks += 1;
        }
        looks
    }

    #[tokio::test]
    async fn a_wait_is_woken_by_its_own_world_alone_and_ends_in_time() {
        let (news, waits) = (News::default(), Waits::of(1, LONG));
        for (rung, is_woken) in [("one", true), ("other", false)] {
            let rung = world(rung);
            let mut wait = waits.begin(news.listen(&world("one")), millis(300));
            let begun = Instant::now();
            let looks = tokio::select! {
                looks = looks(&mut wait) => looks,
                () = ring(&news, &rung) => unreachable!(),
            };
            assert!((300..10_000).contains(&begun.elapsed().as_millis()));
            // The first look, the last one, and one for each time it was woken.
            assert_eq!(looks > 2, is_woken, "{looks} looks");
            // However often: between two looks it takes a breath.
            assert!(looks <= 32, "{looks} looks");
        }
    }

    #[tokio::test]
    async fn a_ring_during_a_look_leads_to_another() {
        let (news, waits) = (News::default(), Waits::of(1, LONG));
        let mut wait = waits.begin(news.listen(&world("one")), millis(20_000));
        for _ in 0..3 {
            news.tell(&world("one"));
            assert_eq!(timeout(LONG / 2, wait.again()).await, Ok(Ok(true)));
        }
    }

    #[tokio::test]
    async fn without_a_ring_it_looks_again_after_a_while() {
        let (news, waits) = (News::default(), Waits::of(1, Duration::from_millis(20)));
        let mut wait = waits.begin(news.listen(&world("one")), millis(20_000));
        assert_eq!(timeout(LONG / 2, wait.again()).await, Ok(Ok(true)));
    }

    #[tokio::test]
    async fn who_finds_no_place_is_told_and_who_need_not_wait_needs_none() {
        let (news, waits) = (News::default(), Waits::of(1, Duration::from_millis(1)));
        let begin = |within| waits.begin(news.listen(&world("one")), within);
        let mut first = begin(millis(20_000));
        assert_eq!(first.again().await, Ok(true));
        let mut second = begin(millis(20_000));
        assert_eq!(second.again().await, Err(NoPlace));
        assert_eq!(second.rest(millis(1)).await, Err(NoPlace));
        assert_eq!(begin(Within::NONE).again().await, Ok(false));
        assert_eq!(begin(Within::NONE).rest(Within::NONE).await, Ok(()));
        assert_eq!(first.again().await, Ok(true), "it has its place");
        drop(first);
        assert_eq!(second.again().await, Ok(true));
    }

    #[tokio::test]
    async fn the_end_of_all_waits_is_theirs() {
        let (news, waits) = (News::default(), Waits::of(1, LONG));
        let mut wait = waits.begin(news.listen(&world("one")), Within::MOST);
        let (looks, ()) = tokio::join!(timeout(LONG / 2, looks(&mut wait)), async {
            tokio::task::yield_now().await;
            waits.end();
        });
        assert_eq!(looks, Ok(2));
        let mut late = waits.begin(news.listen(&world("one")), Within::MOST);
        assert_eq!(late.again().await, Ok(false));
    }
}
