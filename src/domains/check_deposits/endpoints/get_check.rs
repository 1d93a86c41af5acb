//! GET check: what has become of one. Vendor slug: account_get_getmrdctransfer.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::check_deposits::ops;
use crate::domains::check_deposits::wire::CheckResponse;
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read a check deposit
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers\
            /{transferIdentifier}",
    operation_id = "account_get_getmrdctransfer",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("transferIdentifier" = String, Path, format = Uuid, description = "The check"),
    ),
    responses(
        (status = 200, description = "The check", body = Envelope<CheckResponse>),
        (status = 404, description = "10/0 no account, 10/1 no check", body = Envelope<Empty>),
    )
)]
pub async fn get_check(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<CheckResponse>> {
    let id = (account_id(&path)?, path_id(&path, "transferIdentifier")?);
    call.expect_fresh(&sim).await?;
    let deposit = ops::get(&sim.db, &call.world, id).await??;
    Ok(Reply::success(CheckResponse::of(&deposit)))
}
