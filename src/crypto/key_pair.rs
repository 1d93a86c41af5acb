//! P-256 key pairs: the recipient's long-lived one and the one-time one of a container.
//!
//! This follows the vendor's "Crypto Primer" page for the curve and the agreement. That ephemeral
//! keys come out of a seed is ours. Left out: PKCS#8 and key files, which never travel in a
//! container, and the keys of `EC_v2`, which nothing describes.

use std::fmt;

use p256::{SecretKey, ecdh::SharedSecret};

use super::{KeyProblem, PublicKey, scalar};

/// A private key with its public key.
#[derive(Clone)]
pub struct KeyPair {
    secret: SecretKey,
    public: PublicKey,
}

impl KeyPair {
    /// Makes a key pair out of any seed; the same seed gives the same pair.
    ///
    /// This is also the source of ephemeral keys, so nothing here asks the machine for randomness.
    /// Whoever calls it draws a new seed for each container.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self::from_secret(scalar::from_seed(seed))
    }

    /// Reads a private key: the big-endian scalar as 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`KeyProblem::NotHexScalar`] for any other text, for zero, and from the curve's order on.
    pub fn from_private_hex(text: &str) -> Result<Self, KeyProblem> {
        scalar::from_hex(text).map(Self::from_secret).ok_or(KeyProblem::NotHexScalar)
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The private key as 64 lower-case hexadecimal digits; for key files only, never for a log.
    pub fn private_hex(&self) -> String {
        format!("{:x}", self.secret.as_scalar_value())
    }

    /// The raw ECDH secret with another key: the x coordinate, 32 bytes.
    pub(super) fn agree(&self, other: &PublicKey) -> SharedSecret {
        self.secret.diffie_hellman(other.point())
    }

    fn from_secret(secret: SecretKey) -> Self {
        let public = PublicKey::from_point(secret.public_key());
        Self { secret, public }
    }
}

impl fmt::Debug for KeyPair {
    /// Shows the public half only, so that a pair inside a logged structure gives nothing away.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair").field("public", &self.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::KeyPair;
    use crate::crypto::vector;

    /// SHA-256 of 32 bytes of 7 and a counter of zero, worked out outside this program.
    const SEED_7: &str = "d9e38b473502700d571476b369f9bfe8d287c24cf1a09a55781172b1fcd0613a";

    #[test]
    fn cry_1_the_printed_keys_have_the_printed_texts() {
        let pair = vector::recipient();
        assert_eq!(pair.public().spki_base64(), vector::RECIPIENT_SPKI);
        assert_eq!(pair.public().hash_base64(), vector::RECIPIENT_HASH);
        assert_eq!(pair.private_hex(), vector::RECIPIENT_PRIVATE);
        assert_eq!(vector::ephemeral().private_hex(), vector::EPHEMERAL_PRIVATE);
        assert_eq!(vector::ephemeral().public().spki_base64(), vector::EPHEMERAL_SPKI);
    }

    #[test]
    fn cry_1_both_sides_agree_on_the_printed_secret() {
        let (recipient, ephemeral) = (vector::recipient(), vector::ephemeral());
        let sides = [recipient.agree(ephemeral.public()), ephemeral.agree(recipient.public())];
        for side in sides {
            assert_eq!(vector::hex(side.raw_secret_bytes()), vector::SHARED_SECRET);
        }
    }

    #[test]
    fn cry_1_a_seed_always_gives_the_same_pair() {
        assert_eq!(KeyPair::from_seed([7; 32]).private_hex(), SEED_7);
        assert_ne!(KeyPair::from_seed([8; 32]).private_hex(), SEED_7);
    }

    #[test]
    fn cry_1_a_private_key_is_never_shown_by_debug() {
        let shown = format!("{:?}", vector::recipient());
        assert!(
            shown.contains(vector::RECIPIENT_SPKI)
                && !shown.contains(&vector::RECIPIENT_PRIVATE[..8])
        );
    }
}
