//! Bodies of the feature operations. Members follow "Account Features Overview" of Optional API
//! Add-Ons; the list with dates is what its reference page speaks of.

use axum::extract::RawPathParams;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::Enrolled;
use crate::domains::accounts::wire::account_id as parse_account_id;
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::settings::FeaturesShown;

/// The body of PUT feature.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateFeatureRequest {
    /// `true` enrolls, `false` unenrolls.
    pub authorize: Flag,
}

/// The account identifier of the path, refused in this family's own words.
pub fn account_id(path: &RawPathParams) -> Result<AccountId, Refusal> {
    parse_account_id(path).map_err(|refusal| {
        Refusal::of(&codes::ACCOUNT_IDENTIFIER_INVALID).because(refusal.description)
    })
}

/// The answer of GET features.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FeaturesResponse {
    features: Vec<FeatureShown>,
}

/// One feature: its id in small letters, or its id with its dates.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
enum FeatureShown {
    Id(String),
    #[serde(rename_all = "camelCase")]
    Dates {
        #[schema(example = "nb100")]
        feature_id: String,
        #[schema(value_type = String, format = DateTime)]
        start_date: Timestamp,
        /// Empty: what has ended is not listed.
        #[schema(value_type = Option<String>, format = DateTime)]
        expired_date: Option<Timestamp>,
    },
}

impl FeaturesResponse {
    /// The features of an account, as the program has them shown.
    pub fn of(enrolled: &[Enrolled], shown: FeaturesShown) -> Self {
        let one = |feature: &Enrolled| {
            let feature_id = feature.id.to_ascii_lowercase();
            match shown {
                FeaturesShown::Ids => FeatureShown::Id(feature_id),
                FeaturesShown::Dates => FeatureShown::Dates {
                    feature_id,
                    start_date: feature.started_at,
                    expired_date: None,
                },
            }
        };
        Self { features: enrolled.iter().map(one).collect() }
    }
}
