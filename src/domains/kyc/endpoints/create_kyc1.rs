//! POST kyc1: the last four digits. Vendor slug: kyc_post_createkyc1.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::user_id;
use crate::domains::kyc::gates;
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::{GateResponse, Kyc1Request};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Hand in the last four digits
///
/// A legacy gate that passes nothing by itself: the answer tells which gate is pending.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/users/{userIdentifier}/kycGates/kyc1",
    operation_id = "kyc_post_createkyc1",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body = Kyc1Request,
    responses(
        (status = 201, description = "Where the holder stands", body = Envelope<GateResponse>),
        (status = 200, description = "1/12: no gate is pending", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_kyc1(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<Kyc1Request>,
) -> ApiResult<Reply<GateResponse>> {
    let user = user_id(&path)?;
    let suffix = body.open(&call)?;
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = gates::kyc1(&sim.db, &caller, (user, suffix.as_deref())).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)).created())
}
