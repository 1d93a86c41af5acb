//! PUT account status: hold an account back, or let go of it. Vendor slug:
//! account_put_setpartneraccountstatus.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::status;
use crate::domains::accounts::wire::changes::SetStatusRequest;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Set the status of an account
///
/// `normal` with `healthy` lifts a hold and unblocks the cards; `restricted` and `locked` hold the
/// account for the reason given. Answers 4/105 where the account does not stand so that it can be.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/status",
    operation_id = "account_put_setpartneraccountstatus",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = SetStatusRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn set_status(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<SetStatusRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let (id, wanted) = (account_id(&path)?, body.wanted());
    let outcome = status::set(&sim.db, &call.world, (id, &wanted), call.now).await?;
    Ok(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read)).into())
}
