//! Scanned identity documents: an applicant without a social security number enrolls with the id of
//! one. Follows the Matricula part of Enrollments API Endpoints.

use super::model::{GivenDocument, Scan};
use super::rules;
use super::store;
use crate::db::{Db, DbError, Key, Work};
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, OnboardingId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Last characters of an id that may be shown.
const LAST4: usize = 4;

/// A request to keep a scan.
#[derive(Debug)]
pub struct NewScan {
    /// The product that the person is to be enrolled in.
    pub product_code: Option<String>,
    /// The document.
    pub document: GivenDocument,
}

/// Takes a scan: it is verified at once, and its id is made of the request id, so that the same
/// call again answers the same.
pub async fn capture(
    db: &Db,
    world: &World,
    (request_id, now): (&str, Timestamp),
    new: &NewScan,
) -> Result<Outcome<Scan>, DbError> {
    let product = new.product_code.as_deref().and_then(|code| world.settings.product(code));
    if product.is_none() {
        return Ok(Outcome::refused(Refusal::of(&codes::UNKNOWN_PRODUCT)));
    }
    if let Some(denial) = rules::judge_document(&new.document) {
        return Ok(Outcome::refused(denial.refusal().under("GATE-1")));
    }
    let id = world.source(&["scan", request_id]).id(OnboardingId::new);
    let mut unit = db.begin(world.scope(vec![Key::request(&world.code, request_id)])).await?;
    let text = id.to_string();
    if let Some(known) = store::find_scan(&mut unit, &world.code, &text).await? {
        return Ok(Outcome::Done(known));
    }
    let last4 = &text[text.len() - LAST4..];
    store::insert_scan(&mut unit, &world.code, (id, last4), now);
    unit.commit().await?;
    Ok(Outcome::Done(Scan { id, is_used: false }))
}

/// Why nobody may be enrolled with this id; `None` if somebody may. The unit must hold the key of
/// the identity.
pub async fn refused(unit: &mut Work, world: &World, id: &str) -> Result<Option<Refusal>, DbError> {
    let facts = match store::find_scan(unit, &world.code, id).await? {
        Some(scan) if !scan.is_used => return Ok(None),
        Some(_) => "an account was enrolled with this onboardingID before",
        None => "no scan of this program has this onboardingID",
    };
    Ok(Some(Refusal::of(&codes::ONBOARDING_ID_UNKNOWN).because(facts)))
}

/// Collects that an account was enrolled with a scan.
pub fn take(unit: &mut Work, world: &World, id: &str, account: AccountId) {
    store::take_scan(unit, &world.code, id, account);
}
