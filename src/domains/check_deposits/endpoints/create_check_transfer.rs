//! POST check as a transfer: the same as handing one in, under the vendor's other path. Vendor
//! slug: transfers_post_createmrdctransfer.

use axum::extract::State;

use super::submit_check::submit_check;
use crate::app::Sim;
use crate::domains::check_deposits::wire::{CheckResponse, SubmitCheckRequest};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Hand a check in, as a transfer
///
/// As handing one in under `fundfulfillment`.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/transfers/mrdc",
    operation_id = "transfers_post_createmrdctransfer",
    tag = "Check deposits",
    params(("programCode" = String, Path, description = "The program")),
    request_body = SubmitCheckRequest,
    responses(
        (
            status = 200,
            description = "The check as it stands; 4/105 or 5/55 where the account may not",
            body = Envelope<CheckResponse>
        ),
        (status = 400, description = "A member is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_check_transfer(
    sim: State<Sim>,
    call: Call,
    body: VendorJson<SubmitCheckRequest>,
) -> ApiResult<Reply<CheckResponse>> {
    submit_check(sim, call, body).await
}
