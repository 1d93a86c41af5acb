//! POST AccountHolder: a second holder joins. Vendor slug: account_post_addaccountholder.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::joint;
use crate::domains::accounts::wire::joint::AccountHolderRequest;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Add a second holder to an account
///
/// The person is screened; what that comes to is shown with the person and leaves the account as it
/// is. Repeating the call with the same identity is harmless.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/AccountHolder",
    operation_id = "account_post_addaccountholder",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = AccountHolderRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn add_holder(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<AccountHolderRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let id = account_id(&path)?;
    let new = body.open(&call)?;
    let request_id = call.request_id.canonical();
    let occasion = (request_id.as_str(), call.now);
    let outcome = joint::join(&sim.db, &call.world, (id, &new), occasion).await?;
    Ok(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read)).into())
}
