//! Payment instruments: the cards of an account. Follows the reference page of completing a
//! registration.
//!
//! Invariants: cards are made once; a registration is completed from where it is approved and from
//! nowhere else.
//! Left out so far: everything about cards that exist.

mod endpoints;
pub mod model;
pub mod ops;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new().routes(routes!(endpoints::complete_registration::complete_registration))
}
