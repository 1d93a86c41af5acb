//! What the outside world does to a check, at a tester's word: an agent looks at it, approves or
//! declines it, the bank that it is drawn on sends it back. Each action is a step of the one table
//! in [`super::model`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::CheckStep;
use super::steps::{self, NotTaken};
use super::{ops, rules};
use crate::db::{Db, Key};
use crate::domains::accounts::actions::{ActionError, Taken};
use crate::domains::accounts::ops as accounts;
use crate::domains::ledger::ops as ledger;
use crate::kernel::ids::{AccountId, TransferId};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// One thing that the outside world does to a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
pub enum CheckAction {
    /// An agent wants to look at it: it is not posted before it is approved.
    #[serde(rename_all = "camelCase")]
    ReviewCheck {
        /// The check.
        #[schema(value_type = String, format = Uuid)]
        transfer_identifier: TransferId,
    },
    /// The agent approves it. It is posted if the partner has accepted, else once it does.
    #[serde(rename_all = "camelCase")]
    ApproveCheck {
        /// The check.
        #[schema(value_type = String, format = Uuid)]
        transfer_identifier: TransferId,
    },
    /// The agent declines it.
    #[serde(rename_all = "camelCase")]
    DeclineCheck {
        /// The check.
        #[schema(value_type = String, format = Uuid)]
        transfer_identifier: TransferId,
        /// `rejectReason`; `Declined activity` if absent. At most 255 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The bank that it is drawn on sends it back: its money is taken from the account, whatever is
    /// there.
    #[serde(rename_all = "camelCase")]
    ReturnCheck {
        /// The check.
        #[schema(value_type = String, format = Uuid)]
        transfer_identifier: TransferId,
        /// `rejectReason`; `Insufficient funds` if absent. At most 255 characters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// Names no check; for lists.
const NONE: TransferId = TransferId::new(Uuid::nil());

impl CheckAction {
    /// One of each kind, for lists.
    pub const ALL: [CheckAction; 4] = [
        CheckAction::ReviewCheck { transfer_identifier: NONE },
        CheckAction::ApproveCheck { transfer_identifier: NONE },
        CheckAction::DeclineCheck { transfer_identifier: NONE, reason: None },
        CheckAction::ReturnCheck { transfer_identifier: NONE, reason: None },
    ];

    /// The word in `action`.
    pub fn name(&self) -> &'static str {
        match self {
            CheckAction::ReviewCheck { .. } => "reviewCheck",
            CheckAction::ApproveCheck { .. } => "approveCheck",
            CheckAction::DeclineCheck { .. } => "declineCheck",
            CheckAction::ReturnCheck { .. } => "returnCheck",
        }
    }

    /// What the check must be like for it, in words.
    pub fn needs(&self) -> &'static str {
        match self {
            CheckAction::ReviewCheck { .. } => "a check deposit that is pending",
            CheckAction::ApproveCheck { .. } => "a check deposit that is in review",
            CheckAction::DeclineCheck { .. } => "a check deposit that is not posted",
            CheckAction::ReturnCheck { .. } => "a check deposit that is posted",
        }
    }

    fn id(&self) -> TransferId {
        match self {
            CheckAction::ReviewCheck { transfer_identifier }
            | CheckAction::ApproveCheck { transfer_identifier }
            | CheckAction::DeclineCheck { transfer_identifier, .. }
            | CheckAction::ReturnCheck { transfer_identifier, .. } => *transfer_identifier,
        }
    }

    fn step(&self) -> (CheckStep, Option<&str>) {
        match self {
            CheckAction::ReviewCheck { .. } => (CheckStep::Review, None),
            CheckAction::ApproveCheck { .. } => (CheckStep::Approve, None),
            CheckAction::DeclineCheck { reason, .. } => {
                (CheckStep::Decline, Some(reason.as_deref().unwrap_or("Declined activity")))
            }
            CheckAction::ReturnCheck { reason, .. } => {
                (CheckStep::Return, Some(reason.as_deref().unwrap_or("Insufficient funds")))
            }
        }
    }

    fn check(&self) -> Result<(), ActionError> {
        let (_, reason) = self.step();
        let length = reason.map_or(1, |reason| reason.chars().count());
        if (1..=rules::TEXT_MAX).contains(&length) {
            return Ok(());
        }
        Err(ActionError::Invalid(format!("reason: must have 1 to {} characters", rules::TEXT_MAX)))
    }
}

/// Takes an action, or says why it cannot be taken.
pub async fn act(
    db: &Db,
    world: &World,
    (id, action): (AccountId, CheckAction),
    now: Timestamp,
) -> Result<Taken, ActionError> {
    action.check()?;
    let check = action.id();
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let account = accounts::get_in(&mut unit, world, id).await?.account;
    let mut account = account.ok_or(ActionError::NotFound(id))?;
    let mut books = ledger::open_of(&mut unit, world, &account).await?;
    let mut deposit = ops::of_account(&mut unit, world, (id, check)).await?.ok_or_else(|| {
        ActionError::Unknown(format!(
            "transferIdentifier: the account has no check deposit {check}"
        ))
    })?;
    let within = (&mut books, &mut deposit);
    let row = match steps::take(&mut unit, world, within, action.step(), now).await? {
        Ok(row) => row,
        Err(NotTaken::State) => {
            let (needs, status) = (action.needs(), deposit.state.shown());
            let words = format!("{} needs {needs}; this one is {status}", action.name());
            return Err(ActionError::Impossible(words));
        }
        Err(problem) => {
            let refusal = problem.refusal(&deposit, "posted");
            return Err(ActionError::Impossible(refusal.shown_facts().to_owned()));
        }
    };
    account.purses.clone_from(&books.purses);
    ops::save(unit, world, (books, &deposit), now).await?;
    Ok(Taken { account, transactions: row.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::check_deposits::model::DepositState;

    #[test]
    fn every_action_is_read_by_its_name_and_leads_on_from_somewhere() {
        for action in CheckAction::ALL {
            let json = serde_json::to_value(&action).unwrap();
            assert_eq!(json["action"], action.name());
            assert_eq!(serde_json::from_value::<CheckAction>(json).unwrap(), action);
            let (step, reason) = action.step();
            assert!(DepositState::ALL.iter().any(|state| state.after(step, true).is_some()));
            assert_eq!(reason.is_some(), matches!(step, CheckStep::Decline | CheckStep::Return));
        }
    }

    #[test]
    fn a_reason_has_1_to_255_characters() {
        for (length, is_good) in [(0, false), (1, true), (255, true), (256, false)] {
            let reason = Some("é".repeat(length));
            let action = CheckAction::DeclineCheck { transfer_identifier: NONE, reason };
            assert_eq!(action.check().is_ok(), is_good, "{length}");
        }
    }
}
