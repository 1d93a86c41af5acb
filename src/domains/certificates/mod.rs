//! Certificates: the public key that partners seal user data to. The vendor names the call and
//! prints neither path nor shape; both are our reading.

mod endpoints;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new().routes(routes!(endpoints::get_certificates::get_certificates))
}
