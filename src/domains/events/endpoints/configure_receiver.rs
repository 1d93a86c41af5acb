//! POST testeventwebhook-setconfig: how the receiver answers. Vendor slug:
//! event_post_testeventwebhooksetconfig.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::events::ops;
use crate::domains::events::wire::{ReceiverConfigRequest, ReceiverConfigResponse};
use crate::http::call::Call;
use crate::http::envelope::{Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Configure the receiver of test events
///
/// For the whole program, until it is configured again. An empty object has it acknowledge again.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/testeventwebhook-setconfig",
    operation_id = "event_post_testeventwebhooksetconfig",
    tag = "Test events",
    params(("programCode" = String, Path, description = "The program")),
    request_body = ReceiverConfigRequest,
    responses(
        (status = 200, description = "Configured", body = Envelope<ReceiverConfigResponse>),
    )
)]
pub async fn configure_receiver(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<ReceiverConfigRequest>,
) -> ApiResult<Reply<ReceiverConfigResponse>> {
    let answer = body.open()?;
    ops::configure(&sim.db, &call.world, &answer, call.now).await?;
    Ok(Reply::success(answer.into()))
}
