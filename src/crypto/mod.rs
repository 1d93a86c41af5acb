//! Field encryption `EC_v1`: sealing and opening the containers that carry private data.
//!
//! The module follows the vendor's "Crypto Primer" page: a P-256 key agreement between a fresh
//! ephemeral key and the recipient's long-lived key, one round of the NIST SP 800-56A
//! concatenation KDF over SHA-256, and AES-256-GCM under a zero nonce. Where the page is silent
//! (the exact concatenation, the tag behind the ciphertext) this is our reading of it, and the
//! sizes of the vendor's printed samples agree with it.
//!
//! | file | holds |
//! |---|---|
//! | `container` | the container as it travels |
//! | `sealing` | `seal` and `open` |
//! | `derivation` | the content key, and the call it is bound to |
//! | `public_key` | public keys and their text forms |
//! | `key_pair` | private keys with their public keys |
//! | `scalar` | private scalars, out of a seed or out of text |
//! | `problems` | what can go wrong, in words for the caller |
//!
//! Everything here is pure: no clock, no randomness, no I/O. A caller hands in the seed of every
//! key, so the same seed and the same call give the same bytes.
//!
//! Left out: `EC_v2`, a version that the vendor names but describes nowhere (it is refused); the
//! meaning of a plaintext (the caller parses the JSON); certificates and the storage of keys.

#![forbid(unsafe_code)]

mod container;
mod derivation;
mod key_pair;
mod problems;
mod public_key;
mod scalar;
mod sealing;
#[cfg(test)]
mod vector;

pub use container::{Container, VERSION};
pub use derivation::Binding;
pub use key_pair::KeyPair;
pub use problems::{KeyProblem, OpenProblem, SealProblem};
pub use public_key::PublicKey;
pub use sealing::{open, seal};

#[cfg(test)]
mod tests {
    use super::{Binding, Container, KeyPair, OpenProblem, open, seal, vector};
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use proptest::{prelude::*, sample::Index};

    /// The sample with one bit pattern laid over one byte of it; ASCII stays ASCII up to `0x7f`.
    fn flipped(original: &[u8], at: Index, mask: u8) -> Vec<u8> {
        let mut bytes = original.to_vec();
        bytes[at.index(original.len())] ^= mask;
        bytes
    }

    fn flipped_text(original: &str, at: Index, mask: u8) -> String {
        String::from_utf8(flipped(original.as_bytes(), at, mask)).unwrap()
    }

    fn flipped_base64(original: &str, at: Index, mask: u8) -> String {
        STANDARD.encode(flipped(&STANDARD.decode(original).unwrap(), at, mask))
    }

    fn opened(container: &Container) -> Result<Vec<u8>, OpenProblem> {
        open(container, &vector::recipient(), vector::BINDING)
    }

    /// A member that is right, or text, or base64 of bytes: garbage that gets past the first check.
    fn member(right: String) -> impl Strategy<Value = String> {
        prop_oneof![
            2 => Just(right),
            1 => any::<String>(),
            1 => prop::collection::vec(any::<u8>(), 0..120).prop_map(|it| STANDARD.encode(it)),
        ]
    }

    fn garbage() -> impl Strategy<Value = Container> {
        let right = vector::container();
        (
            member(right.version),
            member(right.ephemeral_public_key),
            member(right.public_key_hash),
            member(right.data),
        )
            .prop_map(|(version, ephemeral_public_key, public_key_hash, data)| Container {
                version,
                ephemeral_public_key,
                public_key_hash,
                data,
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn cry_1_whatever_was_sealed_opens_again(
            plaintext in prop::collection::vec(any::<u8>(), 0..700),
            seeds in any::<([u8; 32], [u8; 32])>(),
            (program_code, request_id) in any::<(String, String)>(),
        ) {
            let recipient = KeyPair::from_seed(seeds.0);
            let ephemeral = KeyPair::from_seed(seeds.1);
            let binding = Binding { program_code: &program_code, request_id: &request_id };
            let container = seal(&plaintext, recipient.public(), &ephemeral, binding).unwrap();
            prop_assert_eq!(open(&container, &recipient, binding), Ok(plaintext));
        }

        #[test]
        fn cry_3_a_changed_byte_of_the_data_never_opens(at: Index, mask in 1u8..) {
            let mut container = vector::container();
            container.data = flipped_base64(&container.data, at, mask);
            prop_assert_eq!(opened(&container), Err(OpenProblem::TagMismatch));
        }

        #[test]
        fn cry_3_a_changed_byte_of_the_ephemeral_key_never_opens(at: Index, mask in 1u8..) {
            let mut container = vector::container();
            container.ephemeral_public_key =
                flipped_base64(&container.ephemeral_public_key, at, mask);
            prop_assert!(opened(&container).is_err());
        }

        #[test]
        fn cry_3_a_changed_character_of_any_member_never_opens(
            member in 0..4, at: Index, mask in 1u8..0x80,
        ) {
            let mut container = vector::container();
            let text = match member {
                0 => &mut container.version,
                1 => &mut container.ephemeral_public_key,
                2 => &mut container.public_key_hash,
                _ => &mut container.data,
            };
            *text = flipped_text(text, at, mask);
            prop_assert!(opened(&container).is_err());
        }

        #[test]
        fn cry_3_a_changed_byte_of_the_request_id_never_opens(at: Index, mask in 1u8..0x80) {
            let request_id = flipped_text(vector::BINDING.request_id, at, mask);
            let binding = Binding { request_id: &request_id, ..vector::BINDING };
            let outcome = open(&vector::container(), &vector::recipient(), binding);
            prop_assert_eq!(outcome, Err(OpenProblem::TagMismatch));
        }

        #[test]
        fn cry_3_a_changed_byte_of_the_program_code_never_opens(at: Index, mask in 1u8..0x80) {
            let program_code = flipped_text(vector::BINDING.program_code, at, mask);
            let binding = Binding { program_code: &program_code, ..vector::BINDING };
            let outcome = open(&vector::container(), &vector::recipient(), binding);
            prop_assert_eq!(outcome, Err(OpenProblem::TagMismatch));
        }

        #[test]
        fn cry_3_garbage_is_refused_without_a_panic(container in garbage()) {
            let intact = container == vector::container();
            prop_assert_eq!(opened(&container).is_ok(), intact);
        }
    }
}
