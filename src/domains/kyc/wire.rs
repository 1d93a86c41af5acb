//! What the gates take and answer, as the reference pages spell it where they do.
//!
//! A number that comes sealed is, inside, a JSON text or an object with the member of its plain
//! form. Members of an identity document are those of a sister operation.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use super::model::{GateState, GivenDocument, Scan, SdkDocument, Subject};
use super::scans::NewScan;
use crate::crypto::Container;
use crate::domains::accounts::wire::KycStateWire;
use crate::domains::users::model::NewPerson;
use crate::domains::users::wire::UserData;
use crate::http::call::Call;
use crate::kernel::codes;
use crate::kernel::ids::DocumentId;
use crate::kernel::outcome::Refusal;

/// Where the SDK would be found. Nobody answers there: a tester finishes documents.
const SDK_HOME: &str = "https://docv.piebox.invalid";

/// The body of kyc1.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kyc1Request {
    /// Four digits.
    #[serde(default)]
    ssn_suffix: Option<String>,
    /// Sealed: `"0000"` or `{"ssnSuffix":"0000"}`.
    #[serde(default)]
    encrypted_ssn_suffix: Option<Container>,
}

/// The body of kyc2.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Kyc2Request {
    /// Nine digits.
    #[serde(default)]
    ssn: Option<String>,
    /// Sealed: `"000000000"` or `{"ssn":"000000000"}`.
    #[serde(default)]
    encrypted_ssn: Option<Container>,
}

/// A number out of a container.
#[derive(Deserialize)]
#[serde(untagged)]
enum SealedNumber {
    Text(String),
    Ssn {
        ssn: String,
    },
    #[serde(rename_all = "camelCase")]
    Suffix {
        ssn_suffix: String,
    },
}

impl From<SealedNumber> for String {
    fn from(sealed: SealedNumber) -> Self {
        match sealed {
            SealedNumber::Text(number)
            | SealedNumber::Ssn { ssn: number }
            | SealedNumber::Suffix { ssn_suffix: number } => number,
        }
    }
}

impl Kyc1Request {
    /// The digits, opened; `None` if none were given.
    pub fn open(self, call: &Call) -> Result<Option<String>, Refusal> {
        let sealed = ("encryptedSsnSuffix", self.encrypted_ssn_suffix.as_ref());
        call.open_either::<SealedNumber, _>(sealed, ("ssnSuffix", self.ssn_suffix))
    }
}

impl Kyc2Request {
    /// The number, opened; empty if none was given.
    pub fn open(self, call: &Call) -> Result<String, Refusal> {
        let sealed = ("encryptedSsn", self.encrypted_ssn.as_ref());
        let opened = call.open_either::<SealedNumber, _>(sealed, ("ssn", self.ssn))?;
        opened.ok_or_else(|| missing("ssn"))
    }
}

fn missing(member: &str) -> Refusal {
    invalid(format!("{member} is required."))
}

fn invalid(says: String) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).saying(says)
}

/// An identity document.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdentityDocumentation {
    /// Base64.
    #[serde(default)]
    document_front_image: Option<String>,
    /// Base64.
    #[serde(default)]
    document_back_image: Option<String>,
    /// driverslicense, passport or matricula, in any case of letters.
    #[serde(default)]
    #[schema(example = "driverslicense")]
    document_type: Option<String>,
    /// USA or MEX.
    #[serde(default)]
    #[schema(example = "USA")]
    document_country_code: Option<String>,
}

impl From<IdentityDocumentation> for GivenDocument {
    fn from(given: IdentityDocumentation) -> Self {
        Self {
            front: given.document_front_image,
            back: given.document_back_image,
            kind: given.document_type,
            country: given.document_country_code,
        }
    }
}

/// The document of a request, in either form.
fn document(
    sealed: Option<&Container>,
    plain: Option<IdentityDocumentation>,
    call: &Call,
) -> Result<GivenDocument, Refusal> {
    let sealed = ("encryptedIdentityDocumentation", sealed);
    let plain = ("identityDocumentation", plain.map(GivenDocument::from));
    let opened = call.open_either::<IdentityDocumentation, _>(sealed, plain)?;
    opened.ok_or_else(|| missing("encryptedIdentityDocumentation"))
}

/// Which screening a `type` speaks of.
fn subject(kind: Option<&str>) -> Result<Subject, Refusal> {
    match kind {
        None | Some("") => Ok(Subject::Account),
        Some(kind) if kind.eq_ignore_ascii_case("AccountUpgrade") => Ok(Subject::Upgrade),
        Some(_) => Err(invalid("type must be absent or AccountUpgrade.".to_owned())),
    }
}

/// The body of idv.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdvRequest {
    /// `AccountUpgrade` where an upgrade waits for documents.
    #[serde(default, rename = "type")]
    kind: Option<String>,
    /// The document, sealed by EC_v1.
    #[serde(default)]
    encrypted_identity_documentation: Option<Container>,
    /// The document in the clear, where the program allows it.
    #[serde(default)]
    identity_documentation: Option<IdentityDocumentation>,
    /// Free-form; passed over.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    #[expect(dead_code, reason = "read because the vendor names it, and never used")]
    fraud_data: Option<Json>,
}

impl IdvRequest {
    /// What it is about, and the document.
    pub fn open(self, call: &Call) -> Result<(Subject, GivenDocument), Refusal> {
        let subject = subject(self.kind.as_deref())?;
        let sealed = self.encrypted_identity_documentation.as_ref();
        Ok((subject, document(sealed, self.identity_documentation, call)?))
    }
}

/// The body of the call that hands in a document of the SDK.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IdvUuidRequest {
    /// The id that the SDK gave.
    #[serde(default)]
    #[schema(format = Uuid)]
    document_uuid: Option<String>,
    /// `AccountUpgrade` where an upgrade waits for documents.
    #[serde(default, rename = "type")]
    kind: Option<String>,
}

impl IdvUuidRequest {
    /// What it is about, and the document.
    pub fn read(&self) -> Result<(Subject, DocumentId), Refusal> {
        let given = self.document_uuid.as_deref().ok_or_else(|| missing("documentUuid"))?;
        let id = DocumentId::from_str(given)
            .map_err(|problem| invalid(format!("documentUuid {problem}")))?;
        Ok((subject(self.kind.as_deref())?, id))
    }
}

/// The body of scanCapture.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanCaptureRequest {
    /// Where the customer is; passed over.
    #[serde(default)]
    #[schema(example = "online")]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    channel: Option<String>,
    /// The product that the person is to be enrolled in.
    #[serde(default)]
    #[schema(example = "50400")]
    product_code: Option<String>,
    /// The document, sealed by EC_v1.
    #[serde(default)]
    encrypted_identity_documentation: Option<Container>,
    /// The document in the clear, where the program allows it.
    #[serde(default)]
    identity_documentation: Option<IdentityDocumentation>,
}

impl ScanCaptureRequest {
    /// The scan, opened.
    pub fn open(self, call: &Call) -> Result<NewScan, Refusal> {
        let sealed = self.encrypted_identity_documentation.as_ref();
        let document = document(sealed, self.identity_documentation, call)?;
        Ok(NewScan { product_code: self.product_code, document })
    }
}

/// A user document, sealed or plain.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonRequest {
    /// The user document, sealed by EC_v1.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// The user document in the clear, where the program allows it.
    #[serde(default)]
    user_data: Option<UserData>,
}

impl PersonRequest {
    /// The person as given.
    pub fn open(self, call: &Call) -> Result<NewPerson, Refusal> {
        let sealed = ("encryptedUserData", self.encrypted_user_data.as_ref());
        let opened = call.open_either::<UserData, _>(sealed, ("userData", self.user_data))?;
        let none = "neither encryptedUserData nor userData is there";
        let opened = opened.ok_or_else(|| Refusal::of(&codes::USER_DATA_MISSING).because(none))?;
        Ok(opened.person())
    }
}

/// Where the holder stands at the gates.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GateResponse {
    kyc_pending_gate: &'static str,
    kyc_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempts_remaining: Option<u32>,
    kyc_state_data: KycStateWire,
}

impl From<GateState> for GateResponse {
    fn from(state: GateState) -> Self {
        Self {
            kyc_pending_gate: state.kyc.gate.map_or("none", |gate| gate.as_str()),
            kyc_status: state.kyc.kyc.as_str(),
            attempts_remaining: state.attempts_remaining,
            kyc_state_data: KycStateWire::of(state.kyc),
        }
    }
}

/// The answer of scanCapture.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ScanCaptureResponse {
    /// Replaces the social security number of one enrollment.
    #[serde(rename = "onboardingID")]
    #[schema(format = Uuid)]
    onboarding_id: String,
    verification_status: &'static str,
}

impl From<Scan> for ScanCaptureResponse {
    fn from(scan: Scan) -> Self {
        Self { onboarding_id: scan.id.to_string(), verification_status: "verified" }
    }
}

/// The answer to a request for a document.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentRequestResponse {
    /// Starts the SDK.
    docv_transaction_token: String,
    /// Where a customer without the SDK would go.
    url: String,
}

impl From<SdkDocument> for DocumentRequestResponse {
    fn from(document: SdkDocument) -> Self {
        let token = document.token;
        Self { url: format!("{SDK_HOME}/{token}"), docv_transaction_token: token }
    }
}
