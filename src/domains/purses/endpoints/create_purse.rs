//! POST purses: make a purse beside the primary one. Vendor slug: purse_post_createpurse.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::purses::ops;
use crate::domains::purses::wire::{CreatePurseRequest, PurseResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Make a purse
///
/// One request id makes one purse: the same call again is answered by it as it now stands.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/purses",
    operation_id = "purse_post_createpurse",
    tag = "Purses",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CreatePurseRequest,
    responses(
        (status = 200, description = "The purse, or 4/105", body = Envelope<PurseResponse>),
        (status = 400, description = "A member will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_purse(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CreatePurseRequest>,
) -> ApiResult<Reply<PurseResponse>> {
    let account = account_id(&path)?;
    let new = body.read()?;
    let request_id = call.request_id.canonical();
    let occasion = (account, request_id.as_str());
    let outcome = ops::create(&sim.db, &call.world, occasion, new, call.now).await?;
    Ok(outcome.map(|purse| PurseResponse::of(&purse)).into())
}
