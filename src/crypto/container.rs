//! The `EC_v1` container as it travels in requests and answers.
//!
//! Its members are those of the vendor's printed samples, all four of them text and all four
//! required; what their bytes mean follows the vendor's "Crypto Primer" page. Left out:
//! `EC_v2`, whose members nothing describes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The only container version there is a description of.
pub const VERSION: &str = "EC_v1";

/// An encrypted member of a request or an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Container {
    /// The version of the scheme, always `EC_v1`.
    #[schema(example = "EC_v1")]
    pub version: String,
    /// The sender's one-time public key: X.509 `SubjectPublicKeyInfo` (DER, P-256) in base64.
    pub ephemeral_public_key: String,
    /// Base64 of SHA-256 over the DER bytes of the recipient's public key.
    #[schema(example = "2SviKcVDKVMSCxzGuH26LdFcfkcH1bJn3zpFNRZ9OME=")]
    pub public_key_hash: String,
    /// Base64 of the ciphertext followed by the 16 bytes of the tag.
    pub data: String,
}

#[cfg(test)]
mod tests {
    use super::Container;
    use crate::crypto::vector;
    use serde_json::{Value, json};
    use utoipa::PartialSchema;

    fn printed_json() -> Value {
        json!({
            "version": "EC_v1",
            "ephemeralPublicKey": vector::EPHEMERAL_SPKI,
            "publicKeyHash": vector::RECIPIENT_HASH,
            "data": vector::DATA,
        })
    }

    #[test]
    fn cry_1_the_members_travel_in_camel_case() {
        assert_eq!(serde_json::to_value(vector::container()).unwrap(), printed_json());
        let read: Container = serde_json::from_value(printed_json()).unwrap();
        assert_eq!(read, vector::container());
    }

    #[test]
    fn cry_3_an_unknown_member_is_refused() {
        let mut json = printed_json();
        json["tag"] = json!("x");
        assert!(serde_json::from_value::<Container>(json).is_err());
    }

    #[test]
    fn cry_3_a_missing_member_is_refused() {
        for member in ["version", "ephemeralPublicKey", "publicKeyHash", "data"] {
            let mut json = printed_json();
            json.as_object_mut().unwrap().remove(member);
            assert!(serde_json::from_value::<Container>(json).is_err(), "{member}");
        }
    }

    #[test]
    fn cry_1_the_published_schema_is_as_strict_as_the_reader() {
        let schema = serde_json::to_value(Container::schema()).unwrap();
        let required = json!(["version", "ephemeralPublicKey", "publicKeyHash", "data"]);
        assert_eq!(schema["required"], required);
        assert_eq!(schema["additionalProperties"], json!(false));
    }
}
