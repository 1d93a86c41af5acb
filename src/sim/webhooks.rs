//! Events and deliveries of a world.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::guard::Existing;
use super::problem::Problem;
use crate::app::Sim;
use crate::webhooks::records::{self, DeliveryFilter, DeliveryRecord, EventFilter, EventRecord};

/// `{"events": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventList {
    events: Vec<EventRecord>,
}

/// `{"deliveries": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryList {
    deliveries: Vec<DeliveryRecord>,
}

/// Events of a program, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/events", operation_id = "sim_list_events",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code"), EventFilter),
    responses((status = 200, body = EventList), (status = 404, body = Problem))
)]
pub(super) async fn list_events(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<EventFilter>, QueryRejection>,
) -> Result<Json<EventList>, Problem> {
    let Query(filter) = filter?;
    let events = records::events(&sim.db, &world.code, &filter).await?;
    Ok(Json(EventList { events }))
}

/// Deliveries of a program with their attempts, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/deliveries", operation_id = "sim_list_deliveries",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code"), DeliveryFilter),
    responses((status = 200, body = DeliveryList), (status = 404, body = Problem))
)]
pub(super) async fn list_deliveries(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<DeliveryFilter>, QueryRejection>,
) -> Result<Json<DeliveryList>, Problem> {
    let Query(filter) = filter?;
    let deliveries = records::deliveries(&sim.db, &world.code, &filter).await?;
    Ok(Json(DeliveryList { deliveries }))
}
