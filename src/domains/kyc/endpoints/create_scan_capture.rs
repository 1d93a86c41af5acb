//! POST scanCapture: scan an identity document. Vendor slug: kyc_post_createscancapturevalidation.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::kyc::scans;
use crate::domains::kyc::wire::{ScanCaptureRequest, ScanCaptureResponse};
use crate::http::call::Call;
use crate::http::envelope::{Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Scan an identity document
///
/// For applicants without a social security number: the id that is answered takes its place in one
/// enrollment.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/kycGates/scanCapture",
    operation_id = "kyc_post_createscancapturevalidation",
    tag = "KYC",
    params(("programCode" = String, Path, description = "The program")),
    request_body = ScanCaptureRequest,
    responses((status = 202, description = "The scan", body = Envelope<ScanCaptureResponse>))
)]
pub async fn create_scan_capture(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<ScanCaptureRequest>,
) -> ApiResult<Reply<ScanCaptureResponse>> {
    let new = body.open(&call)?;
    let occasion = (&*call.request_id.canonical(), call.now);
    let outcome = scans::capture(&sim.db, &call.world, occasion, &new).await?;
    Ok(Reply::from(outcome.map(ScanCaptureResponse::from)).accepted())
}
