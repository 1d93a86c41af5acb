//! Private scalars of P-256, out of a seed or out of hexadecimal text.
//!
//! The curve is the one of the vendor's "Crypto Primer" page. Deriving keys from a seed is ours, so
//! that a simulated world repeats itself bit for bit. Left out: keys for `EC_v2`, which
//! nothing describes.

use p256::{FieldBytes, SecretKey};
use sha2::{Digest, Sha256};

/// The scalar of a seed: the first valid one among SHA-256(seed || counter), counted from zero as
/// a big-endian 32-bit number.
pub(super) fn from_seed(seed: [u8; 32]) -> SecretKey {
    first_valid(|counter| candidate(seed, counter))
}

/// The scalar that 64 hexadecimal digits spell, if it is one.
pub(super) fn from_hex(text: &str) -> Option<SecretKey> {
    decode_hex(text).and_then(from_bytes)
}

fn candidate(seed: [u8; 32], counter: u32) -> [u8; 32] {
    Sha256::new().chain_update(seed).chain_update(counter.to_be_bytes()).finalize().into()
}

/// The first candidate that is a scalar. Only about one digest in 2^32 is not, so the loop ends at
/// once; reducing the digest modulo the order instead would favour the small scalars.
fn first_valid(candidate: impl Fn(u32) -> [u8; 32]) -> SecretKey {
    let mut counter = 0_u32;
    loop {
        match from_bytes(candidate(counter)) {
            Some(secret) => return secret,
            None => counter = counter.wrapping_add(1),
        }
    }
}

/// Refuses zero and everything from the order of the curve on.
fn from_bytes(bytes: [u8; 32]) -> Option<SecretKey> {
    SecretKey::from_bytes(&FieldBytes::from(bytes)).ok()
}

/// Strict: the integer parser of the standard library would let a sign pass.
fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.chars().map(hex_digit).collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
    rest.is_empty().then_some(bytes)?.try_into().ok()
}

fn hex_digit(character: char) -> Option<u8> {
    character.to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{first_valid, from_bytes, from_hex};

    /// The order of P-256, the first number that is no scalar any more.
    const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const LARGEST: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";

    #[test]
    fn cry_1_a_seed_that_misses_the_curve_is_counted_on() {
        let secret = first_valid(|counter| match counter {
            0 => [0; 32],
            1 => [0xff; 32],
            _ => [5; 32],
        });
        assert_eq!(Some(secret), from_bytes([5; 32]));
    }

    #[test]
    fn cry_1_a_private_key_is_read_in_either_case() {
        assert!(from_hex(LARGEST).is_some());
        assert_eq!(from_hex(&LARGEST.to_uppercase()), from_hex(LARGEST));
    }

    #[test]
    fn cry_3_a_text_that_is_no_scalar_is_refused() {
        let zero = "0".repeat(64);
        let (short, long) = (&LARGEST[1..], format!("0{LARGEST}"));
        let (signed, prefixed) = (format!("+{short}"), format!("0x{}", &LARGEST[2..]));
        for text in ["", &zero, ORDER, short, &LARGEST[2..], &long, &signed, &prefixed, "é"] {
            assert!(from_hex(text).is_none(), "{text}");
        }
    }
}
