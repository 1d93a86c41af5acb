//! How a plaintext is sealed into an `EC_v1` container, and how it is opened again.
//!
//! This follows the vendor's "Crypto Primer" page: AES-256-GCM, no additional data, a nonce of 16
//! zero bytes, the tag behind the ciphertext. Opening checks the members in the order of
//! [`OpenProblem`], so that the first cause is the one reported. Left out: `EC_v2`, which nothing
//! describes, and the JSON inside, which is the caller's.

use aes_gcm::{
    AesGcm, KeyInit, Nonce,
    aead::{Aead, consts::U16},
    aes::Aes256,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Binding, Container, KeyPair, KeyProblem, OpenProblem, PublicKey, SealProblem,
    container::VERSION, derivation::content_key, problems::clip,
};

const TAG_LENGTH: usize = 16;

/// AES-256-GCM with the 16-byte nonce of the page. It is not a longer spelling of the usual
/// 12-byte one: GCM hashes a nonce of any other length, so the result differs.
type Cipher = AesGcm<Aes256, U16>;

/// Seals a plaintext for the recipient; it opens under the same program code and request id only.
///
/// Each container needs an ephemeral key of its own. The nonce is always zero, so a second
/// plaintext under the same ephemeral key, recipient and binding would give both away.
///
/// # Errors
/// [`SealProblem::PlaintextTooLong`] beyond the limit of AES-GCM, close to 64 GiB.
pub fn seal(
    plaintext: &[u8],
    recipient: &PublicKey,
    ephemeral: &KeyPair,
    binding: Binding<'_>,
) -> Result<Container, SealProblem> {
    let data = cipher(ephemeral, recipient, binding)
        .encrypt(&Nonce::default(), plaintext)
        .map_err(|_| SealProblem::PlaintextTooLong)?;
    Ok(Container {
        version: VERSION.to_owned(),
        ephemeral_public_key: ephemeral.public().spki_base64().to_owned(),
        public_key_hash: recipient.hash_base64().to_owned(),
        data: STANDARD.encode(data),
    })
}

/// Opens a container with the recipient's key pair, under the binding that it was sealed with.
///
/// # Errors
/// The first [`OpenProblem`] that applies, in the order of its variants.
pub fn open(
    container: &Container,
    recipient: &KeyPair,
    binding: Binding<'_>,
) -> Result<Vec<u8>, OpenProblem> {
    check_version(&container.version)?;
    check_recipient(&container.public_key_hash, recipient.public().hash_base64())?;
    let ephemeral = decode_ephemeral_key(&container.ephemeral_public_key)?;
    let data = decode_data(&container.data)?;
    cipher(recipient, &ephemeral, binding)
        .decrypt(&Nonce::default(), data.as_slice())
        .map_err(|_| OpenProblem::TagMismatch)
}

/// The cipher of one container. The agreement is symmetric: either side's private key will do.
fn cipher(own: &KeyPair, other: &PublicKey, binding: Binding<'_>) -> Cipher {
    Cipher::new(&content_key(&own.agree(other), binding).into())
}

fn check_version(found: &str) -> Result<(), OpenProblem> {
    (found == VERSION)
        .then_some(())
        .ok_or_else(|| OpenProblem::UnknownVersion { found: clip(found) })
}

fn check_recipient(found: &str, expected: &str) -> Result<(), OpenProblem> {
    (found == expected).then_some(()).ok_or_else(|| OpenProblem::UnknownPublicKeyHash {
        found: clip(found),
        expected: expected.to_owned(),
    })
}

/// Says of which member a bad key is. No public key is read from a scalar; that arm only makes the
/// match complete.
fn decode_ephemeral_key(text: &str) -> Result<PublicKey, OpenProblem> {
    PublicKey::from_spki_base64(text).map_err(|problem| match problem {
        KeyProblem::NotBase64 => OpenProblem::EphemeralKeyNotBase64,
        KeyProblem::NotSpkiP256 | KeyProblem::NotHexScalar => OpenProblem::EphemeralKeyNotSpki,
    })
}

fn decode_data(data: &str) -> Result<Vec<u8>, OpenProblem> {
    let bytes = STANDARD.decode(data).map_err(|_| OpenProblem::DataNotBase64)?;
    (bytes.len() >= TAG_LENGTH).then_some(bytes).ok_or(OpenProblem::DataTooShort)
}

#[cfg(test)]
mod tests {
    use super::{Container, open, seal};
    use crate::crypto::{OpenProblem, vector};

    /// What comes of opening the printed container after a change to it.
    fn after(change: impl FnOnce(&mut Container)) -> OpenProblem {
        let mut container = vector::container();
        change(&mut container);
        open(&container, &vector::recipient(), vector::BINDING).unwrap_err()
    }

    #[test]
    fn cry_1_the_printed_test_vector_opens() {
        let opened = open(&vector::container(), &vector::recipient(), vector::BINDING);
        assert_eq!(opened.unwrap(), vector::PLAINTEXT);
    }

    #[test]
    fn cry_1_the_printed_test_vector_is_produced() {
        let recipient = vector::recipient();
        let sealed =
            seal(vector::PLAINTEXT, recipient.public(), &vector::ephemeral(), vector::BINDING);
        assert_eq!(sealed.unwrap(), vector::container());
    }

    #[test]
    fn cry_3_each_bad_member_has_a_cause_of_its_own() {
        let found = "EC_v2".to_owned();
        let version = after(|it| it.version.clone_from(&found));
        assert_eq!(version, OpenProblem::UnknownVersion { found });

        let (found, expected) = (String::new(), vector::RECIPIENT_HASH.to_owned());
        let hash = after(|it| it.public_key_hash.clear());
        assert_eq!(hash, OpenProblem::UnknownPublicKeyHash { found, expected });

        let key = after(|it| it.ephemeral_public_key.push('!'));
        assert_eq!(key, OpenProblem::EphemeralKeyNotBase64);
        let key = after(|it| it.ephemeral_public_key.clear());
        assert_eq!(key, OpenProblem::EphemeralKeyNotSpki);
        assert_eq!(after(|it| it.data.push('!')), OpenProblem::DataNotBase64);
        assert_eq!(after(|it| it.data.truncate(20)), OpenProblem::DataTooShort);
        assert_eq!(after(|it| it.data.truncate(24)), OpenProblem::TagMismatch);
    }

    #[test]
    fn cry_3_the_first_cause_is_the_one_reported() {
        let every = |it: &mut Container| {
            it.version = "1".into();
            it.public_key_hash = "2".into();
            it.ephemeral_public_key = "3".into();
            it.data = "4".into();
        };
        assert!(matches!(after(every), OpenProblem::UnknownVersion { .. }));
        let problem = after(|it| {
            every(it);
            it.version = "EC_v1".into();
        });
        assert!(matches!(problem, OpenProblem::UnknownPublicKeyHash { .. }));
        let problem = after(|it| {
            it.ephemeral_public_key = "3".into();
            it.data = "4".into();
        });
        assert_eq!(problem, OpenProblem::EphemeralKeyNotBase64);
    }

    #[test]
    fn cry_3_only_padded_standard_base64_passes() {
        let printed = vector::DATA;
        for data in [printed.replace('/', "_"), format!("{printed}\n"), format!("{printed}AA")] {
            assert_eq!(after(|it| it.data = data), OpenProblem::DataNotBase64);
        }
    }

    #[test]
    fn cry_3_a_long_value_is_clipped_between_characters() {
        let found = format!("{}…", "é".repeat(64));
        let problem = after(|it| it.version = "é".repeat(9999));
        assert_eq!(problem, OpenProblem::UnknownVersion { found });
    }
}
