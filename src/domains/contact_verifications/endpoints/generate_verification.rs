//! POST contactVerifications: send a code. Vendor slug:
//! contactverification_post_generateverifications.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::contact_verifications::ops;
use crate::domains::contact_verifications::wire::{
    GenerateVerificationRequest, GenerateVerificationResponse,
};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Generate a contact verification
///
/// The code is read through the control API; `contactVerification.code` of the program sets one for
/// all. The same call under the same request id answers the same identifier.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/contactVerifications",
    operation_id = "contactverification_post_generateverifications",
    tag = "Contact verifications",
    params(("programCode" = String, Path, description = "The program")),
    request_body = GenerateVerificationRequest,
    responses(
        (status = 200, description = "Its id", body = Envelope<GenerateVerificationResponse>),
        (status = 400, description = "A member is missing or wrong", body = Envelope<Empty>),
    )
)]
pub async fn generate_verification(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<GenerateVerificationRequest>,
) -> ApiResult<Reply<GenerateVerificationResponse>> {
    let request_id = call.request_id.canonical();
    let within = (&*call.world, request_id.as_str());
    let outcome = ops::generate(&sim.db, within, &body.given(), call.now).await?;
    Ok(outcome.map(GenerateVerificationResponse::of).into())
}
