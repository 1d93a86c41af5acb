//! Bodies of the calls that change a user, and how they are read. Members of PUT user follow its
//! reference page; of PUT name only the meaning is printed, so it has the user document of all
//! other calls, and a document as profile attachments have it.

use serde::Deserialize;
use utoipa::ToSchema;

use super::UserData;
use crate::crypto::Container;
use crate::domains::accounts::model::TransferAcceptance;
use crate::domains::enrollments::wire::{ENTRIES_MAX, TermsPart};
use crate::domains::users::model::{NameChange, UserUpdate};
use crate::http::call::Call;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::bounded_list;

/// The body of PUT user. What is absent stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateUserRequest {
    /// The parts of the user document that change, sealed by EC_v1.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// The same in the clear, where the program allows it.
    #[serde(default)]
    user_data: Option<UserData>,
    /// manual or automatic; ManualAccept and AutoAccept are understood.
    #[serde(default)]
    #[schema(example = "automatic")]
    peer_transfer_accept_preference: Option<String>,
    /// Terms of the account opted in to or out of.
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    terms_acceptances: Vec<TermsPart>,
    /// Ids of contact verifications that have been passed.
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    contact_verification_identifiers: Vec<String>,
    /// Of the partner's own login; passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    user_id_create_date: Option<String>,
    /// Of the partner's own login; passed over.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    password_change_date: Option<String>,
}

impl UpdateUserRequest {
    /// Opens the user document and reads the request.
    pub fn open(self, call: &Call) -> Result<UserUpdate, Refusal> {
        let sealed = ("encryptedUserData", self.encrypted_user_data.as_ref());
        let opened = call.open_either::<UserData, _>(sealed, ("userData", self.user_data))?;
        let acceptance = self.peer_transfer_accept_preference.as_deref().map(acceptance);
        let is_empty = opened.is_none()
            && acceptance.is_none()
            && self.terms_acceptances.is_empty()
            && self.contact_verification_identifiers.is_empty();
        if is_empty {
            return Err(Refusal::of(&codes::USER_DATA_MISSING)
                .because("the body holds nothing that could change"));
        }
        Ok(UserUpdate {
            person: opened.map(UserData::person).unwrap_or_default(),
            acceptance: acceptance.transpose()?,
            terms: self.terms_acceptances.iter().map(TermsPart::given).collect(),
            contact_verifications: self.contact_verification_identifiers,
        })
    }
}

/// Guides and reference page have different words for the same two.
fn acceptance(text: &str) -> Result<TransferAcceptance, Refusal> {
    match text.to_ascii_lowercase().as_str() {
        "manual" | "manualaccept" => Ok(TransferAcceptance::Manual),
        "automatic" | "auto" | "autoaccept" => Ok(TransferAcceptance::Automatic),
        _ => Err(Refusal::of(&codes::MEMBER_INVALID)
            .under("ACC-5")
            .saying("peerTransferAcceptPreference must be manual or automatic.")),
    }
}

/// The body of PUT user name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateNameRequest {
    /// The user document, sealed by EC_v1; its names alone are read.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// The same in the clear, where the program allows it.
    #[serde(default)]
    user_data: Option<UserData>,
    /// marriage, divorce or courtOrder.
    #[serde(default)]
    #[schema(example = "marriage")]
    reason: Option<String>,
    /// What shows it; looked at and not kept.
    #[serde(default)]
    supporting_document: Option<DocumentPart>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct DocumentPart {
    /// In base64.
    #[serde(default)]
    #[schema(example = "QUJD")]
    file_data: Option<String>,
    /// Passed over.
    #[serde(default)]
    #[schema(example = "pdf")]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    file_extension: Option<String>,
}

impl std::fmt::Debug for DocumentPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DocumentPart(***)")
    }
}

impl UpdateNameRequest {
    /// Opens the user document and reads the request.
    pub fn open(self, call: &Call) -> Result<NameChange, Refusal> {
        let sealed = ("encryptedUserData", self.encrypted_user_data.as_ref());
        let opened = call.open_either::<UserData, _>(sealed, ("userData", self.user_data))?;
        Ok(NameChange {
            person: opened.map(UserData::person).unwrap_or_default(),
            reason: self.reason,
            document: self.supporting_document.and_then(|document| document.file_data),
        })
    }
}
