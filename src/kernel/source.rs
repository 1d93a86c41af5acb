//! Randomness and ids, handed in.
//!
//! A [`Source`] is a stream of random values that depends on nothing but the seed of the world and
//! the labels of the occasion (operation, request id, identity). The same call in the same world
//! therefore draws the same ids and numbers, in whatever order calls arrive and however many run
//! at once. Nothing else in the domain may draw.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use uuid::Builder;

/// A deterministic stream of ids and digits.
#[derive(Debug)]
pub struct Source(ChaCha20Rng);

impl Source {
    /// The stream of one occasion. Labels are length-prefixed, so `["ab","c"]` is not `["a","bc"]`.
    pub fn new(seed: &[u8; 32], labels: &[&str]) -> Self {
        Self(ChaCha20Rng::from_seed(derive(seed, labels)))
    }

    /// A fresh id of any kind: `source.id(AccountId::new)`.
    pub fn id<T>(&mut self, wrap: impl FnOnce(uuid::Uuid) -> T) -> T {
        let mut bytes = [0u8; 16];
        self.0.fill_bytes(&mut bytes);
        wrap(Builder::from_random_bytes(bytes).into_uuid())
    }

    /// 32 random bytes, as a key seed.
    pub fn key(&mut self) -> [u8; 32] {
        let mut bytes = [0u8; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// A number from 0 up to and without `bound`; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // The product's upper half: bias is below bound / 2^64, nothing for our bounds.
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// `count` decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }

    /// `count` capital letters.
    pub fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'A' + self.below(26) as u8)).collect()
    }
}

/// A 32-byte key that depends on the seed and the labels alone.
pub fn derive(seed: &[u8; 32], labels: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(seed);
    for label in labels {
        hash.update((label.len() as u64).to_be_bytes());
        hash.update(label.as_bytes());
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::AccountId;

    #[test]
    fn the_same_occasion_draws_the_same_and_another_draws_something_else() {
        let draw = |labels: &[&str]| Source::new(&[7; 32], labels).id(AccountId::new);
        assert_eq!(draw(&["enroll", "a"]), draw(&["enroll", "a"]));
        assert_ne!(draw(&["enroll", "a"]), draw(&["enroll", "b"]));
        assert_ne!(draw(&["ab", "c"]), draw(&["a", "bc"]));
    }

    #[test]
    fn numbers_stay_below_their_bound_and_reach_all_of_it() {
        let mut source = Source::new(&[1; 32], &["bound"]);
        let mut seen = [false; 10];
        for _ in 0..1_000 {
            seen[source.below(10) as usize] = true;
        }
        assert!(seen.iter().all(|&drawn| drawn));
        assert_eq!(source.below(0), 0);
    }
}
