//! The vendor's own health calls. Follows the HealthCheck APIs page. For the simulator's health see
//! the operations under `/_sim/health`.

mod endpoints;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::check_health::check_health))
        .routes(routes!(endpoints::ping::ping))
}
