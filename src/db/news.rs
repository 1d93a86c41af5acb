//! The bells of worlds: who waits for something to happen in one is woken when it has happened
//! here: a unit of work has committed it, or a call has come in. What another process does rings
//! nothing; those who wait look again after a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

use crate::kernel::ids::ProgramCode;

type Bells = Mutex<HashMap<ProgramCode, Arc<Notify>>>;

/// The bells. A world has one only while somebody waits in it.
#[derive(Debug, Clone, Default)]
pub struct News(Arc<Bells>);

/// Somebody who waits for news of a world; dropping it ends that.
#[derive(Debug)]
pub struct Listener {
    news: News,
    program: ProgramCode,
    bell: Arc<Notify>,
}

impl News {
    /// Wakes those who wait in this world.
    pub fn tell(&self, program: &ProgramCode) {
        if let Some(bell) = self.bells().get(program) {
            bell.notify_waiters();
        }
    }

    /// Begins to wait in a world.
    pub fn listen(&self, program: &ProgramCode) -> Listener {
        let bell = Arc::clone(self.bells().entry(program.clone()).or_default());
        Listener { news: self.clone(), program: program.clone(), bell }
    }

    fn bells(&self) -> MutexGuard<'_, HashMap<ProgramCode, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// The next ring after this call, even if it comes before the answer is awaited: so one may
    /// look in between and miss nothing.
    pub fn next(&self) -> OwnedNotified {
        Arc::clone(&self.bell).notified_owned()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut bells = self.news.bells();
        // The map and this listener alone know the bell: nobody else waits.
        if Arc::strong_count(&self.bell) <= 2 {
            bells.remove(&self.program);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_ring_between_looking_and_waiting_is_heard_and_no_bell_is_left_behind() {
        let (news, program) = (News::default(), "wf".parse::<ProgramCode>().unwrap());
        let (one, other) = (news.listen(&program), news.listen(&program));
        let (first, second) = (one.next(), other.next());
        news.tell(&program);
        news.tell(&"other".parse().unwrap());
        first.await;
        second.await;
        drop(one);
        assert_eq!(news.bells().len(), 1);
        drop(other);
        assert!(news.bells().is_empty());
    }
}
