//! POST testeventwebhook-rcv: the receiver that plays the partner. Vendor slug:
//! event_post_testeventwebhook_rcv.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::app::Sim;
use crate::domains::events::wire::{EventEnvelopeRequest, EventsTakenResponse};
use crate::domains::events::{ops, rules};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply, as_told};
use crate::http::error::ApiResult;
use crate::http::json::VendorJsonText;

/// Receive a test event, as a partner would
///
/// The envelope is looked at, and the signature if there is one and the program has a key. Then the
/// receiver waits and answers as it was configured, with any status and body.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/testeventwebhook-rcv",
    operation_id = "event_post_testeventwebhook_rcv",
    tag = "Test events",
    params(
        ("programCode" = String, Path, description = "The program"),
        (
            "x-gd-signature" = Option<String>, Header,
            description = "HMAC-SHA256 of the body under the program's key, lower-case hexadecimal"
        ),
    ),
    request_body = EventEnvelopeRequest,
    responses(
        (status = 200, description = "Acknowledged", body = Envelope<EventsTakenResponse>),
        (status = 400, description = "400/0 envelope or signature", body = Envelope<Empty>),
    )
)]
pub async fn receive_test_event(
    State(sim): State<Sim>,
    call: Call,
    headers: HeaderMap,
    body: VendorJsonText<EventEnvelopeRequest>,
) -> ApiResult<Response> {
    let (version, answer) = ops::receiver(&sim.db, &call.world).await?;
    call.expect_version(version)?;
    let taken = body.document.taken()?;
    let key = call.world.settings.test_events.signing_key.as_deref();
    let given = headers.get(rules::SIGNATURE).map(|value| value.as_bytes());
    rules::expect_signed(key, &body.text, given)?;
    ops::wait(&answer, &call.world, &call.request_id.canonical()).await;
    let told = (answer.status, answer.content_type.as_str(), answer.body);
    Ok(as_told(Reply::success(taken), told))
}
