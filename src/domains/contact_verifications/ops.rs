//! Use cases on contact verifications: generating one, checking a code, reading, and telling
//! enrollments which ones will do.

use super::model::{Code, ContactVerification, GivenContact, UnfitContact, VerificationState};
use super::{rules, store};
use crate::db::{Db, DbError, Key, Read};
use crate::domains::users::ops as users;
use crate::kernel::codes;
use crate::kernel::ids::ContactVerificationId;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::page::Page;
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Digits of a code that is drawn.
const CODE_DIGITS: usize = 6;
const MINUTE_MS: i64 = 60_000;

/// Generates a verification. Its id is made of request id and contact, so that the same call again
/// answers the same one.
pub async fn generate(
    db: &Db,
    (world, request_id): (&World, &str),
    given: &GivenContact,
    now: Timestamp,
) -> Result<Outcome<ContactVerificationId>, DbError> {
    let facts = users::facts(&world.settings, None, false, now);
    let asked = match rules::read(&facts, given) {
        Ok(asked) => asked,
        Err(denial) => return Ok(Outcome::refused(denial.refusal())),
    };
    let (kind, handle) = (asked.contact.kind.as_str(), asked.contact.handle.as_str());
    let mut source = world.source(&["contact-verification", request_id, kind, handle]);
    let id = source.id(ContactVerificationId::new);
    let mut unit = db.begin(world.scope(vec![Key::contact_verification(&world.code, id)])).await?;
    if store::find(&mut unit, &world.code, id).await?.is_some() {
        return Ok(Outcome::Done(id));
    }
    let settings = &world.settings.contact_verification;
    let lifetime_ms = i64::from(settings.lifetime_minutes) * MINUTE_MS;
    let new = ContactVerification {
        id,
        asked,
        code: code(world, &mut source),
        state: VerificationState::Pending,
        tries: 0,
        tries_allowed: settings.tries,
        created_at: now,
        expires_at: now.plus_millis(lifetime_ms),
    };
    store::insert(&mut unit, &world.code, &new);
    unit.commit().await?;
    Ok(Outcome::Done(id))
}

fn code(world: &World, source: &mut Source) -> Code {
    let fixed = world.settings.contact_verification.code.clone();
    Code::new(fixed.unwrap_or_else(|| source.digits(CODE_DIGITS)))
}

/// Checks a code: tries are counted, and what is decided stays.
pub async fn check(
    db: &Db,
    world: &World,
    (id, given): (ContactVerificationId, &str),
    now: Timestamp,
) -> Result<Outcome<()>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::contact_verification(&world.code, id)])).await?;
    let Some(known) = store::find(&mut unit, &world.code, id).await? else {
        return Ok(Outcome::refused(not_found(id)));
    };
    let (after, denial) = rules::check(&known, given, now);
    if after != known {
        store::update(&mut unit, &world.code, &after);
    }
    unit.commit().await?;
    Ok(denial.map_or(Outcome::Done(()), |denial| Outcome::refused(denial.refusal(&after))))
}

fn not_found(id: ContactVerificationId) -> Refusal {
    Refusal::of(&codes::VERIFICATION_NOT_FOUND)
        .because(format!("the program has no contact verification {id}"))
}

/// One verification, or the refusal of an unknown one.
pub async fn get(
    mut read: impl Read,
    world: &World,
    id: ContactVerificationId,
) -> Result<Result<ContactVerification, Refusal>, DbError> {
    let found = store::find(&mut read, &world.code, id).await?;
    Ok(found.ok_or_else(|| not_found(id)))
}

/// Verifications of a program, newest first; of one contact, if its handle is given.
pub async fn list(
    mut read: impl Read,
    world: &World,
    handle: Option<&str>,
    page: Page,
) -> Result<Vec<ContactVerification>, DbError> {
    let handle = handle.map(rules::handle_meant);
    store::list(&mut read, &world.code, handle.as_deref(), page).await
}

/// The first of these identifiers that names no verified contact of the program, where the program
/// is strict about it; else nothing is read. What is verified stays so: no key is needed.
pub async fn unfit(
    read: &mut impl Read,
    world: &World,
    identifiers: &[String],
    now: Timestamp,
) -> Result<Option<UnfitContact>, DbError> {
    if !world.settings.contact_verification.strict {
        return Ok(None);
    }
    for (at, text) in identifiers.iter().enumerate() {
        let found = match text.parse() {
            Ok(id) => store::find(read, &world.code, id).await?,
            Err(_) => None,
        };
        let state = found.map(|verification| verification.state_at(now));
        if state != Some(VerificationState::Verified) {
            return Ok(Some(UnfitContact { at, state }));
        }
    }
    Ok(None)
}
