//! What the outside world does to an account, at a tester's word.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::accounts::OfAccount;
use super::guard::{Body, Existing};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::accounts::actions::{self, Action, ActionError, Prospects};
use crate::domains::accounts::model::Account;

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
    /// What `action` may be now.
    possible_actions: Vec<PossibleAction>,
}

#[derive(Debug, Serialize, ToSchema)]
struct PossibleAction {
    action: &'static str,
    /// What the account must be like for it.
    needs: &'static str,
}

impl From<Prospects> for AccountProspects {
    fn from(Prospects { account, possible }: Prospects) -> Self {
        let kyc = account.primary().map(|holder| holder.kyc);
        let possible = possible.into_iter();
        let Account { id, standing, .. } = account;
        Self {
            account_identifier: id.to_string(),
            status: standing.status.as_str(),
            status_reasons: [standing.reason.as_str()],
            kyc_pending_gate: kyc.and_then(|kyc| kyc.gate).map(|gate| gate.as_str()),
            ofac_status: kyc.map(|kyc| kyc.ofac.as_str()),
            kyc_status: kyc.map(|kyc| kyc.kyc.as_str()),
            possible_actions: possible
                .map(|action| PossibleAction { action: action.name(), needs: action.needs() })
                .collect(),
        }
    }
}

impl From<ActionError> for Problem {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::NotFound(_) => Problem::new(StatusCode::NOT_FOUND, error.to_string()),
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
    Ok(Json(actions::prospects(&sim.db, &world, id).await?.into()))
}

/// Do something to an account from outside
///
/// Answers where the account then stands. Where it cannot be done, the answer is 409 and says what
/// can.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/accounts/{accountIdentifier}/actions",
    operation_id = "sim_act", tag = "Control: accounts",
    params(
        ("code" = String, Path, description = "Program code"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = Action,
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
    Body(action): Body<Action>,
) -> Result<Json<AccountProspects>, Problem> {
    let now = world.now(sim.worlds.wall());
    Ok(Json(actions::act(&sim.db, &world, (id, action), now).await?.into()))
}
