//! Seeds: programs as they are to begin, made by call, and what has become of them.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::Value;

use super::problem::Problem;
use crate::app::Sim;
use crate::http::fresh_world::RepeatableBody;
use crate::scenarios::seed::{self, Existing, SeedState, SeedStatus};
use crate::scenarios::{Stage, schema};

/// What has become of the seed
///
/// Of the one that the simulator began with, or of the last one since.
#[utoipa::path(
    get, path = "/_sim/v1/seed", operation_id = "sim_get_seed", tag = "Control: scenarios",
    responses((status = 200, body = SeedStatus))
)]
pub(super) async fn get_seed(State(sim): State<Sim>) -> Json<SeedStatus> {
    Json(sim.seeding.status())
}

/// Make programs from a seed, if they do not exist
///
/// The body is the file, YAML or JSON, as docs/scenarios.md describes it. A program that exists
/// stays as it is. The answer comes when all are made: with 422, if one could not be.
#[utoipa::path(
    post, path = "/_sim/v1/seed", operation_id = "sim_post_seed", tag = "Control: scenarios",
    request_body(content = String, content_type = "application/yaml", description = "The file"),
    responses(
        (status = 200, description = "All programs are there", body = SeedStatus),
        (status = 400, body = Problem),
        (status = 409, body = Problem),
        (status = 422, description = "A program could not be made", body = SeedStatus),
    )
)]
pub(super) async fn post_seed(State(sim): State<Sim>, request: Request) -> Sown {
    sow(&sim, request, Existing::Keep).await
}

/// Make programs from a seed, anew if they exist
///
/// Like POST, but a program that exists is removed first, with all that is in it.
#[utoipa::path(
    put, path = "/_sim/v1/seed", operation_id = "sim_put_seed", tag = "Control: scenarios",
    request_body(content = String, content_type = "application/yaml", description = "The file"),
    responses(
        (status = 200, description = "All programs are there", body = SeedStatus),
        (status = 400, body = Problem),
        (status = 409, body = Problem),
        (status = 422, description = "A program could not be made", body = SeedStatus),
    )
)]
pub(super) async fn put_seed(State(sim): State<Sim>, request: Request) -> Sown {
    sow(&sim, request, Existing::Replace).await
}

/// What has become of a seed, with the status that tells it.
type Sown = Result<(StatusCode, Json<SeedStatus>), Problem>;

async fn sow(sim: &Sim, request: Request, existing: Existing) -> Sown {
    let bytes = RepeatableBody::bytes(request, sim).await?;
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|_| Problem::bad_request("the file must be UTF-8"))?;
    let seeds = seed::read(text)?;
    let stage = Stage::of(sim, sim.router());
    let stage = stage.map_err(|cause| Problem::new(StatusCode::SERVICE_UNAVAILABLE, cause))?;
    let sowing = sim.seeding.begin(false).ok_or_else(|| {
        Problem::new(StatusCode::CONFLICT, "a seed is being made; GET /_sim/v1/seed says how far")
    })?;
    let sown = sowing.sow(&stage, &seeds, existing).await;
    let status = match sown.state {
        SeedState::Done => StatusCode::OK,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, Json(sown)))
}

/// The JSON Schema of seeds
///
/// For editors: `# yaml-language-server: $schema=…`. Needs no token.
#[utoipa::path(
    get, path = "/_sim/seed.schema.json", operation_id = "sim_seed_schema",
    tag = "Control: scenarios",
    responses((status = 200, body = Object)), security(())
)]
pub(super) async fn seed_schema() -> Json<Value> {
    Json(schema::seed_schema())
}
