//! Somebody who is to become a customer: the person, and the enrollment as the partner prepares it
//! on its own side. Members follow the sample of Enrollments API Endpoints.
//!
//! Left out: fraud data, a PIN, the identity check and contact verification.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::stage::{Call, new_request_id};
use crate::cli::client::random_key_pair;
use crate::crypto::{Binding, Container, PublicKey, seal};
use crate::kernel::ids::ProgramCode;

/// The product enrolled in: the first one that every new program offers.
const PRODUCT: &str = "50400";

/// A person with their enrollment, which may be called more than once.
#[derive(Debug)]
pub(super) struct Applicant {
    request_id: String,
    sealed: Container,
}

impl Applicant {
    /// Seals the person's data to the program's key, for one request id.
    pub fn new(person: &Json, program: &ProgramCode, key: &PublicKey) -> anyhow::Result<Self> {
        let request_id = new_request_id()?;
        let binding = Binding { program_code: program.as_str(), request_id: &request_id };
        let sealed = seal(person.to_string().as_bytes(), key, &random_key_pair()?, binding)?;
        Ok(Self { request_id, sealed })
    }

    /// The enrollment: the same request, byte for byte, each time.
    pub fn enrollment(&self, program: &ProgramCode) -> Call<'_> {
        let terms = json!({ "termsIdentifier": "termsAndConditions", "termsAcceptanceFlag": true });
        let path = format!("/programs/{program}/enrollments");
        Call::vendor(Method::POST, path, &self.request_id).with(json!({
            "user": { "encryptedUserData": self.sealed, "termsAcceptances": [terms] },
            "account": {
                "productCode": PRODUCT,
                "productMaterialType": "pvc",
                "currency": "USD",
                "termsAcceptances": [terms],
            },
            "requestPhysicalCardFlag": true,
            "executeKycFlag": false,
        }))
    }
}
