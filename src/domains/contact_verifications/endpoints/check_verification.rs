//! PUT contactVerifications: check a code. Vendor slug:
//! contactverification_put_checkverifications.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::contact_verifications::ops;
use crate::domains::contact_verifications::wire::CheckVerificationRequest;
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Check the code of a contact verification
///
/// A wrong code is HTTP 200 with 4/201 and uses up a try; 4/202 when they are used up, 4/203 when
/// the code has expired. The right code is right again for what is verified.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/contactVerifications/{contactVerificationIdentifier}",
    operation_id = "contactverification_put_checkverifications",
    tag = "Contact verifications",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("contactVerificationIdentifier" = String, Path, format = Uuid,
            description = "The verification"),
    ),
    request_body = CheckVerificationRequest,
    responses(
        (status = 200, description = "0/0, or why not", body = Envelope<Empty>),
        (status = 400, description = "A member is missing or wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0: no such verification", body = Envelope<Empty>),
    )
)]
pub async fn check_verification(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CheckVerificationRequest>,
) -> ApiResult<Reply<Empty>> {
    let id = path_id(&path, "contactVerificationIdentifier")?;
    let code = body.code_for(id)?;
    let outcome = ops::check(&sim.db, &call.world, (id, &code), call.now).await?;
    Ok(outcome.map(|()| Empty {}).into())
}
