//! Inventing persons: valid, unused in their world, and with the outcome that was asked for.
//!
//! What becomes of a person is written into the SSN, by the table of prefixes that the program goes
//! by, or into the member that will be refused. The n-th person of a world is always the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::settings::IdvVendor;
use super::store;
use super::world::World;
use super::worlds::Worlds;
use crate::db::{DbError, Key};

/// What is to become of the person's enrollment.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum PersonOutcome {
    /// Enrolled at once: normal and healthy.
    #[default]
    Approved,
    /// The full identity number is wanted: pending, gate kyc2. Socure's table only.
    Kyc2Needed,
    /// Documents are wanted: pending, gate idv.
    IdvNeeded,
    /// Documents are wanted, and there is a sanctions match: locked, gate idv.
    IdvNeededOfacMatch,
    /// A sanctions match is to be reviewed: gate manual.
    OfacMatch,
    /// The identity check fails for good: locked, gate none.
    KycFailed,
    /// The identity source says under 18: locked, gate none. IDology's table only.
    UnderAge,
    /// Both checks fail: locked, gate manual. IDology's table only.
    KycAndOfacFailed,
    /// Lives where the product is not sold: 3/65, no account.
    RegionRefused,
    /// A birth date that does not exist: 700/0, no account.
    InputInvalid,
}

impl PersonOutcome {
    /// What the SSN begins with; `None` if the table of the program has no such outcome.
    fn ssn_prefix(self, vendor: IdvVendor) -> Option<&'static str> {
        use IdvVendor::{Idology, Socure};
        match (self, vendor) {
            (Self::Approved | Self::RegionRefused | Self::InputInvalid, _) => Some("10"),
            (Self::KycFailed, _) => Some("451"),
            (Self::OfacMatch, _) => Some("401"),
            (Self::IdvNeeded, _) => Some("991"),
            (Self::IdvNeededOfacMatch, _) => Some("992"),
            (Self::Kyc2Needed, Socure) | (Self::UnderAge, Idology) => Some("554"),
            (Self::KycAndOfacFailed, Idology) => Some("452"),
            (Self::Kyc2Needed, Idology) | (Self::UnderAge | Self::KycAndOfacFailed, Socure) => None,
        }
    }
}

/// Why nobody was invented.
#[derive(Debug, thiserror::Error)]
pub enum InventError {
    /// The table of SSN prefixes does not have the outcome.
    #[error("outcome: no SSN of the table that kyc.vendor names has it; change kyc.vendor")]
    NotInTable,
    /// Outside PIE mode SSNs decide nothing.
    #[error("outcome: SSNs decide nothing while pieMode is false")]
    NotInPie,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An invented person.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Person {
    /// The outcome that was asked for.
    pub outcome: PersonOutcome,
    /// The user document, ready for `user.userData` or to be sealed into `encryptedUserData`.
    #[schema(value_type = Object)]
    pub user_data: Json,
}

/// Persons a world can hold before numbers repeat.
const PEOPLE_MAX: u64 = 8_000_000;
const FIRST_NAMES: [&str; 16] = [
    "Ada", "Bruno", "Clara", "Dario", "Elena", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katia",
    "Leon", "Mira", "Nils", "Olga", "Pavel",
];
const LAST_NAMES: [&str; 16] = [
    "Abbott", "Becker", "Carter", "Dalton", "Ellis", "Foster", "Garner", "Hollis", "Irving",
    "Jansen", "Keller", "Larsen", "Mercer", "Norris", "Okafor", "Palmer",
];

/// Invents the next person of a world.
pub async fn invent(
    worlds: &Worlds,
    world: &World,
    outcome: PersonOutcome,
) -> Result<Person, InventError> {
    let settings = &world.settings;
    let prefix = outcome.ssn_prefix(settings.kyc.vendor).ok_or(InventError::NotInTable)?;
    if !settings.pie_mode && prefix != "10" {
        return Err(InventError::NotInPie);
    }
    let mut unit = worlds.db().begin(world.scope(vec![Key::people(&world.code)])).await?;
    let number = store::people_issued(&mut unit, &world.code).await?;
    store::set_people_issued(&mut unit, &world.code, number + 1);
    unit.commit().await?;
    Ok(person(world, number.unsigned_abs(), (outcome, prefix)))
}

/// The person of this number.
fn person(world: &World, number: u64, (outcome, prefix): (PersonOutcome, &str)) -> Person {
    let mut source = world.source(&["person", &number.to_string()]);
    let first = FIRST_NAMES[source.below(FIRST_NAMES.len() as u64) as usize];
    let last = LAST_NAMES[source.below(LAST_NAMES.len() as u64) as usize];
    // Both factors are prime to their modulus, so each number gives another SSN and phone.
    let serial = number % PEOPLE_MAX;
    let digits = 9 - prefix.len();
    let room = 10u64.pow(u32::try_from(digits).unwrap_or_default());
    let ssn = format!("{prefix}{:0digits$}", (serial * 7_368_787 + 1_234_567) % room);
    let phone = format!("626{:07}", 2_000_000 + (serial * 3_000_017 + 345_678) % PEOPLE_MAX);
    // Of age in every world whose clock shows 1998 or later.
    let (year, month, day) = (1930 + source.below(50), 1 + source.below(12), 1 + source.below(28));
    let (state, zip) = match outcome {
        PersonOutcome::RegionRefused => ("PR", "00901"),
        _ => ("CA", "91101"),
    };
    let born = match outcome {
        PersonOutcome::InputInvalid => format!("{year}-02-30"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    let user_data = json!({
        "profileData": {
            "firstName": first,
            "lastName": last,
            "addresses": [{
                "addressLine1": format!("{} Colorado Blvd", 100 + source.below(9_000)),
                "city": "Pasadena", "state": state, "zipCode": zip, "countryCode": "USA",
                "type": "home", "isDefault": true,
            }],
        },
        "identifyingData": { "dateOfBirth": born, "ssn": ssn },
        "email": { "emailAddress": format!("{first}.{last}.{serial}@example.com").to_lowercase() },
        "phoneNumbers": [{ "number": phone, "type": "mobile", "isDefault": true }],
    });
    Person { outcome, user_data }
}
