//! The keys a unit of work decides on, and the locks that keep two units from deciding on the same
//! key at once.
//!
//! Within a process a key is a fair async lock with a deadline. On Postgres the same number is also
//! taken as an advisory lock of the transaction, so that several processes on one database agree.
//! Waiting in the process first means that at most one caller a key holds a connection while it
//! waits. The vendor's overlap lock (wait, then 409 / 4091) is this very lock.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};
use tokio::time::{Instant, timeout_at};

use super::error::DbError;
use crate::kernel::ids::{AccountId, ContactVerificationId, FaultId, ProgramCode, TransferId};

/// Something a unit decides on. Two different keys with the same number only wait needlessly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(i64);

impl Key {
    fn of(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut head = [0u8; 8];
        head.copy_from_slice(&digest[..8]);
        Self(i64::from_be_bytes(head))
    }

    /// A whole world: shared by every unit in it, exclusive for reset, settings and clock.
    pub fn world(program: &ProgramCode) -> Self {
        Self::of("world", &[program.as_str()])
    }

    /// One account.
    pub fn account(program: &ProgramCode, account: AccountId) -> Self {
        Self::of("account", &[program.as_str(), &account.to_string()])
    }

    /// One request id of a partner, in canonical form.
    pub fn request(program: &ProgramCode, request_id: &str) -> Self {
        Self::of("request", &[program.as_str(), request_id])
    }

    /// One person, by the keyed hash of the identity number.
    pub fn identity(program: &ProgramCode, hash: &str) -> Self {
        Self::of("identity", &[program.as_str(), hash])
    }

    /// One default phone, by the keyed hash of its number.
    pub fn phone(program: &ProgramCode, hash: &str) -> Self {
        Self::of("phone", &[program.as_str(), hash])
    }

    /// One card package, by its mapping identifier.
    pub fn package(program: &ProgramCode, identifier: &str) -> Self {
        Self::of("package", &[program.as_str(), identifier])
    }

    /// One transfer or check deposit, by the partner's own id.
    pub fn transfer(program: &ProgramCode, transfer: TransferId) -> Self {
        Self::of("transfer", &[program.as_str(), &transfer.to_string()])
    }

    /// One contact verification, whose tries are counted.
    pub fn contact_verification(program: &ProgramCode, id: ContactVerificationId) -> Self {
        Self::of("contact-verification", &[program.as_str(), &id.to_string()])
    }

    /// One fault rule, whose remaining count is decided on.
    pub fn fault(program: &ProgramCode, fault: FaultId) -> Self {
        Self::of("fault", &[program.as_str(), &fault.to_string()])
    }

    /// What belongs to the server and to no world.
    pub fn server() -> Self {
        Self::of("server", &[])
    }

    /// The queue of due webhook deliveries, of all worlds.
    pub fn delivery_queue() -> Self {
        Self::of("delivery-queue", &[])
    }

    /// A line of deliveries: those about one account to one endpoint.
    pub fn delivery_line(program: &ProgramCode, line: &[&str]) -> Self {
        let mut parts = vec![program.as_str()];
        parts.extend(line);
        Self::of("delivery-line", &parts)
    }

    /// Sending webhooks of one world again.
    pub fn replays(program: &ProgramCode) -> Self {
        Self::of("replays", &[program.as_str()])
    }

    /// Advancing one world's clock.
    pub fn advance(program: &ProgramCode) -> Self {
        Self::of("advance", &[program.as_str()])
    }

    /// One world's invented people.
    pub fn people(program: &ProgramCode) -> Self {
        Self::of("people", &[program.as_str()])
    }

    /// One world's journal of calls.
    pub fn journal(program: &ProgramCode) -> Self {
        Self::of("journal", &[program.as_str()])
    }

    /// The number of the advisory lock on Postgres.
    pub(super) fn number(self) -> i64 {
        self.0
    }
}

type Slot = Arc<RwLock<()>>;

/// The locks of this process. Entries exist only while somebody holds or awaits them.
#[derive(Debug, Default)]
pub(super) struct KeyLocks {
    slots: Mutex<HashMap<Key, Slot>>,
}

/// Keys held; letting go of it frees them.
#[derive(Debug)]
pub(super) struct KeyHold {
    locks: Arc<KeyLocks>,
    /// In the order of taking; `None` while a key is still awaited, so that giving up (or being
    /// cancelled) tidies the map as letting go does.
    held: Vec<(Key, Option<Held>)>,
}

#[derive(Debug)]
enum Held {
    Shared(#[expect(dead_code, reason = "held for its Drop")] OwnedRwLockReadGuard<()>),
    Exclusive(#[expect(dead_code, reason = "held for its Drop")] OwnedRwLockWriteGuard<()>),
}

impl KeyLocks {
    /// Takes all keys or none, the shared ones first, each kind in the order given: callers pass
    /// them sorted, so no two callers can wait for each other in a ring.
    pub(super) async fn take(
        self: &Arc<Self>,
        shared: &[Key],
        exclusive: &[Key],
        wait: Duration,
    ) -> Result<KeyHold, DbError> {
        let deadline = Instant::now() + wait;
        let mut hold = KeyHold { locks: Arc::clone(self), held: Vec::new() };
        for &key in shared {
            hold.held.push((key, None));
            let guard = timeout_at(deadline, self.slot(key).read_owned()).await;
            hold.fill(Held::Shared(guard.map_err(|_| DbError::Locked)?));
        }
        for &key in exclusive {
            hold.held.push((key, None));
            let guard = timeout_at(deadline, self.slot(key).write_owned()).await;
            hold.fill(Held::Exclusive(guard.map_err(|_| DbError::Locked)?));
        }
        Ok(hold)
    }

    fn slot(&self, key: Key) -> Slot {
        Arc::clone(self.slots().entry(key).or_default())
    }

    fn slots(&self) -> MutexGuard<'_, HashMap<Key, Slot>> {
        // A panic elsewhere cannot leave the map half-changed: each change is one call.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyHold {
    fn fill(&mut self, guard: Held) {
        if let Some((_, place)) = self.held.last_mut() {
            *place = Some(guard);
        }
    }
}

impl Drop for KeyHold {
    fn drop(&mut self) {
        let mut slots = self.locks.slots();
        for (key, held) in self.held.drain(..) {
            drop(held);
            // Only the map itself knows the slot any more: nobody holds or awaits it.
            if slots.get(&key).is_some_and(|slot| Arc::strong_count(slot) == 1) {
                slots.remove(&key);
            }
        }
    }
}

/// Turns within this process, for work that goes on longer than a unit of work may.
#[derive(Debug, Default)]
pub struct KeyTurns(Arc<KeyLocks>);

/// A turn; letting go of it gives it to the next in line.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "held for its Drop")] KeyHold);

impl KeyTurns {
    /// Longest wait for a turn.
    const WAIT: Duration = Duration::from_secs(600);

    /// Waits for the turn of a key.
    pub async fn take(&self, key: Key) -> Result<Turn, DbError> {
        self.0.take(&[], &[key], Self::WAIT).await.map(Turn)
    }

    /// Whether somebody has the turn of a key, or waits for it.
    pub fn is_taken(&self, key: Key) -> bool {
        self.0.slots().contains_key(&key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        Key::of("test", &[name])
    }

    #[tokio::test]
    async fn a_second_taker_waits_and_gives_up_at_the_deadline() {
        let locks = Arc::new(KeyLocks::default());
        let held = locks.take(&[], &[key("a")], Duration::from_secs(1)).await.unwrap();
        let refused = locks.take(&[], &[key("a")], Duration::from_millis(20)).await;
        assert!(matches!(refused, Err(DbError::Locked)));
        drop(held);
        assert!(locks.take(&[], &[key("a")], Duration::from_millis(20)).await.is_ok());
    }

    #[tokio::test]
    async fn shared_holders_stand_together_and_keep_an_exclusive_one_out() {
        let locks = Arc::new(KeyLocks::default());
        let wait = Duration::from_millis(20);
        let first = locks.take(&[key("w")], &[], wait).await.unwrap();
        let second = locks.take(&[key("w")], &[], wait).await.unwrap();
        assert!(locks.take(&[], &[key("w")], wait).await.is_err());
        drop((first, second));
        assert!(locks.take(&[], &[key("w")], wait).await.is_ok());
    }

    #[tokio::test]
    async fn nothing_is_left_behind_when_all_have_let_go() {
        let locks = Arc::new(KeyLocks::default());
        let wait = Duration::from_millis(5);
        let held = locks.take(&[key("w")], &[key("a"), key("b")], wait).await.unwrap();
        let refused = locks.take(&[key("w")], &[key("a")], wait).await;
        assert!(refused.is_err());
        drop(held);
        assert!(locks.slots().is_empty());

        let held = locks.take(&[], &[key("a")], wait).await.unwrap();
        let keys = [key("a")];
        let mut waiting = Box::pin(locks.take(&[], &keys, Duration::from_secs(9)));
        assert!(futures_util::poll!(&mut waiting).is_pending());
        drop(held);
        drop(waiting);
        assert!(locks.slots().is_empty());
    }
}
