//! Contact verifications: a code goes to a phone or an e-mail address, and whoever reads it back
//! has shown that the contact is theirs. Follows "Generate Verifications", "Check Verifications"
//! and "Obtain Contact Verification Status" of Optional API Add-Ons.
//!
//! Invariants: a code is tried as often as was allowed when it was generated, however parallel;
//! what is verified or failed stays so; no vendor answer, log line, webhook or record of a refusal
//! holds a code.
//! Left out: sending anything. A tester reads the code through the control API, or sets one for
//! all.

mod endpoints;
pub mod model;
pub mod ops;
pub mod rules;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::generate_verification::generate_verification))
        .routes(routes!(endpoints::check_verification::check_verification))
        .routes(routes!(endpoints::get_verification_status::get_verification_status))
}
