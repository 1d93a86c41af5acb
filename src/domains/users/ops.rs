//! What the rules of a user document need to know, gathered from the program; and profiles as
//! they are stored.

use super::model::{Profile, WantedNumber};
use super::names::Letters;
use super::rules::UserFacts;
use crate::db::DbError;
use crate::kernel::time::Timestamp;
use crate::programs::settings::{
    CityRule, NameCharacters, NamePreset, Product, Settings, WantedIdentity,
};

/// The facts at this moment of the world. Without a product, nothing that products decide is
/// demanded.
pub fn facts(
    settings: &Settings,
    product: Option<&Product>,
    wants_kyc: bool,
    now: Timestamp,
) -> UserFacts {
    let city_is_required = match settings.addresses.city {
        CityRule::Always => true,
        CityRule::Never => false,
        CityRule::WithPhysicalCard => product.is_some_and(|product| product.physical_card),
    };
    UserFacts {
        strict_names: settings.names.preset == NamePreset::Strict25,
        letters: match settings.names.characters {
            NameCharacters::Latin => Letters::Latin,
            NameCharacters::Ascii => Letters::Ascii,
        },
        city_is_required,
        wants_kyc,
        pie_mode: settings.pie_mode,
        wanted_number: match product.map(|product| product.identity).unwrap_or_default() {
            WantedIdentity::Either => WantedNumber::Either,
            WantedIdentity::Ssn => WantedNumber::Ssn,
            WantedIdentity::SsnSuffix => WantedNumber::SsnSuffix,
        },
        today: now.date(),
    }
}

/// Reads a profile as it is stored with its holder.
pub fn read_profile(text: &str) -> Result<Profile, DbError> {
    serde_json::from_str(text)
        .map_err(|cause| DbError::Unreadable(format!("users.profile: {cause}")))
}
