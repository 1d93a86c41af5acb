//! Worlds: settings, removal, reset.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::ToSchema;

use super::guard::{Body, Code, Existing};
use super::problem::Problem;
use crate::app::Sim;
use crate::programs::ops;
use crate::programs::settings::{Settings, redact};
use crate::programs::state;
use crate::programs::world::World;

/// A world as the control API shows it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProgramView {
    /// The program code.
    program_code: String,
    /// Base64 SPKI of the key that user data is sealed to.
    public_key: String,
    /// Secrets show stars, which can be written back.
    #[serde(flatten, serialize_with = "without_secrets")]
    settings: Settings,
}

fn without_secrets<S: Serializer>(settings: &Settings, serializer: S) -> Result<S::Ok, S::Error> {
    let mut document = serde_json::to_value(settings).map_err(S::Error::custom)?;
    redact(&mut document);
    document.serialize(serializer)
}

impl ProgramView {
    pub(super) fn of(world: &World) -> Json<Self> {
        Json(Self {
            program_code: world.code.to_string(),
            public_key: world.key_pair().public().spki_base64().to_owned(),
            settings: world.settings.clone(),
        })
    }
}

/// Settings of a program
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}", operation_id = "sim_get_program",
    tag = "Control: programs",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = ProgramView), (status = 404, body = Problem))
)]
pub(super) async fn get_program(Existing(world): Existing) -> Json<ProgramView> {
    ProgramView::of(&world)
}

/// Change the settings of a program, or make it
///
/// The body is laid over the present settings: objects are merged, lists replaced, `null` takes a
/// member away. The answer is the merged document.
#[utoipa::path(
    put, path = "/_sim/v1/programs/{code}", operation_id = "sim_put_program",
    tag = "Control: programs",
    params(("code" = String, Path, description = "Program code")),
    request_body(content = Object, description = "Any part of the settings"),
    responses((status = 200, body = ProgramView), (status = 400, body = Problem))
)]
pub(super) async fn put_program(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(mut change): Body<Value>,
) -> Result<Json<ProgramView>, Problem> {
    if let Some(change) = change.as_object_mut() {
        // A document that was read may be written back as it is.
        change.remove("programCode");
        change.remove("publicKey");
    }
    let world = ops::change_settings(&sim.worlds, &code, &change).await?;
    Ok(ProgramView::of(&world))
}

/// Remove a program and everything in it
#[utoipa::path(
    delete, path = "/_sim/v1/programs/{code}", operation_id = "sim_delete_program",
    tag = "Control: programs",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete_program(
    State(sim): State<Sim>,
    Code(code): Code,
) -> Result<StatusCode, Problem> {
    ops::delete(&sim.worlds, &code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a program begin anew
///
/// Accounts, events, faults, invented people and the journal go, the clock begins again; settings
/// and keys stay. A program with a snapshot named `seed`, such as one that was made from a seed, is
/// put back to that, settings and clock included.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/reset", operation_id = "sim_reset_program",
    tag = "Control: programs",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = ProgramView), (status = 404, body = Problem))
)]
pub(super) async fn reset_program(
    State(sim): State<Sim>,
    Code(code): Code,
) -> Result<Json<ProgramView>, Problem> {
    let world = state::ops::reset(&sim.worlds, &code).await?;
    Ok(ProgramView::of(&world))
}
