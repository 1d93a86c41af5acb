//! Bodies of the contact verification operations. Members and their order follow the samples of
//! Optional API Add-Ons.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{ContactVerification, GivenContact, VerificationState};
use super::rules;
use crate::kernel::codes;
use crate::kernel::ids::ContactVerificationId;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// The body of POST contactVerifications. Texts have at most 100 characters; empty ones are absent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateVerificationRequest {
    /// The account it is for, if there is one already.
    #[serde(default)]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    /// What it is for, in the partner's words.
    #[serde(default)]
    #[schema(example = "registration")]
    verification_event_type: Option<String>,
    /// `phone` or `email`; required.
    #[serde(default)]
    #[schema(example = "phone")]
    contact_type: Option<String>,
    /// `sms` for a phone, `email` for an e-mail address; required.
    #[serde(default)]
    #[schema(example = "sms")]
    communication_type: Option<String>,
    /// The phone number, ten digits, or the address; required.
    #[serde(default)]
    #[schema(example = "6265550101")]
    contact_handle: Option<String>,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
    #[serde(default)]
    product_code: Option<String>,
    #[serde(default)]
    retail_card_identifier: Option<String>,
}

/// The text without spaces around it, if there is any.
fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

impl GenerateVerificationRequest {
    /// The request as the model knows it.
    pub fn given(self) -> GivenContact {
        let others = [
            ("firstName", self.first_name),
            ("lastName", self.last_name),
            ("productCode", self.product_code),
            ("retailCardIdentifier", self.retail_card_identifier),
        ];
        GivenContact {
            contact_type: filled(self.contact_type),
            communication_type: filled(self.communication_type),
            handle: filled(self.contact_handle),
            event_type: filled(self.verification_event_type),
            account: filled(self.account_identifier),
            others: others.into_iter().filter_map(|(name, text)| Some((name, text?))).collect(),
        }
    }
}

/// The body of PUT contactVerifications.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckVerificationRequest {
    /// That of the path; may be left out.
    #[serde(default)]
    #[schema(format = Uuid)]
    contact_verification_identifier: Option<String>,
    /// The code that was sent.
    #[serde(default)]
    #[schema(example = "123456")]
    verification_code: Option<String>,
}

impl CheckVerificationRequest {
    /// The code, of a body that speaks of the verification of its path.
    pub fn code_for(self, id: ContactVerificationId) -> Result<String, Refusal> {
        let code = rules::given_code(filled(self.verification_code))?;
        match filled(self.contact_verification_identifier) {
            Some(other) if other.parse() != Ok(id) => Err(Refusal::of(&codes::MEMBER_INVALID)
                .under("CV-2")
                .saying("contactVerificationIdentifier must be that of the path.")),
            _ => Ok(code),
        }
    }
}

/// The answer of POST contactVerifications.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenerateVerificationResponse {
    #[schema(format = Uuid)]
    contact_verification_identifier: String,
}

impl GenerateVerificationResponse {
    /// The id to check the code under.
    pub fn of(id: ContactVerificationId) -> Self {
        Self { contact_verification_identifier: id.to_string() }
    }
}

/// The answer of GET verification status.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationStatusResponse {
    #[schema(format = Uuid)]
    session_identifier: String,
    /// 0 pending, 1 verified, 2 failed, 3 expired.
    #[schema(minimum = 0, maximum = 3)]
    contact_verification_status: u8,
    #[schema(example = "phone")]
    contact_type: &'static str,
    #[schema(example = "sms")]
    communication_type: &'static str,
}

impl VerificationStatusResponse {
    /// Where a verification stands at a moment.
    pub fn of(verification: &ContactVerification, now: Timestamp) -> Self {
        let kind = verification.asked.contact.kind;
        Self {
            session_identifier: verification.id.to_string(),
            contact_verification_status: number(verification.state_at(now)),
            contact_type: kind.as_str(),
            communication_type: kind.communication().as_str(),
        }
    }
}

/// `contactVerificationStatus` of a state.
fn number(state: VerificationState) -> u8 {
    match state {
        VerificationState::Pending => 0,
        VerificationState::Verified => 1,
        VerificationState::Failed => 2,
        VerificationState::Expired => 3,
    }
}
