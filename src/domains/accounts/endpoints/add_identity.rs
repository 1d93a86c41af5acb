//! POST identity: an ITIN for a holder who enrolled with a Matricula. Vendor slug:
//! account_post_updateitin. The guide prints the path without its program; both work.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::identity;
use crate::domains::accounts::wire::changes::IdentityRequest;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id, user_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Add an ITIN to a Matricula enrollment
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/identity",
    operation_id = "account_post_updateitin",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The holder"),
    ),
    request_body = IdentityRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn add_identity(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<IdentityRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let ids = (account_id(&path)?, user_id(&path)?);
    let number = body.open(&call)?;
    let outcome = identity::add_itin(&sim.db, &call.world, ids, (&number, call.now)).await?;
    Ok(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read)).into())
}

/// The same without its program
///
/// For clients with exactly one program that holds the account.
#[utoipa::path(
    post,
    path = "/accounts/{accountIdentifier}/users/{userIdentifier}/identity",
    operation_id = "account_post_updateitin_without_program",
    tag = "Accounts",
    params(
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The holder"),
    ),
    request_body = IdentityRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn add_identity_without_program(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
    body: VendorJson<IdentityRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    add_identity(sim, call, path, body).await
}
