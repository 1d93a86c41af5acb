//! GET linked accounts: which other accounts the holders of one have. Vendor slugs:
//! account_get_getlinkedaccount and account_get_getlinkedaccountsinfo, of which the names alone are
//! known.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::accounts::wire::lists::LinkedAccountsResponse;
use crate::domains::accounts::{listing, ops};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the linked accounts of an account
///
/// Accounts of the program that a holder of this one is a holder of too, at most 100, oldest first.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/linkedAccounts",
    operation_id = "account_get_getlinkedaccount",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The accounts", body = Envelope<LinkedAccountsResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_linked_accounts(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<LinkedAccountsResponse>> {
    let id = account_id(&path)?;
    let found = ops::get(&sim.db, &call.world, id).await?;
    call.expect_version(found.world_version)?;
    found.expect()?;
    let linked = listing::linked_to(&sim.db, &call.world, id).await?;
    Ok(Reply::success(LinkedAccountsResponse::of(&linked)))
}

/// The same under its other name
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/linkedAccountsInfo",
    operation_id = "account_get_getlinkedaccountsinfo",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The accounts", body = Envelope<LinkedAccountsResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_linked_accounts_info(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<LinkedAccountsResponse>> {
    get_linked_accounts(sim, call, path).await
}
