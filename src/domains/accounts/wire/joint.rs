//! The body of POST AccountHolder, and how it becomes a person who is to join. Members follow the
//! Joint Accounts page; the physical card flag has two names there, both are taken.

use serde::Deserialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::crypto::Container;
use crate::domains::accounts::rules::Joining;
use crate::domains::enrollments::model::GivenTerms;
use crate::domains::enrollments::wire::ENTRIES_MAX;
use crate::domains::users::model::NewPerson;
use crate::domains::users::wire::UserData;
use crate::http::call::Call;
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::{self, bounded_list};
use crate::kernel::time::Timestamp;

/// The body of POST AccountHolder.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountHolderRequest {
    #[serde(default)]
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
    /// Order plastic beside the virtual card; true if absent.
    #[serde(default)]
    request_physical_card: Option<Flag>,
    /// In place of `requestPhysicalCard`.
    #[serde(default)]
    request_physical_card_flag: Option<Flag>,
    /// Required.
    #[serde(default)]
    #[schema(example = "USD")]
    currency: Option<String>,
    #[serde(default, deserialize_with = "bounded_list::<_, _, ENTRIES_MAX>")]
    terms_acceptances: Vec<JointTerms>,
    /// The user document, sealed by EC_v1 or, where the program allows it, plain.
    #[serde(default)]
    #[schema(value_type = Object)]
    user_profile: Option<Json>,
}

/// One acceptance of terms; all of it is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct JointTerms {
    terms_identifier: String,
    #[schema(value_type = String, format = DateTime)]
    terms_acceptance_date_time: Timestamp,
    terms_acceptance_flag: Flag,
}

impl AccountHolderRequest {
    /// Opens the user document and reads the request.
    pub fn open(self, call: &Call) -> Result<Joining, Refusal> {
        let user_data = open_profile(self.user_profile.as_ref(), call)?;
        let wants_plastic = self.request_physical_card.or(self.request_physical_card_flag);
        Ok(Joining {
            // Who joins is always identified, whether the document says so or not.
            person: NewPerson { has_identifying_data: true, ..user_data.person() },
            material: self.product_material_type,
            currency: self.currency.unwrap_or_default(),
            terms: self.terms_acceptances.into_iter().map(JointTerms::given).collect(),
            wants_plastic: wants_plastic.is_none_or(|flag| flag.0),
        })
    }
}

/// A sealed document is told from a plain one by its ephemeral key.
fn open_profile(profile: Option<&Json>, call: &Call) -> Result<UserData, Refusal> {
    let missing = || Refusal::of(&codes::USER_DATA_MISSING).because("userProfile is missing");
    let profile = profile.ok_or_else(missing)?;
    let invalid = |problem: strict_json::JsonProblem| {
        Refusal::of(&codes::BODY_INVALID).saying(format!("userProfile.{problem}"))
    };
    let is_sealed = profile.get("ephemeralPublicKey").is_some();
    let sealed: Option<Container> =
        is_sealed.then(|| strict_json::read(profile)).transpose().map_err(invalid)?;
    let plain: Option<UserData> =
        (!is_sealed).then(|| strict_json::read(profile)).transpose().map_err(invalid)?;
    let (sealed, plain) = (("userProfile", sealed.as_ref()), ("userProfile", plain));
    let opened = call.open_either::<UserData, _>(sealed, plain)?;
    opened.ok_or_else(missing)
}

impl JointTerms {
    fn given(self) -> GivenTerms {
        GivenTerms {
            identifier: self.terms_identifier,
            accepted_at: Some(self.terms_acceptance_date_time),
            accepted: self.terms_acceptance_flag.0,
        }
    }
}
