//! Transfers: money that a partner moves along a route. Follows the Transfers page.
//!
//! Invariants: one transfer is carried out once, however often its identifier or its request id
//! comes; one that has failed is not tried again; both balances change together or not at all.
//! Only transfers between two purses of an account are carried out. The other documented types are
//! known by name, and answered with HTTP 501.

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
        .routes(routes!(endpoints::create_transfer::create_transfer))
        .routes(routes!(endpoints::assess_transfer::assess_transfer))
}
