//! Somebody who is to become a customer: the person, and the enrollment as the partner prepares it
//! on its own side. Members follow the sample of Enrollments API Endpoints.
//!
//! Left out: fraud data and a PIN.

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::stage::{Call, Stage, new_request_id};
use crate::crypto::Container;
use crate::kernel::ids::ProgramCode;

/// The product enrolled in: the first one that every new program offers.
const PRODUCT: &str = "50400";

/// A person with their enrollment, which may be called more than once.
#[derive(Debug)]
pub(super) struct Applicant {
    request_id: String,
    sealed: Container,
    contacts: Vec<String>,
    with_kyc: bool,
}

impl Applicant {
    /// Seals the person's data to the program's key, for one request id.
    pub fn new(person: &Json, stage: &Stage) -> anyhow::Result<Self> {
        let request_id = new_request_id()?;
        let sealed = stage.sealed(person, &request_id)?;
        Ok(Self { request_id, sealed, contacts: Vec::new(), with_kyc: false })
    }

    /// With a contact that was verified before.
    pub fn verified(mut self, verification: String) -> Self {
        self.contacts.push(verification);
        self
    }

    /// With the identity check, which the guide's own flow does without.
    pub fn with_kyc(mut self) -> Self {
        self.with_kyc = true;
        self
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
            "contactVerificationIdentifiers": self.contacts,
            "requestPhysicalCardFlag": true,
            "executeKycFlag": self.with_kyc,
        }))
    }
}
