//! Scenarios on a running simulator.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use utoipa::IntoParams;

use super::problem::Problem;
use crate::app::Sim;
use crate::http::fresh_world::RepeatableBody;
use crate::scenarios::report::Report;
use crate::scenarios::{self, FileProblem, RunOptions, Stage};

/// Scenarios played at once; others wait for their turn.
static TURNS: Semaphore = Semaphore::const_new(16);

/// How to run a scenario.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HowToRun {
    /// Whether the program that is made for the run is left behind.
    #[serde(default)]
    keep: bool,
}

impl From<FileProblem> for Problem {
    fn from(problem: FileProblem) -> Self {
        Problem::bad_request(problem.to_string())
    }
}

/// Run a scenario
///
/// The body is the file itself, YAML or JSON, as docs/scenarios.md describes it. The answer is the
/// report: with 200 if the scenario passed, with 422 if it did not. A file that is wrong is
/// answered with 400, and the place of what is wrong.
#[utoipa::path(
    post, path = "/_sim/v1/scenarios/run", operation_id = "sim_run_scenario",
    tag = "Control: scenarios",
    params(HowToRun),
    request_body(content = String, content_type = "application/yaml", description = "The file"),
    responses(
        (status = 200, description = "It passed", body = Report),
        (status = 400, body = Problem),
        (status = 422, description = "It did not pass", body = Report),
    )
)]
pub(super) async fn run_scenario(
    State(sim): State<Sim>,
    how: Result<Query<HowToRun>, QueryRejection>,
    request: Request,
) -> Result<(StatusCode, Json<Report>), Problem> {
    let Query(how) = how?;
    let bytes = RepeatableBody::bytes(request, &sim).await?;
    let text = std::str::from_utf8(&bytes);
    let text = text.map_err(|_| Problem::bad_request("the file must be UTF-8"))?;
    let read = scenarios::read(text)?;
    let broken = |cause: String| Problem::new(StatusCode::SERVICE_UNAVAILABLE, cause);
    let stage = Stage::of(&sim, sim.router()).map_err(broken)?;
    let options = RunOptions::fresh(how.keep).map_err(|cause| broken(cause.to_string()))?;
    // The semaphore is never closed, so there is always a permit.
    let _turn = TURNS.acquire().await;
    let report = scenarios::run(&stage, &read, &options).await?;
    let status = if report.passed { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Json(report)))
}

/// The JSON Schema of scenario files
///
/// For editors: `# yaml-language-server: $schema=…`. Needs no token.
#[utoipa::path(
    get, path = "/_sim/scenario.schema.json", operation_id = "sim_scenario_schema",
    tag = "Control: scenarios",
    responses((status = 200, body = Object)), security(())
)]
pub(super) async fn scenario_schema() -> Json<Value> {
    Json(scenarios::schema::schema())
}
