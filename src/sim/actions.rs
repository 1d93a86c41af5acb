//! What the outside world does to an account, at a tester's word. Each family knows actions of its
//! own; the word in `action` tells whose it is.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::accounts::OfAccount;
use super::guard::{Body, Existing};
use super::problem::Problem;
use crate::app::Sim;
use crate::db::Db;
use crate::domains::accounts::actions::{self as accounts, Action, ActionError, Prospects, Taken};
use crate::domains::accounts::model::{Account, PurseType};
use crate::domains::check_deposits::actions::{self as check_deposits, CheckAction};
use crate::domains::direct_deposit::actions::{self as switches, SwitchAction};
use crate::domains::mail_tracking::actions::{self as mail, MailAction};
use crate::domains::transactions::actions::{self as money, MoneyAction};
use crate::domains::transactions::wire::TransactionShown;
use crate::domains::wallet_tokens::actions::{self as wallet_tokens, TokenAction};
use crate::kernel::ids::AccountId;
use crate::kernel::strict_json::{self, JsonProblem};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Declares the families: the actions that each knows, and its way to take them.
macro_rules! families {
    ($($(#[$doc:meta])* $family:ident($action:ty): $act:path),+ $(,)?) => {
        /// One thing that the outside world does.
        #[derive(Debug, Serialize, ToSchema)]
        #[serde(untagged)]
        pub(super) enum Wish {
            $($(#[$doc])* $family($action)),+
        }

        impl Wish {
            /// All that can be named in `action`.
            fn known() -> Vec<PossibleAction> {
                let mut known = Vec::new();
                $(known.extend(<$action>::ALL.iter().map(|one| {
                    PossibleAction { action: one.name(), needs: one.needs() }
                }));)+
                known
            }

            /// Has the family that knows the word read the rest.
            fn read(body: &Value) -> Result<Self, JsonProblem> {
                let word = word_of(body)?;
                $(if <$action>::ALL.iter().any(|one| one.name() == word) {
                    return strict_json::read(body).map(Self::$family);
                })+
                Err(unknown(word))
            }

            async fn take(
                self,
                (db, world): (&Db, &World),
                id: AccountId,
                now: Timestamp,
            ) -> Result<Taken, ActionError> {
                match self {
                    $(Self::$family(action) => {
                        $act(db, world, (id, action), now).await.map(Taken::from)
                    })+
                }
            }
        }
    };
}

families! {
    /// About the account itself.
    Account(Action): accounts::act,
    /// About its money.
    Money(MoneyAction): money::act,
    /// About a check that was handed in.
    Check(CheckAction): check_deposits::act,
    /// About its direct deposit switches.
    Switch(SwitchAction): switches::act,
    /// About a card in a wallet.
    Token(TokenAction): wallet_tokens::act,
    /// About a card in the mail.
    Mail(MailAction): mail::act,
}

/// All words that `action` may be.
pub fn action_names() -> Vec<&'static str> {
    Wish::known().iter().map(|known| known.action).collect()
}

/// Why this is no action, if it is none.
pub fn action_problem(body: &Value) -> Option<JsonProblem> {
    Wish::read(body).err()
}

/// The word in `action`.
fn word_of(body: &Value) -> Result<&str, JsonProblem> {
    let wrong = |member: &str, problem: &str| JsonProblem {
        member: member.to_owned(),
        problem: problem.to_owned(),
    };
    if !body.is_object() {
        return Err(wrong(".", "the body must be an object with the member action"));
    }
    let word = body.get("action").and_then(Value::as_str);
    word.ok_or_else(|| wrong("action", "must be there, and be a text"))
}

fn unknown(word: &str) -> JsonProblem {
    let names = action_names();
    let word: String = word.chars().take(50).collect();
    let problem = format!("{word:?} is none of {}", names.join(", "));
    JsonProblem { member: "action".to_owned(), problem }
}

/// Where an account stands, and what the outside world can do to it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountProspects {
    #[schema(format = Uuid)]
    account_identifier: String,
    status: &'static str,
    status_reasons: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    kyc_pending_gate: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ofac_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kyc_status: Option<&'static str>,
    /// Dollars that may be spent.
    available_balance: f64,
    /// Dollars that are posted.
    ledger_balance: f64,
    /// The rows of the history that the action has made or changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transactions: Vec<TransactionShown>,
    /// What `action` may be now.
    possible_actions: Vec<PossibleAction>,
    /// What it may be about money, switches and cards in wallets: what they name, such as an
    /// authorization, decides whether they can be taken.
    money_actions: Vec<PossibleAction>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PossibleAction {
    action: &'static str,
    /// What the account must be like for it.
    needs: &'static str,
}

impl AccountProspects {
    fn of(Prospects { account, possible }: Prospects, transactions: Vec<TransactionShown>) -> Self {
        let kyc = account.primary().map(|holder| holder.kyc);
        let purse = account.purses.iter().find(|purse| purse.kind == PurseType::Primary);
        let is_of_account =
            |one: &PossibleAction| Action::ALL.iter().any(|action| action.name() == one.action);
        let (mut possible_actions, money_actions): (Vec<_>, Vec<_>) =
            Wish::known().into_iter().partition(is_of_account);
        possible_actions.retain(|one| possible.iter().any(|action| action.name() == one.action));
        let Account { id, standing, .. } = account;
        Self {
            account_identifier: id.to_string(),
            status: standing.status.as_str(),
            status_reasons: [standing.reason.as_str()],
            kyc_pending_gate: kyc.and_then(|kyc| kyc.gate).map(|gate| gate.as_str()),
            ofac_status: kyc.map(|kyc| kyc.ofac.as_str()),
            kyc_status: kyc.map(|kyc| kyc.kyc.as_str()),
            available_balance: purse.map_or(0.0, |purse| purse.available.dollars()),
            ledger_balance: purse.map_or(0.0, |purse| purse.ledger.dollars()),
            transactions,
            possible_actions,
            money_actions,
        }
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotFound(_) | ActionError::Unknown(_) => {
                Problem::new(StatusCode::NOT_FOUND, error.to_string())
            }
            ActionError::Invalid(_) => Problem::bad_request(error.to_string()),
            ActionError::Impossible(_) => Problem::new(StatusCode::CONFLICT, error.to_string()),
            ActionError::Db(cause) => cause.into(),
        }
    }
}

/// What the outside world can do to an account
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/accounts/{accountIdentifier}/actions",
    operation_id = "sim_list_actions", tag = "Control: accounts",
    params(
        ("code" = String, Path, description = "Program code"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses((status = 200, body = AccountProspects), (status = 404, body = Problem))
)]
pub(super) async fn list_actions(
    State(sim): State<Sim>,
    Existing(world): Existing,
    OfAccount(id): OfAccount,
) -> Result<Json<AccountProspects>, Problem> {
    let prospects = accounts::prospects(&sim.db, &world, id).await?;
    Ok(Json(AccountProspects::of(prospects, Vec::new())))
}

/// Do something to an account from outside
///
/// Answers where the account then stands, and the rows of its history that were made or changed: an
/// authorization that is declined is one of them. Where it cannot be done, the answer is 409 and
/// says why.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/accounts/{accountIdentifier}/actions",
    operation_id = "sim_act", tag = "Control: accounts",
    params(
        ("code" = String, Path, description = "Program code"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = Wish,
    responses(
        (status = 200, body = AccountProspects),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
    )
)]
pub(super) async fn act(
    State(sim): State<Sim>,
    Existing(world): Existing,
    OfAccount(id): OfAccount,
    Body(body): Body<Value>,
) -> Result<Json<AccountProspects>, Problem> {
    let wish = Wish::read(&body).map_err(|wrong| Problem::bad_request(wrong.to_string()))?;
    let now = world.now(sim.worlds.wall());
    let Taken { account, transactions } = wish.take((&sim.db, &world), id, now).await?;
    let show = |row| TransactionShown::of(id, &account.currency, row);
    let shown = transactions.iter().map(show).collect();
    let prospects = accounts::prospects_of(&sim.db, &world, account).await?;
    Ok(Json(AccountProspects::of(prospects, shown)))
}
