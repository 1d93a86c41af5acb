//! Inventing persons: valid, unused in their world, and with the outcome that was asked for.
//!
//! The n-th person of a world is always the same. So far one outcome is built: `approved`.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;

use super::store;
use super::world::World;
use super::worlds::Worlds;
use crate::db::{DbError, Key};

/// What is to become of the person's enrollment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum PersonOutcome {
    /// Enrolled at once: normal and healthy.
    #[default]
    Approved,
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
) -> Result<Person, DbError> {
    let mut unit = worlds.db().begin(world.scope(vec![Key::people(&world.code)])).await?;
    let number = store::people_issued(&mut unit, &world.code).await?;
    store::set_people_issued(&mut unit, &world.code, number + 1);
    unit.commit().await?;
    Ok(person(world, number.unsigned_abs(), outcome))
}

/// The person of this number.
fn person(world: &World, number: u64, outcome: PersonOutcome) -> Person {
    let mut source = world.source(&["person", &number.to_string()]);
    let first = FIRST_NAMES[source.below(FIRST_NAMES.len() as u64) as usize];
    let last = LAST_NAMES[source.below(LAST_NAMES.len() as u64) as usize];
    // Both factors are prime to their modulus, so each number gives another SSN and phone.
    let serial = number % PEOPLE_MAX;
    let ssn = format!("10{:07}", (serial * 7_368_787 + 1_234_567) % 10_000_000);
    let phone = format!("626{:07}", 2_000_000 + (serial * 3_000_017 + 345_678) % PEOPLE_MAX);
    // Of age in every world whose clock shows 1998 or later.
    let (year, month, day) = (1930 + source.below(50), 1 + source.below(12), 1 + source.below(28));
    let user_data = json!({
        "profileData": {
            "firstName": first,
            "lastName": last,
            "addresses": [{
                "addressLine1": format!("{} Colorado Blvd", 100 + source.below(9_000)),
                "city": "Pasadena", "state": "CA", "zipCode": "91101", "countryCode": "USA",
                "type": "home", "isDefault": true,
            }],
        },
        "identifyingData": { "dateOfBirth": format!("{year}-{month:02}-{day:02}"), "ssn": ssn },
        "email": { "emailAddress": format!("{first}.{last}.{serial}@example.com").to_lowercase() },
        "phoneNumbers": [{ "number": phone, "type": "mobile", "isDefault": true }],
    });
    Person { outcome, user_data }
}
