//! POST adjustments: move money into or out of an account. Vendor slug:
//! adjustment_post_adjustbalance.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::adjustments::ops;
use crate::domains::adjustments::wire::{CreateAdjustmentRequest, CreateAdjustmentResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// The vendor's name of this operation.
const OPERATION: &str = "adjustment_post_adjustbalance";

/// Adjust a balance
///
/// One identifier is carried out once: the same body again is answered as it stands, another one is
/// refused.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/adjustments",
    operation_id = "adjustment_post_adjustbalance",
    tag = "Adjustments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CreateAdjustmentRequest,
    responses(
        (status = 200, description = "The outcome", body = Envelope<CreateAdjustmentResponse>),
        (status = 400, description = "A member or the type is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_adjustment(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CreateAdjustmentRequest>,
) -> ApiResult<Reply<CreateAdjustmentResponse>> {
    let account = account_id(&path)?;
    let new = body.read()?;
    let target = call.fault_target(OPERATION);
    let faults = ops::of_processor(call.faults_for(&target));
    let within = (&*call.world, faults.as_slice());
    let outcome = ops::create(&sim.db, within, (account, new), call.now).await?;
    Ok(outcome.map(|adjustment| CreateAdjustmentResponse::of(&adjustment, &call)).into())
}
