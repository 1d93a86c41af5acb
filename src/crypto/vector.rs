//! The printed test vector of `EC_v1`, shared by the tests of this module (rule CRY-1).
//!
//! It follows the vendor's "Crypto Primer" page. No vector of the vendor is known, so these values
//! were made with one independent implementation and checked with a second one. Left out:
//! `EC_v2`, which nothing describes.

use super::{Binding, Container, KeyPair};

pub const BINDING: Binding<'static> =
    Binding { program_code: "demo", request_id: "0f8d6c1e-3b52-4a7e-9c40-5d2a7e61b9f3" };
pub const PLAINTEXT: &[u8] = br#"{"pin":"4821"}"#;
pub const RECIPIENT_PRIVATE: &str =
    "3969b22f125a5240d724ef43baa365ac8a4ea86482d0c03b3f21a1f606234b59";
pub const RECIPIENT_SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE6TH4ejGhDsouro8IL0ouZhhZh0\
    kc2dxaj7++ak4Ew0J6cCZW12f2vjfDgbu7H0ZXeiQdvXROYd/JH1lbTPU+ng==";
pub const RECIPIENT_HASH: &str = "2SviKcVDKVMSCxzGuH26LdFcfkcH1bJn3zpFNRZ9OME=";
pub const EPHEMERAL_PRIVATE: &str =
    "0994f13c47c38539c3ef24ff5df58646eb20d74470b6c47015d01f1d19f1e9aa";
pub const EPHEMERAL_SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEjGsvBxfiaM9V+s06lSJ0pdrpq5\
    k5o96CoI5/6M9JAMNd738N7c74n/UadaVmafYIZG3RuE9+QtzOM0ZYOr+7Gg==";
pub const SHARED_SECRET: &str = "9ffd759a92f6c2674beb4bfecbb38082b9769337adf3a8d1aefe0a295aaa4774";
pub const OTHER_INFO: &str = "0d69642d6165733235362d47434d64656d6fbf05244d02d3f196123c18e469b0e2d3\
    cba92452ca0c4f9ba7f209b0be3fd371";
pub const CONTENT_KEY: &str = "9ec3a60cba904478f40c40300a9fb98c111bee308e5b3dbb72d38cf19038abb9";
pub const DATA: &str = "l/pQgOmxmKG9/6wOgkF39xSF9W8vswQbjF7T8lgU";

/// The ephemeral key that the vendor's enrollment sample prints beside an encrypted PIN.
pub const VENDOR_SPKI: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEmx9T4EJNQHNWHRnf+U48rFWlrUwhX\
    yivdkZrUl2rD4wVVJInEs8MRP7ISABTKEqh8NDdWAsc8hsKtGtxHgYA4A==";

pub fn recipient() -> KeyPair {
    KeyPair::from_private_hex(RECIPIENT_PRIVATE).unwrap()
}

pub fn ephemeral() -> KeyPair {
    KeyPair::from_private_hex(EPHEMERAL_PRIVATE).unwrap()
}

pub fn container() -> Container {
    Container {
        version: "EC_v1".to_owned(),
        ephemeral_public_key: EPHEMERAL_SPKI.to_owned(),
        public_key_hash: RECIPIENT_HASH.to_owned(),
        data: DATA.to_owned(),
    }
}

/// Lower-case hexadecimal, to compare bytes with what the vector prints.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
