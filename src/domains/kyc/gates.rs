//! The gates at which a number or pictures are handed in: kyc1, kyc2, idv, and the identity check
//! that a partner asks for.

use super::documents;
use super::model::{GateState, GivenDocument, Subject};
use super::rules;
use super::screening;
use super::visit::{Caller, Visit, nobody};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::limits::{self, Whose};
use crate::domains::accounts::membership::account_of;
use crate::domains::accounts::model::{
    AccountType, CheckStatus, DocumentOutcome, IdentityType, KycGate, ShownIdentity,
};
use crate::domains::accounts::positions::{Position, Step};
use crate::domains::users::model::GivenIdentity;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::{AccountId, DocumentId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};

/// Digits of a whole number that may be shown.
const LAST4_FROM: usize = 5;

/// A whole social security number. Never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Ssn(pub String);

impl std::fmt::Debug for Ssn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ssn(***)")
    }
}

impl Ssn {
    /// The hash under which accounts of the number are counted.
    fn hash(&self, caller: &Caller<'_>) -> String {
        let secret = GivenIdentity::Ssn(self.0.clone()).secret().unwrap_or_default();
        caller.world.keyed_hash("identity", &secret)
    }

    /// Whether it is the number of a taxpayer. Those of the tables of the integration environment
    /// are none, whatever they begin with.
    fn is_foreign(&self, caller: &Caller<'_>) -> bool {
        let is_listed = caller.world.settings.pie_mode && screening::is_listed(&self.0);
        self.0.starts_with('9') && !is_listed
    }
}

/// What is shown at the gate for documents.
#[derive(Debug)]
pub enum Evidence {
    /// Pictures.
    Pictures(GivenDocument),
    /// The id that the vendor's SDK gave.
    Sdk(DocumentId),
}

/// Takes the last four digits of the number, which pass no gate: tells what is pending.
pub async fn kyc1(
    db: &Db,
    caller: &Caller<'_>,
    (user, suffix): (UserId, Option<&str>),
) -> Result<Outcome<GateState>, DbError> {
    if let Some(denial) = rules::judge_digits("ssnSuffix", suffix, 4) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    let Some(account) = account_of(db, caller.world, user).await? else { return Ok(nobody()) };
    let keys = vec![Key::account(&caller.world.code, account)];
    let mut unit = db.begin(caller.world.scope(keys)).await?;
    let Some(visit) = Visit::find(&mut unit, caller.world, (account, user)).await? else {
        return Ok(nobody());
    };
    let is_pending = visit.awaits(KycGate::Kyc2, Subject::Account);
    Ok(if is_pending { visit.answer(caller.world, Subject::Account) } else { visit.wrong_gate() })
}

/// Answers to questions out of the holder's wallet: no account is ever asked any.
pub async fn oow(
    db: &Db,
    caller: &Caller<'_>,
    user: UserId,
) -> Result<Outcome<GateState>, DbError> {
    let Some(account) = account_of(db, caller.world, user).await? else { return Ok(nobody()) };
    let keys = vec![Key::account(&caller.world.code, account)];
    let mut unit = db.begin(caller.world.scope(keys)).await?;
    let found = Visit::find(&mut unit, caller.world, (account, user)).await?;
    Ok(found.map_or_else(nobody, |visit| visit.wrong_gate()))
}

/// Takes the whole number at the gate that waits for it.
pub async fn kyc2(
    db: &Db,
    caller: &Caller<'_>,
    (user, ssn): (UserId, &Ssn),
) -> Result<Outcome<GateState>, DbError> {
    if let Some(denial) = rules::judge_digits("ssn", Some(&ssn.0), 9) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    match account_of(db, caller.world, user).await? {
        Some(account) => by_number(db, caller, (account, user), ssn, &[Position::Kyc2Needed]).await,
        None => Ok(nobody()),
    }
}

/// Checks the identity of a holder whose check is open, by the whole number.
pub async fn execute_kyc(
    db: &Db,
    caller: &Caller<'_>,
    holder: (AccountId, UserId),
    ssn: Option<&Ssn>,
) -> Result<Outcome<GateState>, DbError> {
    const OPEN: [Position; 4] = [
        Position::Kyc2Needed,
        Position::IdvNeededOfacPending,
        Position::IdvNeeded,
        Position::IdvNeededOfacMatched,
    ];
    let denial = rules::judge_digits("identifyingData.ssn", ssn.map(|ssn| ssn.0.as_str()), 9);
    match (denial, ssn) {
        (Some(denial), _) => Ok(Outcome::refused(denial.refusal())),
        (None, Some(ssn)) => by_number(db, caller, holder, ssn, &OPEN).await,
        (None, None) => Ok(nobody()),
    }
}

async fn by_number(
    db: &Db,
    caller: &Caller<'_>,
    holder: (AccountId, UserId),
    ssn: &Ssn,
    open: &[Position],
) -> Result<Outcome<GateState>, DbError> {
    let world = caller.world;
    let identity = Key::identity(&world.code, &ssn.hash(caller));
    let keys = vec![Key::account(&world.code, holder.0), identity];
    let mut unit = db.begin(world.scope(keys)).await?;
    let Some(mut visit) = Visit::find(&mut unit, world, holder).await? else {
        return Ok(nobody());
    };
    let Some(position) = visit.position().filter(|position| open.contains(position)) else {
        return Ok(visit.wrong_gate());
    };
    if ssn.is_foreign(caller) {
        let why = visit.told(world, &codes::NON_US_IDENTITY);
        return Ok(visit.answer_with(world, Subject::Account, why));
    }
    if let Some(why) = beyond_limits(&mut unit, caller, &visit, ssn).await? {
        return Ok(visit.answer_with(world, Subject::Account, why));
    }
    let screened = screening::screen(&world.settings, Some(&ssn.0), true).position.shown().1;
    let outcome = if screened.kyc == CheckStatus::Passed {
        take_number(&mut visit, caller, ssn);
        visit.pass(&mut unit, caller, Subject::Account);
        visit.answer(world, Subject::Account)
    } else if position == Position::Kyc2Needed {
        use_try(&mut visit, caller)
    } else {
        visit.answer(world, Subject::Account)
    };
    visit.save(&mut unit, caller);
    unit.commit().await?;
    Ok(outcome)
}

/// A number that takes the place of another counts like one of a new account.
async fn beyond_limits(
    unit: &mut Work,
    caller: &Caller<'_>,
    visit: &Visit,
    ssn: &Ssn,
) -> Result<Option<Refusal>, DbError> {
    let hash = ssn.hash(caller);
    let account_type = visit.account.account_type;
    let whose = Whose {
        identity_hash: Some(&hash),
        born: None,
        phone_hash: None,
        account_type,
        beside: Some(visit.account.id),
    };
    let places = limits::places(unit, caller.world, &whose).await?;
    let limits = caller.world.settings.limits_of(account_type == AccountType::Business);
    Ok(limits::reached_by_identity(&places, limits.ssn).map(limits::Reached::refusal))
}

fn take_number(visit: &mut Visit, caller: &Caller<'_>, ssn: &Ssn) {
    visit.change.identity_hash = Some(ssn.hash(caller));
    if let Some(holder) = visit.holder() {
        let last4 = ssn.0.chars().skip(LAST4_FROM).collect();
        holder.identity = Some(ShownIdentity { kind: IdentityType::Ssn, last4 });
    }
}

/// A number that did not pass uses up a try; after the last one documents may help.
fn use_try(visit: &mut Visit, caller: &Caller<'_>) -> Outcome<GateState> {
    let (world, kyc) = (caller.world, &caller.world.settings.kyc);
    let tries = visit.tries() + 1;
    visit.change.gate_tries = Some(tries);
    let is_last = tries >= i64::from(kyc.tries);
    let step = if kyc.documents_after_tries { Step::TriesUsedUp } else { Step::KycFailed };
    if is_last && visit.account.take(step, caller.now).is_some() {
        visit.change.gate_tries = Some(0);
    }
    let mut outcome = visit.answer(world, Subject::Account);
    if let Outcome::Refused { shown: Some(state), .. } = &mut outcome
        && is_last
    {
        state.attempts_remaining = Some(0);
    }
    outcome
}

/// Takes documents at the gate that waits for them.
pub async fn idv(
    db: &Db,
    caller: &Caller<'_>,
    holder: (AccountId, UserId),
    (subject, evidence): (Subject, &Evidence),
) -> Result<Outcome<GateState>, DbError> {
    let world = caller.world;
    if let Evidence::Pictures(document) = evidence
        && let Some(denial) = rules::judge_document(document)
    {
        return Ok(Outcome::refused(denial.refusal()));
    }
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, holder.0)])).await?;
    let Some(mut visit) = Visit::find(&mut unit, world, holder).await? else {
        return Ok(nobody());
    };
    if !visit.awaits(KycGate::Idv, subject) {
        return Ok(visit.wrong_gate());
    }
    let result = match evidence {
        Evidence::Pictures(_) => scripted(&mut visit)?,
        Evidence::Sdk(id) => match documents::submit(&mut unit, world, holder, *id).await? {
            Ok(result) => result,
            Err(refusal) => return Ok(Outcome::refused(refusal)),
        },
    };
    let outcome = apply(&mut unit, caller, &mut visit, (subject, result));
    visit.save(&mut unit, caller);
    unit.commit().await?;
    Ok(outcome)
}

/// What a tester has said of the next document, used up by this one; without a word it is good.
fn scripted(visit: &mut Visit) -> Result<DocumentOutcome, DbError> {
    let Some(word) = &visit.private.next_document else { return Ok(DocumentOutcome::Accept) };
    visit.change.next_document = Some(String::new());
    let unreadable = || DbError::Unreadable(format!("users.next_document: {word:?}"));
    DocumentOutcome::read(word).ok_or_else(unreadable)
}

fn apply(
    unit: &mut Work,
    caller: &Caller<'_>,
    visit: &mut Visit,
    (subject, result): (Subject, DocumentOutcome),
) -> Outcome<GateState> {
    let code: &'static VendorCode = match result {
        DocumentOutcome::Accept => {
            visit.pass(unit, caller, subject);
            return visit.answer(caller.world, subject);
        }
        DocumentOutcome::Reject => {
            visit.fail(caller, subject);
            &codes::IDV_FAILED
        }
        DocumentOutcome::Unreadable => &codes::IDV_NOT_READABLE,
        DocumentOutcome::NameMismatch => &codes::IDV_NAME_MISMATCH,
        DocumentOutcome::UploadFailure => &codes::SCAN_UPLOAD_FAILED,
    };
    let why = visit.told(caller.world, code);
    visit.answer_with(caller.world, subject, why)
}
