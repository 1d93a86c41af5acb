//! GET account: read one account. Vendor slug: account_get_getaccount.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::{AccountResponse, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read one account
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}",
    operation_id = "account_get_getaccount",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AccountResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    Ok(Reply::success(AccountResponse::read(&found.expect()?, &call)))
}
