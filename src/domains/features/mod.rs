//! Account features: what a customer is enrolled in beside the account itself, such as a backup
//! balance or cash back. Follows "Account Features Overview" of Optional API Add-Ons.
//!
//! Invariants: of one group of features an account has one at most; a feature is never on while the
//! terms that it asks for are declined; which features there are is configuration of the program.
//! Left out: the showcase of features and their eligibility, of which no document prints a path.

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
        .routes(routes!(endpoints::update_feature::update_feature))
        .routes(routes!(endpoints::get_features::get_features))
}
