//! What can go wrong with keys and containers, in words that tell the caller what to check.
//!
//! The checks follow the vendor's "Crypto Primer" page; the vendor publishes no decryption error
//! codes, so mapping these onto wire codes is the business of the caller (rule CRY-3). No message
//! ever holds key material or plaintext. Left out: anything about `EC_v2`, which is only refused.

use thiserror::Error;

/// How much of a caller's text a problem repeats; the right values have 5 and 44 characters.
const CLIP_LENGTH: usize = 64;

/// Why a text is not a usable key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyProblem {
    /// The public key is not standard base64 with padding.
    #[error(
        "the public key is not base64: send the standard alphabet (+ and /) with = padding, \
         without line breaks or PEM header lines"
    )]
    NotBase64,
    /// The bytes are not the X.509 form of an uncompressed point on P-256.
    #[error(
        "the public key is not an X.509 SubjectPublicKeyInfo of a point on P-256: expected 91 \
         bytes of DER with an uncompressed point; a certificate, a bare point, a compressed \
         point or a key of another curve does not fit"
    )]
    NotSpkiP256,
    /// The private key is not a P-256 scalar in hexadecimal.
    #[error(
        "the private key is not a P-256 scalar: expected exactly 64 hexadecimal digits whose \
         value is above zero and below the order of the curve"
    )]
    NotHexScalar,
}

/// Why a plaintext could not be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealProblem {
    /// AES-GCM takes no more than 2^36 - 32 bytes (close to 64 GiB) under one key and nonce.
    #[error("the plaintext is too long to seal: AES-GCM takes at most 68719476704 bytes")]
    PlaintextTooLong,
}

/// Why a container did not open; the variants stand in the order of the checks.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenProblem {
    /// `version` is not `EC_v1`.
    #[error(
        "version {found:?} of the encrypted container is not supported: only \"EC_v1\" is (the \
         vendor names EC_v2 but does not describe it)"
    )]
    UnknownVersion {
        /// What `version` held, clipped to 64 characters.
        found: String,
    },
    /// `publicKeyHash` names another recipient.
    #[error(
        "publicKeyHash {found:?} is not the hash of the recipient's public key, {expected:?}: \
         check which public key the container was sealed for, and that the hash is the base64 of \
         SHA-256 over the X.509 DER bytes of that key"
    )]
    UnknownPublicKeyHash {
        /// What `publicKeyHash` held, clipped to 64 characters.
        found: String,
        /// The hash of the key that was to open the container.
        expected: String,
    },
    /// `ephemeralPublicKey` is not standard base64 with padding.
    #[error(
        "ephemeralPublicKey is not base64: send the standard alphabet (+ and /) with = padding, \
         without line breaks or PEM header lines"
    )]
    EphemeralKeyNotBase64,
    /// `ephemeralPublicKey` is not the X.509 form of an uncompressed point on P-256.
    #[error(
        "ephemeralPublicKey is not an X.509 SubjectPublicKeyInfo of a point on P-256: expected 91 \
         bytes of DER with an uncompressed point; check that the DER form is sent, not the bare \
         or the compressed point, and that the curve is P-256 (prime256v1)"
    )]
    EphemeralKeyNotSpki,
    /// `data` is not standard base64 with padding.
    #[error(
        "data is not base64: send the standard alphabet (+ and /) with = padding, without line \
         breaks"
    )]
    DataNotBase64,
    /// `data` is shorter than the tag alone.
    #[error(
        "data is too short: it decodes to fewer than the 16 bytes of the AES-GCM tag, which \
         belongs behind the ciphertext; check that the tag is appended before the base64 encoding"
    )]
    DataTooShort,
    /// The tag does not fit: another key, or changed bytes.
    #[error(
        "data does not decrypt: the AES-GCM tag does not match. The key derives from the program \
         code in the path and from the X-GD-RequestId of this very call, both exactly as sent, so \
         a container sealed for another request id or program does not open; check these first, \
         then the 16-byte zero nonce, the absence of additional data, and the tag behind the \
         ciphertext"
    )]
    TagMismatch,
}

/// The first characters of a caller's text, so that a message stays readable whatever was sent.
pub(super) fn clip(text: &str) -> String {
    let kept: String = text.chars().take(CLIP_LENGTH).collect();
    if kept.len() < text.len() { kept + "…" } else { kept }
}

#[cfg(test)]
mod tests {
    use super::OpenProblem;

    #[test]
    fn cry_3_a_tag_mismatch_names_what_the_key_is_bound_to() {
        let message = OpenProblem::TagMismatch.to_string();
        assert!(message.contains("X-GD-RequestId") && message.contains("program code"));
    }

    #[test]
    fn cry_3_a_hostile_value_cannot_forge_a_log_line() {
        let problem = OpenProblem::UnknownVersion { found: "EC\nv9".to_owned() };
        assert!(problem.to_string().starts_with(r#"version "EC\nv9" of"#));
    }
}
