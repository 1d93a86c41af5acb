//! Accounts of a world, as a tester finds them, and what the outside world does to them.

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Body, Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::accounts::actions::{self, Action, ActionError, Prospects};
use crate::domains::accounts::model::{Account, AccountStatus};
use crate::domains::accounts::ops::{self, Listed, Wanted};
use crate::kernel::ids::AccountId;
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;

/// Which accounts to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountFilter {
    /// Only with this status: `pending`, `normal`, `restricted`, `locked` or `closed`.
    #[serde(default)]
    status: Option<String>,
    /// Only the one with this reference number.
    #[serde(default)]
    account_reference_number: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    limit: Option<u32>,
    /// Entries to pass over.
    #[serde(default)]
    offset: Option<u32>,
}

/// `{"accounts": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AccountList {
    accounts: Vec<AccountLine>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountLine {
    #[schema(format = Uuid)]
    account_identifier: String,
    account_reference_number: String,
    product_code: String,
    status: &'static str,
    status_reasons: [&'static str; 1],
    /// When it was made, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Listed> for AccountLine {
    fn from(listed: Listed) -> Self {
        let Listed { id, reference_number, product_code, standing, created_at } = listed;
        Self {
            account_identifier: id.to_string(),
            account_reference_number: reference_number,
            product_code,
            status: standing.status.as_str(),
            status_reasons: [standing.reason.as_str()],
            created_at,
        }
    }
}

/// Accounts of a program, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/accounts", operation_id = "sim_list_accounts",
    tag = "Control: accounts",
    params(("code" = String, Path, description = "Program code"), AccountFilter),
    responses(
        (status = 200, body = AccountList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_accounts(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<AccountFilter>, QueryRejection>,
) -> Result<Json<AccountList>, Problem> {
    let Query(filter) = filter?;
    let status = filter.status.as_deref().map(AccountStatus::from_str).transpose();
    let wanted = Wanted {
        status: status.map_err(|problem| Problem::bad_request(format!("status: {problem}")))?,
        reference_number: filter.account_reference_number.as_deref(),
        page: Page::of(filter.limit, filter.offset),
    };
    let accounts = ops::list(&sim.db, &world, &wanted).await?;
    Ok(Json(AccountList { accounts: accounts.into_iter().map(AccountLine::from).collect() }))
}

/// The account identifier of the path.
#[derive(Debug)]
pub(super) struct OfAccount(AccountId);

impl FromRequestParts<Sim> for OfAccount {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let given = path_value(parts, sim, "accountIdentifier").await?;
        let id = AccountId::from_str(&given);
        id.map(Self).map_err(|problem| Problem::bad_request(format!("accountIdentifier {problem}")))
    }
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
