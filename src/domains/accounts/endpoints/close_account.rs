//! PUT account close: the customer spends what is left. Vendor slug: account_put_closeaccount.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::status;
use crate::domains::accounts::wire::changes::CloseRequest;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Begin to close an account
///
/// It becomes restricted until the money that is swept into its primary purse is spent. Answers
/// 4/105 unless the account is healthy and no purse is overdrawn.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/close",
    operation_id = "account_put_closeaccount",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CloseRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn close_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CloseRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let wish = (account_id(&path)?, body.reason.as_deref());
    let outcome = status::close(&sim.db, &call.world, wish, call.now).await?;
    Ok(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read)).into())
}
