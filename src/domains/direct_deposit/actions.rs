//! What the vendor reports of a switch, at a tester's word.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{AmountType, Attempt, Change, ChangeProblem, Report};
use super::ops::{self, ReportProblem};
use super::store;
use crate::db::{Db, Key, Work};
use crate::domains::accounts::actions::{ActionError, Taken};
use crate::domains::accounts::ops as accounts;
use crate::domains::ledger::ops as ledger;
use crate::domains::transactions::requests::Words;
use crate::kernel::ids::{AccountId, SwitchId};
use crate::kernel::money::Amount;
use crate::kernel::strict_json;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// One thing that the vendor of direct deposit switches does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "action")]
pub enum SwitchAction {
    /// It reports how a switch goes on.
    #[serde(rename = "switchProgress")]
    SwitchProgress(ProgressWish),
}

/// What the vendor reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProgressWish {
    /// `Submitted`, `Completed`, `Failed` or `Manual`.
    #[schema(value_type = String, example = "Completed")]
    pub status: Report,
    /// The attempt; the last one of the account if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Uuid)]
    pub switch_id: Option<SwitchId>,
    /// Dollars, or percent up to 100; a number or its text.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    pub amount: Option<Amount>,
    /// `All`, `Percent` or `Amount`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub amount_type: Option<AmountType>,
    /// The payroll provider.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100, example = "ADP")]
    pub depositor: Option<Words<100>>,
    /// What made it so; words that fit the status if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 255)]
    pub status_reason: Option<Words<255>>,
}

impl SwitchAction {
    /// One of each kind, for lists.
    pub const ALL: [SwitchAction; 1] = [SwitchAction::SwitchProgress(ProgressWish {
        status: Report::Completed,
        switch_id: None,
        amount: None,
        amount_type: None,
        depositor: None,
        status_reason: None,
    })];

    /// The word in `action`.
    pub const fn name(&self) -> &'static str {
        match self {
            SwitchAction::SwitchProgress(_) => "switchProgress",
        }
    }

    /// What must be there for it, in words.
    pub const fn needs(&self) -> &'static str {
        match self {
            SwitchAction::SwitchProgress(_) => "a direct deposit switch that has not ended",
        }
    }
}

impl<'de> Deserialize<'de> for SwitchAction {
    /// So that what is wrong is named by its member, which a derived reader of tagged enums cannot.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Value::deserialize(deserializer)?;
        if let Some(members) = members.as_object_mut() {
            members.remove("action");
        }
        strict_json::read(&members).map(Self::SwitchProgress).map_err(D::Error::custom)
    }
}

impl From<ProgressWish> for Change {
    fn from(wish: ProgressWish) -> Self {
        let reason = wish.status_reason.map(|Words(text)| text);
        Self {
            amount: wish.amount,
            amount_type: wish.amount_type,
            step: Some(wish.status.into()),
            reason: Some(reason.unwrap_or_else(|| wish.status.reason().to_owned())),
            depositor: wish.depositor.map(|Words(text)| text),
        }
    }
}

/// Takes an action, or says why it cannot be taken.
pub async fn act(
    db: &Db,
    world: &World,
    (id, SwitchAction::SwitchProgress(wish)): (AccountId, SwitchAction),
    now: Timestamp,
) -> Result<Taken, ActionError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let found = accounts::get_in(&mut unit, world, id).await?.account;
    let account = found.ok_or(ActionError::NotFound(id))?;
    let known = expect(&mut unit, world, (id, wish.switch_id)).await?;
    let mut books = ledger::open_of(&mut unit, world, &account).await?;
    let change = Change::from(wish);
    let changed = ops::report(&mut unit, world, &mut books, (&known, &change), now);
    let changed = changed.map_err(|problem| refused(&known, problem))?;
    if changed.status.is_decided() && !known.status.is_decided() {
        ops::forget_completion(&mut unit, world, id, known.id);
    }
    ledger::save(&mut unit, world, &mut books, now);
    unit.commit().await?;
    Ok(Taken { account, transactions: Vec::new() })
}

/// The attempt that is meant.
async fn expect(
    unit: &mut Work,
    world: &World,
    (account, id): (AccountId, Option<SwitchId>),
) -> Result<Attempt, ActionError> {
    let found = match id {
        Some(id) => store::find(unit, &world.code, (account, id)).await?,
        None => store::latest(unit, &world.code, account).await?,
    };
    found.ok_or_else(|| {
        let which = id.map_or_else(String::new, |id| format!(" {id}"));
        ActionError::Unknown(format!("switchId: the account has no switch attempt{which}"))
    })
}

fn refused(known: &Attempt, problem: ReportProblem) -> ActionError {
    match problem {
        ReportProblem::Change(ChangeProblem::Portion(problem)) => {
            ActionError::Invalid(format!("amount: {problem}"))
        }
        ReportProblem::Change(problem @ ChangeProblem::Status { .. }) => {
            ActionError::Impossible(format!("status: switch attempt {} {problem}", known.id))
        }
        ReportProblem::Full => ActionError::Impossible(format!("switchId: {problem}")),
    }
}
