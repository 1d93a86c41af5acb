//! The state of a world as a whole: snapshots, forks, export, import.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};
use tokio_util::io::StreamReader;
use utoipa::{IntoParams, ToSchema};

use super::guard::{Body, Code, Existing, path_value};
use super::problem::Problem;
use super::programs::ProgramView;
use crate::app::Sim;
use crate::http::fresh_world::RepeatableBody;
use crate::kernel::ids::ProgramCode;
use crate::programs::state::{Snapshot, SnapshotName, StateError, export, import, ops};

/// Characters of one line of an imported file at most.
const LINE_MAX: usize = 16 << 20;
/// The media type of exported files.
const LINES_OF_JSON: &str = "application/x-ndjson";

/// A snapshot to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TakeSnapshot {
    /// 1 to 50 letters, digits, dots, hyphens or underscores.
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// Whether it may replace one of the same name.
    #[serde(default)]
    replace: bool,
}

/// `{"snapshots": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SnapshotList {
    snapshots: Vec<Snapshot>,
}

/// A fork to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ForkTo {
    /// The code of the new program.
    #[schema(value_type = String)]
    to: ProgramCode,
}

/// What an export holds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// Whether secrets of the settings are in it: what proves the simulator to endpoints, and the
    /// key of test events. Stars stand for them otherwise.
    #[serde(default)]
    secrets: bool,
}

/// A snapshot by its name in the path.
#[derive(Debug)]
pub(super) struct Named(ProgramCode, SnapshotName);

impl FromRequestParts<Sim> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let Existing(world) = Existing::from_request_parts(parts, sim).await?;
        let name = path_value(parts, sim, "name").await?;
        Ok(Self(world.code.clone(), name.parse()?))
    }
}

/// Take a snapshot of a program
///
/// All of it: settings, clock, accounts, history, webhooks, fault rules, what is still to happen. A
/// program has 20 snapshots at most; a reset leaves them, removing the program does not.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/snapshots", operation_id = "sim_take_snapshot",
    tag = "Control: state",
    params(("code" = String, Path, description = "Program code")),
    request_body = TakeSnapshot,
    responses(
        (status = 201, body = Snapshot), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)
    )
)]
pub(super) async fn take_snapshot(
    State(sim): State<Sim>,
    Existing(world): Existing,
    Body(wanted): Body<TakeSnapshot>,
) -> Result<(StatusCode, Json<Snapshot>), Problem> {
    let name = wanted.name.parse()?;
    sim.journal.flush(Some(&world.code)).await?;
    let taken = ops::take_snapshot(&sim.worlds, &world.code, &name, wanted.replace).await?;
    Ok((StatusCode::CREATED, Json(taken)))
}

/// Snapshots of a program, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/snapshots", operation_id = "sim_list_snapshots",
    tag = "Control: state",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = SnapshotList), (status = 404, body = Problem))
)]
pub(super) async fn list_snapshots(
    State(sim): State<Sim>,
    Existing(world): Existing,
) -> Result<Json<SnapshotList>, Problem> {
    let snapshots = ops::list_snapshots(&sim.worlds, &world.code).await?;
    Ok(Json(SnapshotList { snapshots }))
}

/// Remove a snapshot
#[utoipa::path(
    delete, path = "/_sim/v1/programs/{code}/snapshots/{name}",
    operation_id = "sim_delete_snapshot", tag = "Control: state",
    params(
        ("code" = String, Path, description = "Program code"),
        ("name" = String, Path, description = "The snapshot"),
    ),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete_snapshot(
    State(sim): State<Sim>,
    Named(code, name): Named,
) -> Result<StatusCode, Problem> {
    ops::delete_snapshot(&sim.worlds, &code, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Put a program back to a snapshot
///
/// What has happened since is gone, settings and fault rules are those of then, and the clock shows
/// the moment of the snapshot; if it ran, it goes on from there. Tokens stay good.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/snapshots/{name}/restore",
    operation_id = "sim_restore_snapshot", tag = "Control: state",
    params(
        ("code" = String, Path, description = "Program code"),
        ("name" = String, Path, description = "The snapshot"),
    ),
    responses((status = 200, body = ProgramView), (status = 404, body = Problem))
)]
pub(super) async fn restore_snapshot(
    State(sim): State<Sim>,
    Named(code, name): Named,
) -> Result<Json<ProgramView>, Problem> {
    let world = ops::restore_snapshot(&sim.worlds, &code, &name).await?;
    Ok(ProgramView::of(&world))
}

/// Make another program that is this one as it now stands
///
/// The fork has the accounts, cards and history of the original, its settings, seed and clock, and
/// everything that is still to happen: webhooks that are pending are sent by both.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/fork", operation_id = "sim_fork_program",
    tag = "Control: state",
    params(("code" = String, Path, description = "Program code")),
    request_body = ForkTo,
    responses(
        (status = 201, body = ProgramView), (status = 400, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)
    )
)]
pub(super) async fn fork_program(
    State(sim): State<Sim>,
    Existing(world): Existing,
    Body(wanted): Body<ForkTo>,
) -> Result<(StatusCode, Json<ProgramView>), Problem> {
    sim.journal.flush(Some(&world.code)).await?;
    let fork = ops::fork(&sim.worlds, &world.code, &wanted.to).await?;
    Ok((StatusCode::CREATED, ProgramView::of(&fork)))
}

/// Export a program
///
/// The whole program as JSON, one value a line, for `import` into any simulator of this release or
/// a later one, on either database. The seed is in it, and so are all cards and hashes; identity
/// numbers, PINs and card numbers are not. A file without its last line `{"end":...}` broke off.
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/export", operation_id = "sim_export_program",
    tag = "Control: state",
    params(("code" = String, Path, description = "Program code"), ExportQuery),
    responses(
        (status = 200, content_type = "application/x-ndjson", body = String),
        (status = 404, body = Problem)
    )
)]
pub(super) async fn export_program(
    State(sim): State<Sim>,
    Existing(world): Existing,
    query: Result<Query<ExportQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = query?;
    sim.journal.flush(Some(&world.code)).await?;
    let pieces = export::export(&sim.worlds, &world.code, wanted.secrets).await?;
    let name = format!("attachment; filename=\"{}.piebox.ndjson\"", world.code);
    let headers =
        [(header::CONTENT_TYPE, LINES_OF_JSON.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, HttpBody::from_stream(pieces)).into_response())
}

/// Make a program what an exported file says
///
/// Whatever the program held is replaced, all or nothing; it is made, if need be. Snapshots of it
/// stay. Secrets that were left out of the export are those that the program has.
#[utoipa::path(
    put, path = "/_sim/v1/programs/{code}/import", operation_id = "sim_import_program",
    tag = "Control: state",
    params(("code" = String, Path, description = "Program code")),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = ProgramView), (status = 400, body = Problem))
)]
pub(super) async fn import_program(
    State(sim): State<Sim>,
    Code(code): Code,
    request: Request,
) -> Result<Json<ProgramView>, Problem> {
    sim.worlds.refresh(&code);
    let body = RepeatableBody::once(request).await.into_data_stream();
    let reader = StreamReader::new(body.map_err(std::io::Error::other));
    let lines = FramedRead::new(reader, LinesCodec::new_with_max_length(LINE_MAX));
    let lines = lines.map_err(|cause| match cause {
        LinesCodecError::MaxLineLengthExceeded => {
            StateError::File(format!("a line has more than {LINE_MAX} characters"))
        }
        LinesCodecError::Io(cause) => StateError::File(format!("the file broke off: {cause}")),
    });
    let world = import::import(&sim.worlds, &code, std::pin::pin!(lines)).await?;
    Ok(ProgramView::of(&world))
}

impl From<StateError> for Problem {
    fn from(error: StateError) -> Self {
        let status = match error {
            StateError::World(error) => return error.into(),
            StateError::NoSnapshot(..) => StatusCode::NOT_FOUND,
            StateError::Taken(_) | StateError::TooMany | StateError::Exists(_) => {
                StatusCode::CONFLICT
            }
            StateError::Name | StateError::File(_) => StatusCode::BAD_REQUEST,
        };
        Problem::new(status, error.to_string())
    }
}
