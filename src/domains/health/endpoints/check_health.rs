//! GET healthCheck: the health of the service. Vendor slug: healthcheck_get.

use std::collections::BTreeMap;
use std::time::Instant;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::Sim;
use crate::http::envelope::{Envelope, Reply};
use crate::http::error::ApiResult;

/// `{"healthCheck": {...}}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthResponse {
    health_check: HealthWire,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct HealthWire {
    service_name: &'static str,
    status: &'static str,
    /// Time taken, as `hh:mm:ss.fff`.
    total_time: String,
    /// Time waited for each dependency.
    wait_time: BTreeMap<&'static str, String>,
    dependencies: Vec<&'static str>,
}

/// The health of the service
#[utoipa::path(
    get,
    path = "/healthCheck",
    operation_id = "healthcheck_get",
    tag = "Health",
    responses((status = 200, description = "Healthy", body = Envelope<HealthResponse>)),
    security(())
)]
pub async fn check_health(State(sim): State<Sim>) -> ApiResult<Reply<HealthResponse>> {
    let started = Instant::now();
    sim.db.ping().await?;
    let waited = format!("00:00:{:06.3}", started.elapsed().as_secs_f64());
    let health_check = HealthWire {
        service_name: "piebox",
        status: "OK",
        total_time: waited.clone(),
        wait_time: BTreeMap::from([("database", waited)]),
        dependencies: vec!["database"],
    };
    Ok(Reply::success(HealthResponse { health_check }))
}
