//! PUT account: terms, the partner's id, e-mail. Vendor slug: account_put_updateaccount.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::terms;
use crate::domains::accounts::wire::changes::UpdateAccountRequest;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change an account
///
/// An acceptance of terms takes the place of the one with its identifier.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}",
    operation_id = "account_put_updateaccount",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = UpdateAccountRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateAccountRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let id = account_id(&path)?;
    let update = body.open(&call)?;
    let outcome = terms::update(&sim.db, &call.world, (id, &update), call.now).await?;
    Ok(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read)).into())
}
