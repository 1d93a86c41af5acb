//! POST kyc2: the whole number. Vendor slug: kyc_post_createkyc2.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::user_id;
use crate::domains::kyc::gates::{self, Ssn};
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::{GateResponse, Kyc2Request};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Hand in the whole social security number
///
/// A number that does not pass uses up a try; one that passes takes the place of the one on file.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/users/{userIdentifier}/kycGates/kyc2",
    operation_id = "kyc_post_createkyc2",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body = Kyc2Request,
    responses(
        (status = 201, description = "Where the holder stands", body = Envelope<GateResponse>),
        (status = 200, description = "1/12: the gate is not pending", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_kyc2(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<Kyc2Request>,
) -> ApiResult<Reply<GateResponse>> {
    let user = user_id(&path)?;
    let ssn = Ssn(body.open(&call)?);
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = gates::kyc2(&sim.db, &caller, (user, &ssn)).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)).created())
}
