//! POST addressVerification: what can be said of an address. Vendor slug:
//! contactverification_post_addressverifications.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::address_verification::rules;
use crate::domains::address_verification::wire::{VerifyAddressRequest, VerifyAddressResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Verify an address
///
/// The answer follows from the address alone, by the table of docs/addresses.md. A word of the
/// first line that is a `matchLevel`, such as `Multiple`, asks for that one.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/addressVerification",
    operation_id = "contactverification_post_addressverifications",
    tag = "Address verification",
    params(("programCode" = String, Path, description = "The program")),
    request_body = VerifyAddressRequest,
    responses(
        (status = 200, description = "The verdict", body = Envelope<VerifyAddressResponse>),
        (status = 400, description = "200/0: a member is missing", body = Envelope<Empty>),
    )
)]
pub async fn verify_address(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<VerifyAddressRequest>,
) -> ApiResult<Reply<VerifyAddressResponse>> {
    // Nothing is read: the token may have aged by a clock that another process has moved.
    call.expect_fresh(&sim).await?;
    let address = rules::read(&body.given()).map_err(|denial| denial.refusal())?;
    Ok(Reply::success(rules::verify(&address).into()))
}
