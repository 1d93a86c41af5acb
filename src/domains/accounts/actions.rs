//! What the outside world decides about an account, at a tester's word: the sanctions review, the
//! identity check, the card processor, fraud rules, the care team. Each action takes steps of the
//! one table in [`super::positions`]; where the account stands decides whether it can be taken.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::completion::{self, fault_keys, order_faults};
use super::later::{end_review, retry_unblocking, schedule_review};
use super::model::{Account, DocumentOutcome, Purse};
use super::ops::{self, PrivateChange};
use super::positions::{Cause, Cure, Grip, Hold, Position, Step};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::transactions::model::Transaction;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::money::Money;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::schedule::{self, Review};

/// One thing that the outside world does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
pub enum Action {
    /// The sanctions review finds another person: the enrollment completes by itself.
    ClearOfac {},
    /// The sanctions review confirms the match.
    FailOfac {},
    /// The identity number is right (gate kyc2).
    PassKyc {},
    /// The identity check fails for good, at gate kyc2.
    FailKyc {},
    /// The documents are accepted (gate idv).
    PassIdv {},
    /// The documents are rejected for good (gate idv).
    FailIdv {},
    /// Says what becomes of the next document that the partner hands in.
    NextDocument {
        /// What becomes of it.
        outcome: DocumentOutcome,
    },
    /// The card processor makes the cards that it owes.
    ProcessorSucceeds {},
    /// The card processor fails for good.
    ProcessorFails {},
    /// A fraud rule restricts the account; its cards work on.
    RestrictForFraud {
        /// Why; potentialFraud if absent.
        #[serde(default)]
        reason: FraudReason,
    },
    /// A fraud rule locks the account; its cards are blocked.
    LockForFraud {
        /// Why; potentialFraud if absent.
        #[serde(default)]
        reason: FraudReason,
    },
    /// Something suspicious: documents are wanted of an account in use.
    RequireVerification {
        /// Lock the account and its cards meanwhile.
        #[serde(default)]
        locked: bool,
    },
    /// The block is lifted: normal and healthy again.
    #[serde(rename_all = "camelCase")]
    UnlockFraud {
        /// When the cards follow; at once if absent.
        #[serde(default)]
        card_unblock: Option<CardUnblock>,
    },
    /// The care team settles the review of an account whose cards stayed blocked.
    PassReview {},
    /// The account is closed for good.
    CloseAccount {},
}

/// Why a fraud rule strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum FraudReason {
    /// Fraud is suspected.
    #[default]
    PotentialFraud,
    /// Fraud was found.
    ConfirmedFraud,
    /// Somebody else may have got hold of the account.
    PotentialAccountTakeover,
}

impl FraudReason {
    fn cause(self) -> Cause {
        match self {
            FraudReason::PotentialFraud => Cause::PotentialFraud,
            FraudReason::ConfirmedFraud => Cause::ConfirmedFraud,
            FraudReason::PotentialAccountTakeover => Cause::PotentialAccountTakeover,
        }
    }
}

/// When blocked cards follow their account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum CardUnblock {
    /// With this retry, counted from 1.
    SucceedsOnAttempt(u32),
    /// With none: the account ends under review.
    Never,
}

impl Action {
    /// One of each kind, for lists.
    pub const ALL: [Action; 15] = [
        Action::ClearOfac {},
        Action::FailOfac {},
        Action::PassKyc {},
        Action::FailKyc {},
        Action::PassIdv {},
        Action::FailIdv {},
        Action::NextDocument { outcome: DocumentOutcome::Accept },
        Action::ProcessorSucceeds {},
        Action::ProcessorFails {},
        Action::RestrictForFraud { reason: FraudReason::PotentialFraud },
        Action::LockForFraud { reason: FraudReason::PotentialFraud },
        Action::RequireVerification { locked: false },
        Action::UnlockFraud { card_unblock: None },
        Action::PassReview {},
        Action::CloseAccount {},
    ];

    /// The word in `action`.
    pub fn name(self) -> &'static str {
        match self {
            Action::ClearOfac {} => "clearOfac",
            Action::FailOfac {} => "failOfac",
            Action::PassKyc {} => "passKyc",
            Action::FailKyc {} => "failKyc",
            Action::PassIdv {} => "passIdv",
            Action::FailIdv {} => "failIdv",
            Action::NextDocument { .. } => "nextDocument",
            Action::ProcessorSucceeds {} => "processorSucceeds",
            Action::ProcessorFails {} => "processorFails",
            Action::RestrictForFraud { .. } => "restrictForFraud",
            Action::LockForFraud { .. } => "lockForFraud",
            Action::RequireVerification { .. } => "requireVerification",
            Action::UnlockFraud { .. } => "unlockFraud",
            Action::PassReview {} => "passReview",
            Action::CloseAccount {} => "closeAccount",
        }
    }

    /// The account must be here for it, in words.
    pub fn needs(self) -> &'static str {
        match self {
            Action::ClearOfac {} | Action::FailOfac {} => "a sanctions match to be reviewed",
            Action::PassKyc {} | Action::FailKyc {} => "the gate kyc2",
            Action::PassIdv {} | Action::FailIdv {} | Action::NextDocument { .. } => "the gate idv",
            Action::ProcessorSucceeds {} | Action::ProcessorFails {} => {
                "cards that the processor owes"
            }
            Action::RestrictForFraud { .. }
            | Action::LockForFraud { .. }
            | Action::RequireVerification { .. } => "a complete account that is not closing",
            Action::UnlockFraud { .. } => "an account that is held back",
            Action::PassReview {} => "an account under review for its blocked cards",
            Action::CloseAccount {} => {
                "an account that is closing, held back or under review, with nothing in its purses"
            }
        }
    }

    /// The step of the table that it takes first, from where the account stands; `None` if it
    /// cannot be taken from there.
    fn step(self, from: Position) -> Option<Step> {
        let gate = from.shown().1.gate;
        let at = |wanted| gate == Some(wanted);
        let step = match self {
            Action::ClearOfac {} => Step::OfacCleared,
            Action::FailOfac {} => Step::OfacFailed,
            Action::PassKyc {} if at(super::model::KycGate::Kyc2) => Step::KycPassed,
            Action::FailKyc {} if at(super::model::KycGate::Kyc2) => Step::KycFailed,
            Action::PassIdv {} | Action::NextDocument { .. } if at(super::model::KycGate::Idv) => {
                Step::KycPassed
            }
            Action::FailIdv {} if at(super::model::KycGate::Idv) => Step::KycFailed,
            Action::ProcessorSucceeds {} => Step::Completed,
            Action::ProcessorFails {} => Step::ProcessorGaveUp,
            Action::RestrictForFraud { reason } => Step::Hold(hold(Grip::Restricted, reason)),
            Action::LockForFraud { reason } => Step::Hold(hold(Grip::Locked, reason)),
            Action::RequireVerification { locked } => Step::Hold(Hold {
                grip: if locked { Grip::Locked } else { Grip::Restricted },
                cause: Cause::VerificationNeeded,
                cure: Cure::Idv,
            }),
            Action::UnlockFraud { .. } => Step::Release,
            Action::PassReview {} => Step::ReviewPassed,
            Action::CloseAccount {} => Step::Close,
            _ => return None,
        };
        from.after(step).map(|_| step)
    }

    /// The step of an upgrade's own screening that it takes, if one waits for it.
    fn step_of_upgrade(self, account: &Account) -> Option<Step> {
        let upgrade = account.upgrade.as_ref()?;
        let step = match self {
            Action::ClearOfac {} => Step::OfacCleared,
            Action::FailOfac {} => Step::OfacFailed,
            Action::PassIdv {} | Action::NextDocument { .. } => Step::KycPassed,
            Action::FailIdv {} => Step::KycFailed,
            _ => return None,
        };
        let is_healthy = account.position() == Some(Position::Healthy);
        (is_healthy && upgrade.clone().take(step)).then_some(step)
    }

    fn check(self, world: &World) -> Result<(), ActionError> {
        let retries = world.settings.card_processor.unblock_retries;
        match self {
            Action::UnlockFraud { card_unblock: Some(CardUnblock::SucceedsOnAttempt(attempt)) }
                if !(1..=retries).contains(&attempt) =>
            {
                let most = format!("cardUnblock.succeedsOnAttempt: must be 1 to {retries}");
                Err(ActionError::Invalid(most))
            }
            _ => Ok(()),
        }
    }

    /// Whether the money of the account stands in its way: none may be left on a closed account,
    /// and none owed.
    fn is_barred_by_money(self, account: &Account) -> bool {
        let is_empty =
            |purse: &Purse| (purse.available, purse.ledger) == (Money::ZERO, Money::ZERO);
        self == (Action::CloseAccount {}) && !account.purses.iter().all(is_empty)
    }

    /// Whether it can be taken from here. `owes_cards` tells whether an order is being tried again.
    pub fn is_possible(self, from: Position, owes_cards: bool) -> bool {
        let of_processor = matches!(self, Action::ProcessorSucceeds {} | Action::ProcessorFails {});
        self.step(from).is_some() && (!of_processor || owes_cards)
    }
}

fn hold(grip: Grip, reason: FraudReason) -> Hold {
    Hold { grip, cause: reason.cause(), cure: Cure::None }
}

/// Why an action was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// There is no such account.
    #[error("account {0} does not exist")]
    NotFound(AccountId),
    /// What the action names is not there; the text names the member.
    #[error("{0}")]
    Unknown(String),
    /// The action makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The account is elsewhere.
    #[error("{}", .0)]
    Impossible(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// An account and what can be done to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prospects {
    /// The account as it is.
    pub account: Account,
    /// What can be done.
    pub possible: Vec<Action>,
}

/// What an action of any family has done.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The account as it then is.
    pub account: Account,
    /// The rows of its history that were made or changed.
    pub transactions: Vec<Transaction>,
}

impl From<Prospects> for Taken {
    fn from(Prospects { account, .. }: Prospects) -> Self {
        Self { account, transactions: Vec::new() }
    }
}

/// What can be done to an account as it stands.
pub async fn prospects(db: &Db, world: &World, id: AccountId) -> Result<Prospects, ActionError> {
    let account = ops::get(db, world, id).await?.account.ok_or(ActionError::NotFound(id))?;
    Ok(prospects_of(db, world, account).await?)
}

/// What can be done to an account that has been read.
pub async fn prospects_of(db: &Db, world: &World, account: Account) -> Result<Prospects, DbError> {
    let tasks = schedule::ops::waiting(db, &world.code, account.id).await?;
    let owes = tasks.iter().any(|task| task.kind == schedule::ORDER_CARDS);
    let possible = possible(&account, owes);
    Ok(Prospects { account, possible })
}

fn possible(account: &Account, owes_cards: bool) -> Vec<Action> {
    let Some(from) = account.position() else { return Vec::new() };
    let is_possible = |action: &Action| {
        let is_step = action.is_possible(from, owes_cards) && !action.is_barred_by_money(account);
        is_step || action.step_of_upgrade(account).is_some()
    };
    Action::ALL.into_iter().filter(is_possible).collect()
}

async fn expect(unit: &mut Work, world: &World, id: AccountId) -> Result<Account, ActionError> {
    ops::get_in(unit, world, id).await?.account.ok_or(ActionError::NotFound(id))
}

async fn owes_cards(unit: &mut Work, world: &World, id: AccountId) -> Result<bool, DbError> {
    schedule::ops::is_waiting(unit, world, id, schedule::ORDER_CARDS).await
}

/// Takes an action, or says why it cannot be taken. Answers the account as it then is, and what can
/// be done next.
pub async fn act(
    db: &Db,
    world: &World,
    (id, action): (AccountId, Action),
    now: Timestamp,
) -> Result<Prospects, ActionError> {
    action.check(world)?;
    let faults = order_faults(world);
    let mut keys = vec![Key::account(&world.code, id)];
    keys.extend(fault_keys(world, &faults));
    let mut unit = db.begin(world.scope(keys)).await?;
    let before = expect(&mut unit, world, id).await?;
    let owed = owes_cards(&mut unit, world, id).await?;
    let mut account = before.clone();
    let is_possible =
        |from: &Position| action.is_possible(*from, owed) && !action.is_barred_by_money(&before);
    let from = before.position().filter(is_possible);
    let step = from.and_then(|from| action.step(from));
    let private = match (step, action.step_of_upgrade(&before), &mut account.upgrade) {
        (Some(step), _, _) => take(&mut unit, world, &mut account, (action, step), now).await?,
        (None, Some(_), _) if matches!(action, Action::NextDocument { .. }) => {
            script(action, &before)
        }
        (None, Some(step), Some(upgrade)) => {
            // That it can be taken was found out above.
            let _ = upgrade.take(step);
            None
        }
        _ => return Err(ActionError::Impossible(impossible(action, &before, owed))),
    };
    ops::save(&mut unit, world, (&before, &mut account), private.as_slice(), now);
    unit.commit().await?;
    let owes = account.position() == Some(Position::Approved) && owed;
    let possible = possible(&account, owes);
    Ok(Prospects { account, possible })
}

fn impossible(action: Action, account: &Account, owes_cards: bool) -> String {
    let names: Vec<&str> = possible(account, owes_cards).into_iter().map(Action::name).collect();
    let gate = account.primary().and_then(|holder| holder.kyc.gate);
    format!(
        "{} needs {}; the account is {} / {}, gate {}; possible now: {}",
        action.name(),
        action.needs(),
        account.standing.status,
        account.standing.reason,
        gate.map_or("unset", |gate| gate.as_str()),
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") },
    )
}

async fn take(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    (action, step): (Action, Step),
    now: Timestamp,
) -> Result<Option<(UserId, PrivateChange)>, DbError> {
    match action {
        Action::ClearOfac {} | Action::FailOfac {} => {
            let is_clear = action == (Action::ClearOfac {});
            let result = if is_clear { Review::Clear } else { Review::Fail };
            schedule::ops::cancel(unit, world, account.id, schedule::REVIEW_OFAC);
            end_review(unit, world, account, (result, now)).await?;
        }
        Action::NextDocument { .. } => return Ok(script(action, account)),
        Action::ProcessorSucceeds {} => {
            if completion::complete(world, account, now) {
                schedule::ops::cancel(unit, world, account.id, schedule::ORDER_CARDS);
            }
        }
        Action::UnlockFraud { card_unblock } => {
            unlock(unit, world, account, (card_unblock, now));
        }
        _ => step_on(unit, world, account, (step, now)),
    }
    // What was said of the next document was said of the gate that is left now.
    let is_of_gate = matches!(action, Action::PassIdv {} | Action::FailIdv {});
    let forgotten = PrivateChange { next_document: Some(String::new()), ..Default::default() };
    let primary = account.primary().filter(|_| is_of_gate);
    Ok(primary.map(|holder| (holder.user_id, forgotten)))
}

/// What is said of the next document.
fn script(action: Action, account: &Account) -> Option<(UserId, PrivateChange)> {
    let Action::NextDocument { outcome } = action else { return None };
    let next_document = Some(outcome.as_str().to_owned());
    let change = PrivateChange { next_document, ..PrivateChange::default() };
    account.primary().map(|holder| (holder.user_id, change))
}

/// Takes the step itself, and what always follows from it.
fn step_on(unit: &mut Work, world: &World, account: &mut Account, (step, now): (Step, Timestamp)) {
    if account.take(step, now).is_none() {
        return;
    }
    if step == Step::ProcessorGaveUp {
        schedule::ops::cancel(unit, world, account.id, schedule::ORDER_CARDS);
    }
    if matches!(step, Step::Hold(_) | Step::Close) {
        // Whoever moves the account ends the retries that would unblock its cards.
        schedule::ops::cancel(unit, world, account.id, schedule::UNBLOCK_CARDS);
    }
    schedule_review(unit, world, account, now);
}

/// Lifts a block; the cards follow at once, or by retries.
fn unlock(
    unit: &mut Work,
    world: &World,
    account: &mut Account,
    (card_unblock, now): (Option<CardUnblock>, Timestamp),
) {
    if account.take(Step::Release, now).is_none() {
        return;
    }
    match card_unblock {
        None => account.unblock_cards(now),
        Some(CardUnblock::SucceedsOnAttempt(attempt)) => {
            retry_unblocking(unit, world, account, (Some(attempt), now));
        }
        Some(CardUnblock::Never) => retry_unblocking(unit, world, account, (None, now)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_possible_somewhere_and_named_as_it_is_read() {
        for action in Action::ALL {
            assert!(Position::all().any(|from| action.is_possible(from, true)), "{action:?}");
            let json = serde_json::to_value(action).unwrap();
            assert_eq!(json["action"], action.name());
            assert_eq!(serde_json::from_value::<Action>(json).unwrap(), action);
        }
    }

    #[test]
    fn what_was_declined_or_closed_can_be_changed_by_nobody() {
        for end in [
            Position::KycFailed,
            Position::OfacDeclined,
            Position::BothDeclined,
            Position::ProcessorFailed,
            Position::Ended,
        ] {
            assert!(Action::ALL.iter().all(|action| !action.is_possible(end, true)), "{end:?}");
        }
    }
}
