//! Adjustments: a partner moves money into or out of an account on its own account. Follows
//! "Adjustments" of Optional API Add-Ons.
//!
//! Invariants: one `adjustmentIdentifier` of an account is carried out once, however often it
//! comes; a reversal is an adjustment like any other and looks up nothing; which types there are is
//! configuration of the program.
//! Left out: the headers for a longest time of retries and for call routing, whose names no
//! document prints.

mod endpoints;
mod events;
pub mod model;
pub mod ops;
pub mod reconciliation;
pub mod rules;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::create_adjustment::create_adjustment))
        .routes(routes!(endpoints::get_adjustment::get_adjustment))
}
