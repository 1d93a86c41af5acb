//! The request document of POST enrollments, and how it becomes a [`NewEnrollment`] or a
//! [`NewUpgrade`].
//!
//! Members and nesting follow the reference page and the samples of Enrollments API Endpoints.
//! Members the vendor may add are passed over; plain user data comes as `user.userData`.

pub mod profile;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::model::{
    GivenBusiness, GivenInstantIssue, GivenTerms, NewEnrollment, NewUpgrade, Pin, masked,
};
use crate::crypto::Container;
use crate::domains::accounts::model::Account;
use crate::domains::accounts::wire::{AccountResponse, Shown};
use crate::domains::users::wire::UserData;
use crate::http::call::Call;
use crate::http::envelope::Empty;
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::{bounded_list, null_is_default};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Lists of a request: entries at most.
pub const ENTRIES_MAX: usize = 50;

/// The body of POST enrollments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EnrollmentRequest {
    #[serde(default, deserialize_with = "null_is_default")]
    user: UserPart,
    #[serde(default)]
    encrypted_fraud_data: Option<Container>,
    /// Ids of contact verifications that have been passed.
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    contact_verification_identifiers: Vec<String>,
    #[serde(default, deserialize_with = "null_is_default")]
    account: AccountPart,
    /// Order plastic beside the virtual card.
    #[serde(default, deserialize_with = "null_is_default")]
    request_physical_card_flag: Flag,
    /// Check the person's identity. Sanctions are screened in any case.
    #[serde(default, deserialize_with = "null_is_default")]
    execute_kyc_flag: Flag,
    /// Upgrade an account instead of making one.
    #[serde(default, deserialize_with = "null_is_default")]
    upgrade_flag: Flag,
    #[serde(default)]
    instant_issue: Option<InstantIssuePart>,
    #[serde(default)]
    encrypted_pin: Option<Container>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct UserPart {
    /// The user document, sealed by EC_v1.
    #[serde(default)]
    encrypted_user_data: Option<Container>,
    /// The user document in the clear, where the program allows it.
    #[serde(default)]
    user_data: Option<UserData>,
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    terms_acceptances: Vec<TermsPart>,
}

#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountPart {
    #[serde(default)]
    #[schema(example = "50400")]
    product_code: Option<String>,
    #[serde(default)]
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
    #[serde(default)]
    #[schema(example = "USD")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    terms_acceptances: Vec<TermsPart>,
    /// Free-form.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    fraud_data: Option<Json>,
    /// The account to be upgraded.
    #[serde(default)]
    account_identifier: Option<String>,
    #[serde(default)]
    partner_consumer_id: Option<String>,
    /// As in the user document, which counts where both have it.
    #[serde(default)]
    account_type: Option<String>,
}

/// One acceptance of terms; without a flag it is one.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TermsPart {
    terms_identifier: String,
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    terms_acceptance_date_time: Option<Timestamp>,
    #[serde(default)]
    terms_acceptance_flag: Option<Flag>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InstantIssuePart {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    mapping_identifier: Option<String>,
}

/// The answer: the account, or an empty object where the enrollment stopped half-way.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EnrollmentResponse {
    /// The account.
    Account(Box<AccountResponse>),
    /// `{"account": {}}`.
    Nothing {
        /// Always empty.
        account: Empty,
    },
}

impl EnrollmentResponse {
    /// The account with its sealed members made for this call.
    pub fn of(account: &Account, call: &Call) -> Self {
        Self::Account(Box::new(AccountResponse::of(account, call, Shown::Enrolled)))
    }

    /// The empty account.
    pub fn empty() -> Self {
        Self::Nothing { account: Empty {} }
    }
}

/// Where an account is activated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivationLinkResponse {
    #[schema(example = "https://activate.example.com/wf/6e289520-79a9-4da4-8444-6a9868f094f0")]
    activation_link: String,
}

impl ActivationLinkResponse {
    /// The link of an account: always the same one.
    pub fn of(world: &World, account: AccountId) -> Self {
        let token = world.source(&["activation-link", &account.to_string()]).id(|guid| guid);
        let program = world.code.as_str();
        Self { activation_link: format!("https://activate.example.com/{program}/{token}") }
    }
}

/// What a request asks for.
#[derive(Debug)]
pub enum Wish {
    /// Make an account.
    Enrollment(Box<NewEnrollment>),
    /// Upgrade one.
    Upgrade(Box<NewUpgrade>),
}

/// What `encryptedPin` holds.
#[derive(Deserialize)]
struct PinData {
    pin: String,
}

impl EnrollmentRequest {
    /// Opens the sealed members and reads the request. Nothing is judged yet but whether it can be
    /// read at all.
    pub fn open(mut self, call: &Call) -> Result<Wish, Refusal> {
        let user_data = open_user_data(&mut self.user, call)?;
        if user_data.is_none() && !self.upgrade_flag.0 {
            return Err(Refusal::of(&codes::USER_DATA_MISSING)
                .because("user holds neither encryptedUserData nor userData"));
        }
        let pin = match &self.encrypted_pin {
            Some(sealed) => Some(Pin(call.open::<PinData>("encryptedPin", sealed)?.pin)),
            None => None,
        };
        let fraud: Option<Json> = match &self.encrypted_fraud_data {
            Some(sealed) => Some(call.open("encryptedFraudData", sealed)?),
            None => None,
        };
        let document = self.document(fraud);
        Ok(if self.upgrade_flag.0 {
            Wish::Upgrade(Box::new(self.upgrade(user_data, pin, document)))
        } else {
            Wish::Enrollment(Box::new(self.enrollment(
                user_data.unwrap_or_default(),
                pin,
                document,
            )))
        })
    }

    fn enrollment(self, mut user: UserData, pin: Option<Pin>, document: Json) -> NewEnrollment {
        let terms = self.terms();
        let (account_type, data) = user.take_business();
        let account_type = account_type.or(self.account.account_type);
        NewEnrollment {
            person: user.person(),
            business: GivenBusiness { account_type, data },
            terms,
            product_code: self.account.product_code,
            material: self.account.product_material_type,
            currency: self.account.currency,
            partner_consumer_id: self.account.partner_consumer_id,
            wants_kyc: self.execute_kyc_flag.0,
            wants_plastic: self.request_physical_card_flag.0,
            instant_issue: self.instant_issue.map(InstantIssuePart::given),
            pin,
            contact_verifications: self.contact_verification_identifiers,
            document,
        }
    }

    fn upgrade(self, user: Option<UserData>, pin: Option<Pin>, document: Json) -> NewUpgrade {
        NewUpgrade {
            terms: self.terms(),
            account: self.account.account_identifier,
            person: user.map(UserData::person),
            product_code: self.account.product_code,
            material: self.account.product_material_type,
            currency: self.account.currency,
            wants_kyc: self.execute_kyc_flag.0,
            wants_plastic: self.request_physical_card_flag.0,
            pin,
            contact_verifications: self.contact_verification_identifiers,
            document,
        }
    }

    fn terms(&self) -> Vec<GivenTerms> {
        let terms = self.user.terms_acceptances.iter().chain(&self.account.terms_acceptances);
        terms.map(TermsPart::given).collect()
    }

    /// Everything that was asked for beside the person, as it is kept.
    fn document(&self, fraud: Option<Json>) -> Json {
        // Free-form members may hold anything, an identity number too.
        masked(&json!({
            "user": { "termsAcceptances": self.user.terms_acceptances },
            "account": self.account,
            "contactVerificationIdentifiers": self.contact_verification_identifiers,
            "requestPhysicalCardFlag": self.request_physical_card_flag,
            "executeKycFlag": self.execute_kyc_flag,
            "upgradeFlag": self.upgrade_flag,
            "instantIssue": self.instant_issue,
            "fraudData": fraud,
        }))
    }
}

/// The user document, sealed or plain, if there is one.
fn open_user_data(user: &mut UserPart, call: &Call) -> Result<Option<UserData>, Refusal> {
    let sealed = ("user.encryptedUserData", user.encrypted_user_data.as_ref());
    call.open_either::<UserData, _>(sealed, ("user.userData", user.user_data.take()))
}

impl InstantIssuePart {
    fn given(self) -> GivenInstantIssue {
        GivenInstantIssue { kind: self.kind, mapping_identifier: self.mapping_identifier }
    }
}

impl TermsPart {
    /// The acceptance as given.
    pub fn given(&self) -> GivenTerms {
        GivenTerms {
            identifier: self.terms_identifier.clone(),
            accepted_at: self.terms_acceptance_date_time,
            accepted: self.terms_acceptance_flag.is_none_or(|flag| flag.0),
        }
    }
}
