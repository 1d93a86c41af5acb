//! GET adjustment: what became of one. Vendor slug: adjustment_get_getadjustbalancestatus.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::adjustments::ops;
use crate::domains::adjustments::wire::AdjustmentResponse;
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read an adjustment
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/adjustments/\
        {adjustmentIdentifier}",
    operation_id = "adjustment_get_getadjustbalancestatus",
    tag = "Adjustments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("adjustmentIdentifier" = String, Path, format = Uuid, description = "The adjustment"),
    ),
    responses(
        (status = 200, description = "The adjustment", body = Envelope<AdjustmentResponse>),
        (status = 404, description = "10/0 no account, 10/1 no adjustment", body = Envelope<Empty>),
    )
)]
pub async fn get_adjustment(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AdjustmentResponse>> {
    let id = (account_id(&path)?, path_id(&path, "adjustmentIdentifier")?);
    call.expect_fresh(&sim).await?;
    let adjustment = ops::get(&sim.db, &call.world, id).await??;
    Ok(Reply::success(AdjustmentResponse::of(adjustment, &call)))
}
