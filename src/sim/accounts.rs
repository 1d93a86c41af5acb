//! Accounts of a world, as a tester finds them.

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::Existing;
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::accounts::model::AccountStatus;
use crate::domains::accounts::ops::{self, Listed, Wanted};
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
