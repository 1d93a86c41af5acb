//! Screening: identity check and sanctions list, and the gates by which a partner cures what the
//! first look could not settle. Follows the KYC page, the Socure SDK pages and the reference pages
//! of the gates.
//!
//! Invariants: an account moves only along the table of `accounts::positions`; calling another gate
//! than the pending one changes nothing; pictures of documents are judged and never kept, numbers
//! are kept as keyed hashes.
//! Left out: questions out of the holder's wallet, which no account is ever asked, and the gates of
//! holders who joined later.

pub mod documents;
mod endpoints;
pub mod gates;
pub mod model;
pub mod ofac2;
pub mod rules;
pub mod scans;
pub mod screening;
mod store;
pub mod visit;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::create_kyc1::create_kyc1))
        .routes(routes!(endpoints::create_kyc2::create_kyc2))
        .routes(routes!(endpoints::create_oow::create_oow))
        .routes(routes!(endpoints::create_idv_validation::create_idv_validation))
        .routes(routes!(endpoints::validate_idv_uuid::validate_idv_uuid))
        .routes(routes!(endpoints::create_scan_capture::create_scan_capture))
        .routes(routes!(endpoints::request_document::request_document))
        .routes(routes!(endpoints::request_document::request_document_of_account))
        .routes(routes!(endpoints::execute_kyc::execute_kyc))
        .routes(routes!(endpoints::create_ofac2::create_ofac2))
        .routes(routes!(endpoints::create_ofac2::create_ofac2_of_user))
}
