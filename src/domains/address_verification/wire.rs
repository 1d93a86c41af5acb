//! Bodies of address verification. Members follow the schema of "Verify User Address"; its sample
//! spells `type` as `addressType`, so both are answered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{GivenAddress, Suggestion, Verdict};
use crate::domains::users::names::composed;

/// The country of all suggestions.
const COUNTRY: &str = "USA";

/// The body of POST addressVerification. All but `addressLine2` are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAddressRequest {
    /// At most 40 characters.
    #[serde(default)]
    #[schema(example = "123 Timbuktu St")]
    address_line1: Option<String>,
    /// At most 40 characters.
    #[serde(default)]
    address_line2: Option<String>,
    /// At most 25 characters.
    #[serde(default)]
    #[schema(example = "Pasadena")]
    city: Option<String>,
    /// A postal code or a name.
    #[serde(default)]
    #[schema(example = "CA")]
    state: Option<String>,
    /// Five or nine digits.
    #[serde(default)]
    #[schema(example = "91107")]
    zip_code: Option<String>,
}

impl VerifyAddressRequest {
    /// The address as given.
    pub fn given(self) -> GivenAddress {
        let filled = |text: Option<String>| {
            text.map(|text| composed(text.trim())).filter(|text| !text.is_empty())
        };
        GivenAddress {
            line1: filled(self.address_line1),
            line2: filled(self.address_line2),
            city: filled(self.city),
            state: filled(self.state),
            zip: filled(self.zip_code),
        }
    }
}

/// The answer of POST addressVerification.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerifyAddressResponse {
    addresses: Vec<SuggestedAddressWire>,
    /// Whether mail reaches the address as it was given, whatever its spelling.
    is_valid_address: bool,
    /// `verified`, `interactionRequired`, `premisesPartial`, `streetPartial`, `multiple` or `none`.
    #[schema(example = "verified")]
    match_level: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SuggestedAddressWire {
    address_line1: String,
    /// Empty if there is none.
    address_line2: String,
    city: String,
    state: String,
    zip_code: String,
    #[schema(example = "USA")]
    country_code: &'static str,
    /// `street`, `highRise`, `postOfficeBox` or `military`.
    #[serde(rename = "type")]
    #[schema(example = "street")]
    kind: &'static str,
    /// The same as `type`.
    #[schema(example = "street")]
    address_type: &'static str,
}

impl From<Verdict> for VerifyAddressResponse {
    fn from(verdict: Verdict) -> Self {
        Self {
            is_valid_address: verdict.is_valid(),
            match_level: verdict.level.as_str(),
            addresses: verdict.suggestions.into_iter().map(SuggestedAddressWire::from).collect(),
        }
    }
}

impl From<Suggestion> for SuggestedAddressWire {
    fn from(Suggestion { address, kind }: Suggestion) -> Self {
        Self {
            address_line1: address.line1,
            address_line2: address.line2,
            city: address.city,
            state: address.state,
            zip_code: address.zip,
            country_code: COUNTRY,
            kind: kind.as_str(),
            address_type: kind.as_str(),
        }
    }
}
