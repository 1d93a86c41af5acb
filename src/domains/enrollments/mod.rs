//! Enrollments: a person becomes a customer with an account and a card. Follows Enrollments API
//! Endpoints and the reference page of POST enrollments.
//!
//! Invariants: one request id with one identity makes one account, however often and however
//! parallel it comes; an enrollment that stopped half-way is completed by the same call, and only
//! then told to the partner; identity numbers are kept as keyed hashes.
//! [`packages`] are the card packages of instant issue; [`upgrade`] is the other use case of POST
//! enrollments, which makes no account.

mod endpoints;
pub mod model;
pub mod ops;
pub mod packages;
pub mod rules;
mod store;
pub mod upgrade;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::create_enrollment::create_enrollment))
        .routes(routes!(
            endpoints::get_enrollment::get_enrollment,
            endpoints::update_profile::update_profile_plural
        ))
        .routes(routes!(endpoints::update_profile::update_profile))
        .routes(routes!(endpoints::get_activation_link::get_activation_link))
}
