//! The request document of completing a registration.

use serde::Deserialize;
use utoipa::ToSchema;

use super::model::Completion;
use crate::http::formats::Flag;
use crate::kernel::strict_json::null_is_default;

/// The body of POST paymentInstruments. Every member may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CompletionRequest {
    /// The account of the path, once more.
    #[serde(default)]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    /// A holder of it.
    #[serde(default)]
    #[schema(format = Uuid)]
    user_identifier: Option<String>,
    /// Instead of the material asked for when enrolling.
    #[serde(default)]
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
    /// Instead of what was asked for when enrolling.
    #[serde(default)]
    request_physical_card_flag: Option<Flag>,
    /// Completes an upgrade.
    #[serde(default, deserialize_with = "null_is_default")]
    upgrade_flag: Flag,
    /// Passed over: no product here has temporary cards.
    #[serde(default)]
    #[expect(dead_code, reason = "read so that a wrong type is refused, and never used")]
    request_temp_card_only: Option<Flag>,
}

impl From<CompletionRequest> for Completion {
    fn from(body: CompletionRequest) -> Self {
        Self {
            account: body.account_identifier,
            user: body.user_identifier,
            material: body.product_material_type,
            wants_plastic: body.request_physical_card_flag.map(|flag| flag.0),
            is_upgrade: body.upgrade_flag.0,
        }
    }
}
