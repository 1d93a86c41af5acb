//! The derivation of the content key, and the call that it binds a container to.
//!
//! This follows the vendor's "Crypto Primer" page: NIST SP 800-56A section 5.8.1 (single-step
//! concatenation) with SHA-256. The digest is as long as the key, so one round is enough and the
//! counter is always 1. Left out: `SuppPubInfo` and `SuppPrivInfo`, which the page does not use,
//! and `EC_v2`, which nothing describes.

use p256::ecdh::SharedSecret;
use sha2::{Digest, Sha256};

/// The counter of the first and only round, as the big-endian 32-bit number of the KDF.
const ROUND_ONE: [u8; 4] = [0, 0, 0, 1];

/// `AlgorithmID`: the length 13 as one byte, then the name of the cipher.
const ALGORITHM_ID: &[u8] = b"\x0did-aes256-GCM";

/// The call that a container belongs to. It opens for this program and request id only.
///
/// Both values count byte for byte: letter case and white space matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    /// The program code as it stands in the path of the call (`PartyUInfo`).
    pub program_code: &'a str,
    /// The value of the header `X-GD-RequestId` exactly as received (hashed, `PartyVInfo`).
    pub request_id: &'a str,
}

/// Derives the AES-256 key of a container from the shared secret and the call.
pub(super) fn content_key(shared: &SharedSecret, binding: Binding<'_>) -> [u8; 32] {
    Sha256::new()
        .chain_update(ROUND_ONE)
        .chain_update(shared.raw_secret_bytes())
        .chain_update(other_info(binding))
        .finalize()
        .into()
}

/// `AlgorithmID`, `PartyUInfo` and `PartyVInfo` in a row.
///
/// The program code carries no length prefix. That stays unambiguous, since it is the only part
/// whose length varies.
fn other_info(binding: Binding<'_>) -> Vec<u8> {
    let request_hash = Sha256::digest(binding.request_id.as_bytes());
    [ALGORITHM_ID, binding.program_code.as_bytes(), request_hash.as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::{Binding, content_key, other_info};
    use crate::crypto::vector;

    fn key_for(binding: Binding<'_>) -> String {
        let shared = vector::recipient().agree(vector::ephemeral().public());
        vector::hex(&content_key(&shared, binding))
    }

    #[test]
    fn cry_1_other_info_is_the_printed_one() {
        assert_eq!(vector::hex(&other_info(vector::BINDING)), vector::OTHER_INFO);
    }

    #[test]
    fn cry_1_the_content_key_is_the_printed_one() {
        assert_eq!(key_for(vector::BINDING), vector::CONTENT_KEY);
    }

    #[test]
    fn cry_1_letter_case_of_the_request_id_matters() {
        let request_id = vector::BINDING.request_id.to_uppercase();
        let binding = Binding { request_id: &request_id, ..vector::BINDING };
        assert_ne!(key_for(binding), vector::CONTENT_KEY);
    }

    #[test]
    fn cry_1_white_space_around_the_request_id_matters() {
        let request_id = format!("{} ", vector::BINDING.request_id);
        let binding = Binding { request_id: &request_id, ..vector::BINDING };
        assert_ne!(key_for(binding), vector::CONTENT_KEY);
    }

    #[test]
    fn cry_1_letter_case_of_the_program_code_matters() {
        assert_ne!(
            key_for(Binding { program_code: "Demo", ..vector::BINDING }),
            vector::CONTENT_KEY
        );
    }
}
