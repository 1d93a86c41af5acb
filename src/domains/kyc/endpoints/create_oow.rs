//! POST oow: answers to questions out of the holder's wallet. Vendor slug: kyc_post_createoow.

use axum::extract::{RawPathParams, State};
use serde_json::Value as Json;

use crate::app::Sim;
use crate::domains::accounts::wire::user_id;
use crate::domains::kyc::gates;
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::GateResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Answer questions out of the holder's wallet
///
/// No account is ever asked any, so the gate is never the pending one.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/users/{userIdentifier}/kycGates/oow",
    operation_id = "kyc_post_createoow",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body(content = Object, description = "The answers, free-form"),
    responses(
        (status = 200, description = "1/12: the gate is not pending", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_oow(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(_answers): VendorJson<Json>,
) -> ApiResult<Reply<GateResponse>> {
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = gates::oow(&sim.db, &caller, user_id(&path)?).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)))
}
