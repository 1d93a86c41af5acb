//! POST transfers: move money from purse to purse. Vendor slug: transfers_post_transfer.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::transfers::ops::{self, Asking};
use crate::domains::transfers::wire::{CreateTransferRequest, TransferResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Transfer money
///
/// One identifier, or one request id, is carried out once: the same call again is answered as it
/// stands, another body is refused.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/transfers",
    operation_id = "transfers_post_transfer",
    tag = "Transfers",
    params(("programCode" = String, Path, description = "The program")),
    request_body = CreateTransferRequest,
    responses(
        (status = 200, description = "What came of it", body = Envelope<TransferResponse>),
        (status = 400, description = "A member will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no purse", body = Envelope<Empty>),
        (status = 501, description = "501/0 another documented type", body = Envelope<Empty>),
    )
)]
pub async fn create_transfer(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<CreateTransferRequest>,
) -> ApiResult<Reply<TransferResponse>> {
    let (new, request_id) = (body.read()?, call.request_id.canonical());
    let asking = Asking { request_id: &request_id, new: &new, now: call.now };
    let outcome = ops::create(&sim.db, &call.world, &asking).await?;
    Ok(outcome.map(|done| TransferResponse::of(&done)).into())
}
