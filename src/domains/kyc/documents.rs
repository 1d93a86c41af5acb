//! Documents that the vendor's SDK takes: the partner asks for one, the customer goes through the
//! SDK, the partner hands the result in. A tester stands in for customer and SDK. Follows the two
//! pages on integrating the Socure SDK.

use super::model::{DocumentState, SdkDocument, Subject};
use super::store;
use super::visit::{Caller, Visit, nobody};
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::accounts::model::{Account, DocumentOutcome, KycGate};
use crate::domains::accounts::ops as accounts;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, DocumentId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::page::Page;
use crate::programs::world::World;

/// Documents that may be asked for and not yet taken, of one account; beyond, the newest of them is
/// answered again.
const OPEN_MAX: usize = 20;

/// Asks for a document of a holder, of the primary one if none is named. The token is made of the
/// request id, so that the same call again answers the same.
pub async fn request(
    db: &Db,
    caller: &Caller<'_>,
    request_id: &str,
    (account, user): (AccountId, Option<UserId>),
) -> Result<Outcome<SdkDocument>, DbError> {
    let world = caller.world;
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, account)])).await?;
    let user = match user {
        Some(user) => user,
        None => match primary(&accounts::get_in(&mut unit, world, account).await?.account) {
            Some(user) => user,
            None => return Ok(nobody()),
        },
    };
    let Some(visit) = Visit::find(&mut unit, world, (account, user)).await? else {
        return Ok(nobody());
    };
    let awaits = |subject| visit.awaits(KycGate::Idv, subject);
    if !awaits(Subject::Account) && !awaits(Subject::Upgrade) {
        return Ok(visit.wrong_gate());
    }
    let labels = ["docv", request_id, &account.to_string(), &user.to_string()];
    let mut source = world.source(&labels);
    let token = source.id(DocumentId::new).to_string();
    if let Some(known) = store::by_token(&mut unit, &world.code, &token).await? {
        return Ok(Outcome::Done(known));
    }
    let limit = i64::try_from(OPEN_MAX).unwrap_or(i64::MAX);
    let open = store::requested(&mut unit, &world.code, (account, limit)).await?;
    if open.len() >= OPEN_MAX
        && let Some(newest) = open.into_iter().find(|document| document.user == user)
    {
        return Ok(Outcome::Done(newest));
    }
    let document = SdkDocument {
        token,
        id: source.id(DocumentId::new),
        account,
        user,
        state: DocumentState::Requested,
        outcome: None,
        created_at: caller.now,
    };
    store::insert_document(&mut unit, &world.code, &document);
    unit.commit().await?;
    Ok(Outcome::Done(document))
}

fn primary(account: &Option<Account>) -> Option<UserId> {
    Some(account.as_ref()?.primary()?.user_id)
}

/// Collects that a document was handed in, and tells what becomes of it; or why it cannot be.
pub(super) async fn submit(
    unit: &mut Work,
    world: &World,
    holder: (AccountId, UserId),
    id: DocumentId,
) -> Result<Result<DocumentOutcome, Refusal>, DbError> {
    let refused = |facts: &str| {
        let says = "documentUuid names no finished document of this user.";
        Ok(Err(Refusal::of(&codes::MEMBER_INVALID).under("GATE-2").saying(says).because(facts)))
    };
    let found = store::by_id(unit, &world.code, id).await?;
    let Some(document) = found.filter(|it| (it.account, it.user) == holder) else {
        return refused("documentUuid is unknown, or of another user");
    };
    match (document.state, document.outcome) {
        (DocumentState::Finished, Some(outcome)) => {
            let submitted = SdkDocument { state: DocumentState::Submitted, ..document };
            store::update_document(unit, &world.code, &submitted);
            Ok(Ok(outcome))
        }
        (DocumentState::Submitted, _) => refused("the document was handed in before"),
        _ => refused("the SDK has not taken the document yet"),
    }
}

/// What came of finishing a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// It is finished now.
    Done(SdkDocument),
    /// It was before, and stays as it was.
    Before(DocumentState),
    /// There is no such token.
    Unknown,
}

/// Finishes a document as customer and SDK would.
pub async fn finish(
    db: &Db,
    world: &World,
    token: &str,
    outcome: DocumentOutcome,
) -> Result<Finished, DbError> {
    let mut read = db;
    let Some(known) = store::by_token(&mut read, &world.code, token).await? else {
        return Ok(Finished::Unknown);
    };
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, known.account)])).await?;
    let Some(document) = store::by_token(&mut unit, &world.code, token).await? else {
        return Ok(Finished::Unknown);
    };
    if document.state != DocumentState::Requested {
        return Ok(Finished::Before(document.state));
    }
    let finished =
        SdkDocument { state: DocumentState::Finished, outcome: Some(outcome), ..document };
    store::update_document(&mut unit, &world.code, &finished);
    unit.commit().await?;
    Ok(Finished::Done(finished))
}

/// Documents of a program, newest first.
pub async fn list(
    mut read: impl Read,
    world: &World,
    page: Page,
) -> Result<Vec<SdkDocument>, DbError> {
    store::list(&mut read, &world.code, page).await
}
