//! POST transfers assessment: what would become of one. Vendor slug: transfers_post_assesstransfer.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::transfers::ops::{self, Asking};
use crate::domains::transfers::wire::{CreateTransferRequest, TransferResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Assess a transfer
///
/// Judges it as the transfer itself would be judged, and moves nothing.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/transfers/assessment",
    operation_id = "transfers_post_assesstransfer",
    tag = "Transfers",
    params(("programCode" = String, Path, description = "The program")),
    request_body = CreateTransferRequest,
    responses(
        (status = 200, description = "What would come of it", body = Envelope<TransferResponse>),
        (status = 400, description = "A member will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no purse", body = Envelope<Empty>),
        (status = 501, description = "501/0 another documented type", body = Envelope<Empty>),
    )
)]
pub async fn assess_transfer(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<CreateTransferRequest>,
) -> ApiResult<Reply<TransferResponse>> {
    let (new, request_id) = (body.read()?, call.request_id.canonical());
    let asking = Asking { request_id: &request_id, new: &new, now: call.now };
    let outcome = ops::assess(&sim.db, &call.world, &asking).await?;
    call.expect_fresh(&sim).await?;
    Ok(outcome.map(|done| TransferResponse::assessed(&done, new.id)).into())
}
