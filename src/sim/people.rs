//! Inventing persons.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::guard::{Body, Code};
use super::problem::Problem;
use crate::app::Sim;
use crate::programs::people::{self, InventError, Person, PersonOutcome};

/// Whom to invent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InventPerson {
    /// What is to become of the person's enrollment.
    #[serde(default)]
    outcome: PersonOutcome,
}

impl From<InventError> for Problem {
    fn from(error: InventError) -> Self {
        match error {
            InventError::NotInTable | InventError::NotInPie => {
                Problem::bad_request(error.to_string())
            }
            InventError::Db(cause) => cause.into(),
        }
    }
}

/// Invent a person
///
/// Valid, and unused in this program. `userData` is ready to be enrolled. Makes the program, if
/// need be.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/people", operation_id = "sim_invent_person",
    tag = "Control: people",
    params(("code" = String, Path, description = "Program code")),
    request_body = InventPerson,
    responses((status = 201, body = Person), (status = 400, body = Problem))
)]
pub(super) async fn invent_person(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(wish): Body<InventPerson>,
) -> Result<(StatusCode, Json<Person>), Problem> {
    let world = sim.worlds.create_or_refresh(&code).await?;
    let person = people::invent(&sim.worlds, &world, wish.outcome).await?;
    Ok((StatusCode::CREATED, Json(person)))
}
