//! Whether the simulator lives, and whether it can take calls. No token needed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;
use crate::app::Sim;

/// `{"status": "..."}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
}

/// The process lives
#[utoipa::path(
    get, path = "/_sim/health/live", operation_id = "sim_live", tag = "Control: health",
    responses((status = 200, body = Health)), security(())
)]
pub(super) async fn live() -> Json<Health> {
    Json(Health { status: "live" })
}

/// The process and its database can take calls
///
/// With `--seed`, not before the programs of the seed are made.
#[utoipa::path(
    get, path = "/_sim/health/ready", operation_id = "sim_ready", tag = "Control: health",
    responses((status = 200, body = Health), (status = 503, body = Problem)), security(())
)]
pub(super) async fn ready(State(sim): State<Sim>) -> Result<Json<Health>, Problem> {
    sim.db.ping().await.map_err(|cause| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("the database: {cause}"))
    })?;
    match sim.seeding.holds_back() {
        None => Ok(Json(Health { status: "ready" })),
        Some(why) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)),
    }
}
