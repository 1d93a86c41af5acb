//! PUT purse: description, goal, icon, round-ups. Vendor slug: purse_put_updatepurse.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::purses::ops;
use crate::domains::purses::wire::{PurseResponse, UpdatePurseRequest, purse_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change a purse
///
/// What is left out stays as it is.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}",
    operation_id = "purse_put_updatepurse",
    tag = "Purses",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("purseIdentifier" = String, Path, format = Uuid, description = "The purse"),
    ),
    request_body = UpdatePurseRequest,
    responses(
        (status = 200, description = "The purse, or 4/105", body = Envelope<PurseResponse>),
        (status = 400, description = "A member will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no purse", body = Envelope<Empty>),
    )
)]
pub async fn update_purse(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdatePurseRequest>,
) -> ApiResult<Reply<PurseResponse>> {
    let id = (account_id(&path)?, purse_id(&path)?);
    let change = body.read()?;
    let outcome = ops::update(&sim.db, &call.world, id, &change).await?;
    Ok(outcome.map(|purse| PurseResponse::of(&purse)).into())
}
