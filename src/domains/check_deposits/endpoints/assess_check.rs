//! POST assessment of a check: what an account lacks to deposit one. Vendor slug:
//! transfers_post_assessmrdctransfer.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::check_deposits::ops;
use crate::domains::check_deposits::wire::{AssessCheckRequest, AssessCheckResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Ask whether a check may be deposited
///
/// Answers what is wanting, and when the money of a check of today would be there. Changes nothing.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/transfers/mrdc/assessment",
    operation_id = "transfers_post_assessmrdctransfer",
    tag = "Check deposits",
    params(("programCode" = String, Path, description = "The program")),
    request_body = AssessCheckRequest,
    responses(
        (status = 200, description = "What is wanting", body = Envelope<AssessCheckResponse>),
        (status = 400, description = "A member is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn assess_check(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<AssessCheckRequest>,
) -> ApiResult<Reply<AssessCheckResponse>> {
    let asked = body.read()?;
    call.expect_fresh(&sim).await?;
    let found = ops::assess(&sim.db, &call.world, asked, call.now).await??;
    Ok(Reply::success(AssessCheckResponse::of(&found)))
}
