//! POST enrollments: enroll a person, or upgrade an account. Vendor slug:
//! enrollments_post_createenrollment.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::enrollments::ops::{self, Caller};
use crate::domains::enrollments::upgrade;
use crate::domains::enrollments::wire::{EnrollmentRequest, EnrollmentResponse, Wish};
use crate::http::call::Call;
use crate::http::envelope::{Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

const OPERATION: &str = "enrollments_post_createenrollment";

/// Enroll a person, or upgrade an account
///
/// With `upgradeFlag` the account of `account.accountIdentifier` gets the product of
/// `account.productCode`; a user document may be left out, and must otherwise agree with the
/// profile on file.
///
/// Repeating the call with the same `X-GD-RequestId` and identity is harmless: it answers as the
/// first one did, or completes an enrollment that had stopped half-way (HTTP 503).
#[utoipa::path(
    post,
    path = "/programs/{programCode}/enrollments",
    operation_id = "enrollments_post_createenrollment",
    tag = "Enrollments",
    params(("programCode" = String, Path, description = "The program")),
    request_body = EnrollmentRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<EnrollmentResponse>),
        (status = 503, description = "503/0 Fail: stopped half-way, repeat the same call"),
    )
)]
pub async fn create_enrollment(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<EnrollmentRequest>,
) -> ApiResult<Reply<EnrollmentResponse>> {
    let wish = body.open(&call)?;
    let target = call.fault_target(OPERATION);
    let faults: Vec<_> = call.faults_for(&target).collect();
    let request_id = call.request_id.canonical();
    let (world, now) = (&*call.world, call.now);
    let caller = Caller { world, request_id: &request_id, now, faults: &faults };
    let outcome = match &wish {
        Wish::Enrollment(new) => ops::enroll(&sim.db, &caller, new).await?,
        Wish::Upgrade(new) => upgrade::upgrade(&sim.db, &caller, new).await?,
    };
    let outcome = outcome.map(|account| EnrollmentResponse::of(&account, &call));
    Ok(Reply::of(outcome, || Some(EnrollmentResponse::empty())))
}
