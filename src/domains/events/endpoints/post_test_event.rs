//! POST testeventwebhook: post an event to an address. Vendor slug: event_post_testeventwebhook.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::events::ops;
use crate::domains::events::wire::{TestEventRequest, TestEventResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;
use crate::kernel::codes;

/// Post a test event
///
/// Once, as a webhook is posted, and nothing is kept of it. The answer tells what came back and how
/// a delivery would be judged by it; it is a success whatever came back.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/testeventwebhook",
    operation_id = "event_post_testeventwebhook",
    tag = "Test events",
    params(("programCode" = String, Path, description = "The program")),
    request_body = TestEventRequest,
    responses(
        (status = 200, description = "Posted, or tried to", body = Envelope<TestEventResponse>),
        (status = 503, description = "Too many on their way", body = Envelope<Empty>),
    )
)]
pub async fn post_test_event(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<TestEventRequest>,
) -> ApiResult<Reply<TestEventResponse>> {
    let event = body.open()?;
    // Before the post: a call that has posted must not be repeated.
    call.expect_fresh(&sim).await?;
    let id = call.request_id.canonical();
    let moments = (call.now, sim.worlds.wall());
    let exchange = ops::post(&sim.dispatcher, (&call.world, &id), &event, moments).await;
    let exchange = exchange.ok_or(&codes::UNAVAILABLE)?;
    Ok(Reply::success(TestEventResponse::of(&event.url, &id, exchange)))
}
