//! P-256 public keys and the two texts that stand for them on the wire.
//!
//! This follows the vendor's "Crypto Primer" page: a public key travels as X.509
//! `SubjectPublicKeyInfo` (DER) in base64 and is named by the SHA-256 of those bytes. Left out: PEM
//! and certificates, which never travel in a container, and the keys of `EC_v2`, which nothing
//! describes.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use p256::elliptic_curve::sec1::ToSec1Point;
use sha2::{Digest, Sha256};

use super::KeyProblem;

/// All that precedes the point in the DER of a P-256 public key: `ecPublicKey`, prime256v1, and the
/// head of the bit string. DER leaves no choice here, so comparing bytes is a full parse, and
/// whatever was accepted is written back the same.
const SPKI_HEAD: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The first byte of an uncompressed point.
const UNCOMPRESSED: u8 = 0x04;

/// A point on P-256 with the two texts that name it on the wire.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    point: p256::PublicKey,
    spki: String,
    hash: String,
}

impl PublicKey {
    /// Reads an X.509 `SubjectPublicKeyInfo` in standard base64 with padding.
    ///
    /// # Errors
    /// [`KeyProblem::NotBase64`], or [`KeyProblem::NotSpkiP256`] if the bytes are not the 91 of an
    /// uncompressed point on P-256.
    pub fn from_spki_base64(text: &str) -> Result<Self, KeyProblem> {
        let der = STANDARD.decode(text).map_err(|_| KeyProblem::NotBase64)?;
        der.strip_prefix(&SPKI_HEAD)
            .filter(|point| point.first() == Some(&UNCOMPRESSED))
            .and_then(|point| p256::PublicKey::from_sec1_bytes(point).ok())
            .map(Self::from_point)
            .ok_or(KeyProblem::NotSpkiP256)
    }

    /// The X.509 `SubjectPublicKeyInfo` (91 bytes of DER) in base64.
    pub fn spki_base64(&self) -> &str {
        &self.spki
    }

    /// The name of this key as a recipient: base64 of SHA-256 over its DER bytes.
    pub fn hash_base64(&self) -> &str {
        &self.hash
    }

    /// The point itself, for the key agreement.
    pub(super) fn point(&self) -> &p256::PublicKey {
        &self.point
    }

    /// Works out both texts once, since every container repeats them.
    pub(super) fn from_point(point: p256::PublicKey) -> Self {
        let der = [&SPKI_HEAD, point.to_sec1_point(false).as_bytes()].concat();
        Self { point, spki: STANDARD.encode(&der), hash: STANDARD.encode(Sha256::digest(&der)) }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicKey").field(&self.spki).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::PublicKey;
    use crate::crypto::{KeyPair, KeyProblem, vector};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use p256::pkcs8::EncodePublicKey;

    #[test]
    fn cry_1_a_key_the_vendor_printed_survives_reading_and_writing() {
        let key = PublicKey::from_spki_base64(vector::VENDOR_SPKI).unwrap();
        assert_eq!(key.spki_base64(), vector::VENDOR_SPKI);
    }

    #[test]
    fn cry_1_our_der_is_the_der_of_the_library() {
        let pair = KeyPair::from_seed([3; 32]);
        let der = pair.public().point.to_public_key_der().unwrap();
        assert_eq!(pair.public().spki_base64(), STANDARD.encode(der.as_bytes()));
    }

    #[test]
    fn cry_3_a_public_key_in_another_form_is_refused() {
        let der = STANDARD.decode(vector::RECIPIENT_SPKI).unwrap();
        let trailing = [&der[..], &[0]].concat();
        let hybrid = [&der[..26], &[0x06], &der[27..]].concat();
        let identity = [&der[..26], &[0x00]].concat();
        let off_curve = [&der[..90], &[der[90] ^ 1]].concat();
        let compressed = [&der[..26], &[0x02], &der[27..59]].concat();
        for bytes in
            [&[], &der[..90], &der[26..], &trailing, &hybrid, &identity, &off_curve, &compressed]
        {
            assert_eq!(
                PublicKey::from_spki_base64(&STANDARD.encode(bytes)),
                Err(KeyProblem::NotSpkiP256)
            );
        }
    }

    #[test]
    fn cry_3_a_public_key_in_loose_base64_is_refused() {
        let spki = vector::RECIPIENT_SPKI;
        let loose = [
            spki.replace('+', "-"),
            spki.replace('=', ""),
            spki.replace("ng==", "nh=="),
            format!(" {spki}"),
            "é".into(),
        ];
        for text in loose {
            assert_eq!(PublicKey::from_spki_base64(&text), Err(KeyProblem::NotBase64));
        }
    }
}
