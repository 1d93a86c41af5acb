//! Accounts of a world, as a tester finds them.

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::accounts::listing::{self, Listed, Wanted};
use crate::domains::accounts::model::{Account, AccountStatus, Card};
use crate::domains::accounts::ops;
use crate::domains::accounts::positions::Position;
use crate::kernel::ids::AccountId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::time::Timestamp;
use crate::schedule::{self, Waiting};

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
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
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
    let accounts = listing::list(&sim.db, &world, &wanted).await?;
    Ok(Json(AccountList { accounts: accounts.into_iter().map(AccountLine::from).collect() }))
}

/// The account identifier of the path.
#[derive(Debug)]
pub(super) struct OfAccount(pub AccountId);

impl FromRequestParts<Sim> for OfAccount {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let given = path_value(parts, sim, "accountIdentifier").await?;
        let id = AccountId::from_str(&given);
        id.map(Self).map_err(|problem| Problem::bad_request(format!("accountIdentifier {problem}")))
    }
}

/// One account, with what no partner is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountDetail {
    #[serde(flatten)]
    line: AccountLine,
    /// The row of the status matrix that it stands at, as in `docs/states.md`.
    position: &'static str,
    /// Cards of all holders.
    cards: Vec<CardDetail>,
    /// What is still to happen to it, and when.
    tasks: Vec<TaskDetail>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CardDetail {
    #[schema(format = Uuid)]
    payment_instrument_identifier: String,
    payment_instrument_type: &'static str,
    status: &'static str,
    /// The name on the card.
    embossed_name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TaskDetail {
    /// `orderCards`, `unblockCards`, `reviewOfac`, `settleAdjustment`, `expireHold`,
    /// `releaseDeposit` or `completeSwitch`.
    kind: String,
    /// On the world's clock.
    #[schema(value_type = String, format = DateTime)]
    due_at: Timestamp,
}

impl AccountDetail {
    fn of(account: &Account, tasks: Vec<Waiting>) -> Self {
        let position = account.position().map_or("", Position::name);
        let task = |task: Waiting| TaskDetail { kind: task.kind, due_at: task.due_at };
        let cards = account.holders.iter().flat_map(|holder| &holder.cards);
        Self {
            line: AccountLine::from(Listed::from(account)),
            position,
            cards: cards.map(CardDetail::of).collect(),
            tasks: tasks.into_iter().map(task).collect(),
        }
    }
}

impl CardDetail {
    fn of(card: &Card) -> Self {
        Self {
            payment_instrument_identifier: card.id.to_string(),
            payment_instrument_type: card.kind.as_str(),
            status: card.status.as_str(),
            embossed_name: card.embossed_name.clone(),
        }
    }
}

/// One account, with what no partner is shown
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/accounts/{accountIdentifier}",
    operation_id = "sim_get_account", tag = "Control: accounts",
    params(
        ("code" = String, Path, description = "Program code"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses((status = 200, body = AccountDetail), (status = 404, body = Problem))
)]
pub(super) async fn get_account(
    State(sim): State<Sim>,
    Existing(world): Existing,
    OfAccount(id): OfAccount,
) -> Result<Json<AccountDetail>, Problem> {
    let account = ops::get(&sim.db, &world, id).await?.account;
    let account = account.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, format!("account {id} does not exist"))
    })?;
    let tasks = schedule::ops::waiting(&sim.db, &world.code, id).await?;
    Ok(Json(AccountDetail::of(&account, tasks)))
}
