//! Authentication: client credentials become a bearer token. Follows the Authentication page.

mod endpoints;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new().routes(routes!(endpoints::issue_token::issue_token))
}
