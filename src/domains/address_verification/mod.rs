//! Address verification: is this a postal address, and how is it written? Follows "Verify User
//! Address" of Optional API Add-Ons; the table of `docs/addresses.md` stands in for the vendor's
//! source of addresses.
//!
//! Invariants: every address gets an answer, and always the same one; what is suggested is
//! suggested again when it is given. Nothing is read or kept.
//! Left out: real streets and cities. Whether a street exists, a tester says with a word in it.

mod endpoints;
pub mod model;
pub mod rules;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new().routes(routes!(endpoints::verify_address::verify_address))
}
