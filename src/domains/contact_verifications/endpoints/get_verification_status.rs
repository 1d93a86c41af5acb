//! GET verification status: where a contact verification stands. Vendor slug:
//! contactverification_get_getcontactverificationstatus.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::contact_verifications::ops;
use crate::domains::contact_verifications::wire::VerificationStatusResponse;
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Where a contact verification stands
///
/// The session is the verification: `sessionIdentifier` is its `contactVerificationIdentifier`.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/verification/status/{sessionIdentifier}",
    operation_id = "contactverification_get_getcontactverificationstatus",
    tag = "Contact verifications",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("sessionIdentifier" = String, Path, format = Uuid, description = "The verification"),
    ),
    responses(
        (status = 200, description = "The status", body = Envelope<VerificationStatusResponse>),
        (status = 404, description = "10/0: no such verification", body = Envelope<Empty>),
    )
)]
pub async fn get_verification_status(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<VerificationStatusResponse>> {
    let id = path_id(&path, "sessionIdentifier")?;
    call.expect_fresh(&sim).await?;
    let found = ops::get(&sim.db, &call.world, id).await??;
    Ok(Reply::success(VerificationStatusResponse::of(&found, call.now)))
}
