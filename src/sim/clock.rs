//! The clock of a world: reading, setting, advancing.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::{Body, Code, Existing};
use super::problem::Problem;
use crate::app::Sim;
use crate::jobs::{self, Advance, JobRan};
use crate::kernel::durations::{Duration, DurationProblem};
use crate::kernel::time::Timestamp;
use crate::programs::clock::ClockMode;
use crate::programs::ops;
use crate::programs::world::World;

/// A clock.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockView {
    mode: ClockMode,
    /// What it shows.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
}

impl ClockView {
    fn of(world: &World, sim: &Sim) -> Self {
        Self { mode: world.clock.mode(), now: world.now(sim.worlds.wall()) }
    }
}

/// How to set a clock.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SetClock {
    /// Running or frozen; unchanged if absent.
    #[serde(default)]
    mode: Option<ClockMode>,
    /// What it is to show; goes on from where it is if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    now: Option<Timestamp>,
}

/// How far to advance a clock: one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct AdvanceClock {
    /// By this ISO 8601 duration; a day is 24 hours.
    #[serde(default)]
    #[schema(example = "PT72H")]
    by: Option<String>,
    /// To this moment.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

/// A clock that was advanced.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Advanced {
    #[serde(flatten)]
    clock: ClockView,
    /// What fell due on the way, in order; the first thousand.
    ran: Vec<JobRan>,
    /// Whether more ran than `ran` lists.
    is_cut: bool,
}

/// The clock of a program
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/clock", operation_id = "sim_get_clock",
    tag = "Control: clock",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = ClockView), (status = 404, body = Problem))
)]
pub(super) async fn get_clock(
    State(sim): State<Sim>,
    Existing(world): Existing,
) -> Json<ClockView> {
    Json(ClockView::of(&world, &sim))
}

/// Set the clock of a program
///
/// Freezes it, lets it run, or sets what it shows, also backwards. Jobs that are then overdue run
/// by themselves; to have them run in order and listed, advance the clock. Makes the program, if
/// need be.
#[utoipa::path(
    put, path = "/_sim/v1/programs/{code}/clock", operation_id = "sim_put_clock",
    tag = "Control: clock",
    params(("code" = String, Path, description = "Program code")),
    request_body = SetClock,
    responses((status = 200, body = ClockView), (status = 400, body = Problem))
)]
pub(super) async fn put_clock(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(set): Body<SetClock>,
) -> Result<Json<ClockView>, Problem> {
    sim.worlds.create_or_refresh(&code).await?;
    let world = ops::set_clock(&sim.worlds, &code, set.mode, set.now).await?;
    Ok(Json(ClockView::of(&world, &sim)))
}

/// Advance the clock of a program
///
/// Stops at each moment on the way at which something is due, runs it there, and says what ran.
/// Makes the program, if need be.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/clock/advance", operation_id = "sim_advance_clock",
    tag = "Control: clock",
    params(("code" = String, Path, description = "Program code")),
    request_body = AdvanceClock,
    responses(
        (status = 200, body = Advanced),
        (status = 400, body = Problem),
        (status = 409, description = "It was reset or put back on the way", body = Problem),
    )
)]
pub(super) async fn advance_clock(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(advance): Body<AdvanceClock>,
) -> Result<Json<Advanced>, Problem> {
    let goal = advance.goal()?;
    let Advance { ran, is_cut } = jobs::advance(&sim, &code, |now| goal.from(now)).await?;
    let world = sim.worlds.create(&code).await?;
    Ok(Json(Advanced { clock: ClockView::of(&world, &sim), ran, is_cut }))
}

/// How far to go, read and checked.
#[derive(Debug, Clone, Copy)]
enum Goal {
    By(Duration),
    To(Timestamp),
}

impl AdvanceClock {
    fn goal(&self) -> Result<Goal, Problem> {
        match (&self.by, self.to) {
            (Some(by), None) => by.parse().map(Goal::By).map_err(|problem| match problem {
                DurationProblem::Negative => {
                    Problem::bad_request(format!("by: {problem}; PUT the clock to set it back"))
                }
                _ => Problem::bad_request(format!("by: {problem}")),
            }),
            (None, Some(to)) => Ok(Goal::To(to)),
            _ => Err(Problem::bad_request("give either by or to")),
        }
    }
}

impl Goal {
    fn from(self, now: Timestamp) -> Result<Timestamp, Problem> {
        match self {
            Goal::By(span) => Ok(now.plus_millis(span.millis())),
            Goal::To(to) if to >= now => Ok(to),
            Goal::To(_) => {
                Err(Problem::bad_request("to: lies in the past; PUT the clock to set it back"))
            }
        }
    }
}
