//! What happened to an account, in one list: calls, control calls and clock moves, tasks, states,
//! money, events, what faults did to webhooks and the attempts to deliver them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::accounts::OfAccount;
use super::guard::Existing;
use super::problem::Problem;
use crate::app::Sim;
use crate::db::DbError;
use crate::domains::accounts::{ops as accounts, states};
use crate::domains::ledger::history;
use crate::journal::ops as journal;
use crate::kernel::ids::AccountId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line, LineKind, Place, laid_together};
use crate::programs::world::World;
use crate::schedule::ops as schedule;
use crate::webhooks::records::lines;

/// Which part of a timeline.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct TimelinePart {
    /// Goes on behind this entry: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
}

/// One page of a timeline, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Timeline {
    #[schema(format = Uuid)]
    account_identifier: String,
    entries: Vec<TimelineEntry>,
    /// What `after` must be for the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct TimelineEntry {
    /// `request`, `control`, `task`, `state`, `transaction`, `event`, `fault` (of a webhook) or
    /// `attempt`.
    #[schema(value_type = String)]
    kind: LineKind,
    /// On the world's clock.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The call, or the one that caused it; left out for what happened by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    call_id: Option<String>,
    /// What happened, for people.
    text: String,
    /// The same for programs; members depend on the kind.
    #[schema(value_type = Object)]
    details: Value,
}

impl From<Line> for TimelineEntry {
    fn from(line: Line) -> Self {
        let Line { place: Place { at, call, .. }, kind, text, details } = line;
        let call_id = Some(call).filter(|call| !call.is_empty());
        Self { kind, at, call_id, text, details }
    }
}

/// What happened to an account
///
/// In the order of the program's clock; within one moment by the call that caused it, causes before
/// what they caused. Among the calls are those of this API that are about the account or about the
/// whole program: actions, clock moves, faults, settings.
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/accounts/{accountIdentifier}/timeline",
    operation_id = "sim_get_timeline", tag = "Control: accounts",
    params(
        ("code" = String, Path, description = "Program code"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        TimelinePart,
    ),
    responses(
        (status = 200, body = Timeline),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn get_timeline(
    State(sim): State<Sim>,
    Existing(world): Existing,
    OfAccount(id): OfAccount,
    part: Result<Query<TimelinePart>, QueryRejection>,
) -> Result<Json<Timeline>, Problem> {
    let Query(part) = part?;
    let read = |word: &String| {
        Place::read(word).ok_or_else(|| Problem::bad_request("after: must be next of a page"))
    };
    let place = part.after.as_ref().map(read).transpose()?;
    if accounts::get(&sim.db, &world, id).await?.account.is_none() {
        let detail = format!("account {id} does not exist");
        return Err(Problem::new(StatusCode::NOT_FOUND, detail));
    }
    sim.journal.flush(Some(&world.code)).await?;
    let limit = Page::of(part.limit, None).limit;
    let rooms = rooms(&sim, &world, id, (place.as_ref(), limit + 1)).await?;
    let (lines, last) = laid_together(rooms, usize::try_from(limit).unwrap_or(1));
    Ok(Json(Timeline {
        account_identifier: id.to_string(),
        entries: lines.into_iter().map(TimelineEntry::from).collect(),
        next: last.map(|place| place.word()),
    }))
}

/// What each room has to tell behind a place.
async fn rooms(
    sim: &Sim,
    world: &World,
    id: AccountId,
    (place, limit): (Option<&Place>, i64),
) -> Result<Vec<Vec<Line>>, DbError> {
    let (db, code) = (&sim.db, &world.code);
    let mut rooms = Vec::with_capacity(LineKind::ALL.len());
    for kind in LineKind::ALL {
        let behind = Behind::place(place, kind, limit);
        rooms.push(match kind {
            LineKind::Request | LineKind::Control => {
                journal::lines(db, code, id, (kind, &behind)).await?
            }
            LineKind::Task => schedule::lines(db, code, id, &behind).await?,
            LineKind::State => states::lines(db, world, id, &behind).await?,
            LineKind::Transaction => history::lines(db, world, id, &behind).await?,
            LineKind::Event => lines::of_events(db, code, id, &behind).await?,
            LineKind::Fault => lines::of_faults(db, code, id, &behind).await?,
            LineKind::Attempt => lines::of_attempts(db, code, id, &behind).await?,
        });
    }
    Ok(rooms)
}
