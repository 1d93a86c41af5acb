//! A world as read from the database, ready for use: settings parsed, keys derived, clock at hand.

use std::sync::OnceLock;

use chrono_tz::Tz;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::clock::WorldClock;
use super::faults::{Fault, FaultTarget};
use super::settings::Settings;
use crate::crypto::{KeyPair, PublicKey};
use crate::db::{Key, Scope};
use crate::kernel::ids::{Life, ProgramCode};
use crate::kernel::source::{Source, derive};
use crate::kernel::time::Timestamp;

/// Which writing of a world it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edition {
    /// Grows with every change of settings, clock or faults.
    pub version: i64,
    /// The life that the world is in.
    pub life: Life,
}

impl Edition {
    /// The first one of a world that is born with this version.
    pub const fn born(version: i64) -> Self {
        Self { version, life: Life::begun_with(version) }
    }

    /// The next one of the same life.
    #[must_use]
    pub const fn next(self) -> Self {
        Self { version: self.version + 1, life: self.life }
    }

    /// The first one of the next life.
    #[must_use]
    pub const fn reborn(self) -> Self {
        Self::born(self.version + 1)
    }
}

/// A world. A change makes a new one with a higher version.
#[derive(Debug)]
pub struct World {
    /// Its name.
    pub code: ProgramCode,
    /// Which writing of it this is.
    pub edition: Edition,
    /// Its settings.
    pub settings: Settings,
    /// Its clock.
    pub clock: WorldClock,
    /// Its fault rules, oldest first.
    pub faults: Vec<Fault>,
    /// The partner's key, if answers are to be sealed.
    pub partner_key: Option<PublicKey>,
    seed: [u8; 32],
    key_pair: OnceLock<KeyPair>,
}

impl World {
    /// Puts a world together from what is stored.
    pub fn new(
        code: ProgramCode,
        edition: Edition,
        settings: Settings,
        clock: WorldClock,
        faults: Vec<Fault>,
    ) -> Self {
        let seed = derive(&[0; 32], &["world", settings.seed.as_deref().unwrap_or_default()]);
        // Stored settings have been checked, so a key that is there does parse.
        let key = settings.encryption.partner_public_key.as_deref();
        let partner_key = key.and_then(|key| PublicKey::from_spki_base64(key).ok());
        Self {
            code,
            edition,
            settings,
            clock,
            faults,
            partner_key,
            seed,
            key_pair: OnceLock::new(),
        }
    }

    /// The world's moment at a wall moment.
    pub fn now(&self, wall: Timestamp) -> Timestamp {
        self.clock.now(wall)
    }

    /// The key pair that partners seal user data to. Follows from the seed, so it stays the same
    /// through resets and on every machine.
    pub fn key_pair(&self) -> &KeyPair {
        self.key_pair.get_or_init(|| KeyPair::from_seed(derive(&self.seed, &["program-key"])))
    }

    /// The random stream of one occasion in this world.
    pub fn source(&self, labels: &[&str]) -> Source {
        Source::new(&self.seed, labels)
    }

    /// A keyed hash of something secret, told apart by its kind; base64 would do, hexadecimal reads
    /// better in a database shell.
    pub fn keyed_hash(&self, kind: &str, secret: &str) -> String {
        let key = derive(&self.seed, &["hash", kind]);
        #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length will do");
        mac.update(secret.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The zone whose calendar decides the cycle day.
    pub fn cycle_zone(&self) -> Tz {
        self.settings.cycle_day.zone.parse().unwrap_or(Tz::UTC)
    }

    /// Fault rules that speak of this call and strike in the midst of its use case.
    pub fn faults_for<'w>(
        &'w self,
        target: &'w FaultTarget<'w>,
    ) -> impl Iterator<Item = &'w Fault> {
        let of_use_case = self.faults.iter().filter(|fault| fault.rule.effect.is_of_use_case());
        of_use_case.filter(move |fault| fault.rule.speaks_of(target))
    }

    /// Fault rules that speak of this call and strike it as a whole.
    pub fn faults_of_call<'w>(
        &'w self,
        target: &'w FaultTarget<'w>,
    ) -> impl Iterator<Item = &'w Fault> {
        let of_call = self.faults.iter().filter(|fault| fault.rule.effect.is_of_call());
        of_call.filter(move |fault| fault.rule.speaks_of(target))
    }

    /// The scope of a unit of work in this world.
    pub fn scope(&self, keys: Vec<Key>) -> Scope<'_> {
        Scope::in_world(&self.code, self.edition.version, keys)
    }
}
