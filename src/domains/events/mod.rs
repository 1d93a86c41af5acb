//! Tests of webhooks: an event that the partner gives is posted to an address of his, and a
//! receiver plays the partner. Follows the Event group of the API reference.
//!
//! Invariants: what is posted is what was given, once, outside the queue of deliveries, with no
//! transaction open; the body that is posted names no address, so no chain of such calls goes on by
//! itself. Waiting times, texts, lists and posts under way at once are bounded.
//! Left out: keeping what was posted or received.

mod endpoints;
mod model;
pub mod ops;
mod rules;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::post_test_event::post_test_event))
        .routes(routes!(endpoints::receive_test_event::receive_test_event))
        .routes(routes!(endpoints::configure_receiver::configure_receiver))
}
