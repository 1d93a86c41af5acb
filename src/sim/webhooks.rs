//! Events and deliveries of a world: searching them, sending them again, waiting for them.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::{Body, Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::kernel::durations::Within;
use crate::kernel::events::{self, EVENT_TYPES};
use crate::kernel::ids::EventId;
use crate::kernel::page::{LIMIT_MAX, Limit, Page};
use crate::programs::settings::Endpoint;
use crate::programs::world::World;
use crate::webhooks::records::{
    self, DeliveryFilter, DeliveryRecord, EventFilter, EventMatch, EventRecord, Found,
};
use crate::webhooks::replay::{self, Replay, ReplayError, Which};

/// Deliveries that the answer to a replay names at most.
const NAMED_MAX: usize = 1_000;
/// Events that can be waited for at most: a page of them.
const COUNT_MAX: u32 = LIMIT_MAX;

/// `{"events": [...], "total": n}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventList {
    events: Vec<EventRecord>,
    /// How many there are on all pages.
    total: i64,
}

impl EventList {
    fn of(found: Found<EventRecord>) -> Json<Self> {
        Json(Self { events: found.entries, total: found.total })
    }
}

/// `{"deliveries": [...], "total": n}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DeliveryList {
    deliveries: Vec<DeliveryRecord>,
    /// How many there are on all pages.
    total: i64,
}

/// Events of a program, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/events", operation_id = "sim_list_events",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code"), EventFilter),
    responses(
        (status = 200, body = EventList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_events(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<EventFilter>, QueryRejection>,
) -> Result<Json<EventList>, Problem> {
    let (wanted, page) = filter?.0.split();
    expect_type(wanted.event_type.as_deref(), "eventType")?;
    Ok(EventList::of(records::events(&sim.db, &world.code, (&wanted, page)).await?))
}

/// Deliveries of a program with their attempts, oldest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/deliveries", operation_id = "sim_list_deliveries",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code"), DeliveryFilter),
    responses(
        (status = 200, body = DeliveryList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_deliveries(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<DeliveryFilter>, QueryRejection>,
) -> Result<Json<DeliveryList>, Problem> {
    let Query(mut filter) = filter?;
    expect_type(filter.event_type.as_deref(), "eventType")?;
    filter.url = filter.url.map(|url| in_clear(&world, url)).transpose()?;
    let Found { entries, total } = records::deliveries(&sim.db, &world.code, &filter).await?;
    Ok(Json(DeliveryList { deliveries: entries, total }))
}

/// The URL of an endpoint of the settings that was given as it is shown; any other as it stands.
fn in_clear(world: &World, given: String) -> Result<String, Problem> {
    let meant: Vec<&Endpoint> = world.settings.endpoints_at(&given).collect();
    match meant[..] {
        [] => Ok(given),
        [endpoint] => Ok(endpoint.url.clone()),
        _ => Err(Problem::bad_request("url: several endpoints are shown so; give it in clear")),
    }
}

/// A search for a type that does not exist would find nothing for ever.
fn expect_type(given: Option<&str>, member: &str) -> Result<(), Problem> {
    match given.filter(|given| events::find(given).is_none()) {
        Some(unknown) => Err(Problem::bad_request(format!(
            "{member}: there is no event type {unknown:?}; GET /_sim/v1/event-types lists them"
        ))),
        None => Ok(()),
    }
}

/// Where an event is to be sent again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReplayEvent {
    /// Only to this endpoint of the settings, in clear or as they show it; without it, to all that
    /// take the type.
    #[serde(default)]
    url: Option<String>,
}

/// Which events are to be sent again, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReplayEvents {
    /// Which events.
    #[serde(rename = "match")]
    matching: EventMatch,
    /// Only to this endpoint of the settings, in clear or as they show it; without it, to all that
    /// take their types.
    #[serde(default)]
    url: Option<String>,
    /// Only say how many would be sent.
    #[serde(default)]
    dry_run: bool,
}

/// What is sent again, or would be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReplayView {
    /// The number of the replay in the program, as its deliveries show it; absent of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    replay: Option<i64>,
    /// Events that are meant.
    events: i64,
    /// Messages that hold them; each is sent whole.
    messages: usize,
    /// New deliveries.
    deliveries: usize,
    /// Their identifiers, which are the `X-GD-RequestId` of their attempts; the first thousand.
    delivery_identifiers: Vec<String>,
}

impl ReplayView {
    fn of(replay: &Replay, dry_run: bool) -> Self {
        let named = if dry_run { 0 } else { NAMED_MAX };
        Self {
            replay: (!dry_run).then_some(replay.number),
            events: replay.events,
            messages: replay.messages,
            deliveries: replay.deliveries.len(),
            delivery_identifiers: replay
                .deliveries
                .iter()
                .take(named)
                .map(ToString::to_string)
                .collect(),
        }
    }
}

/// Send an event again
///
/// Its whole message goes again, byte for byte, as a new delivery with a request id of its own; the
/// event identifiers stay.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/events/{eventIdentifier}/replay",
    operation_id = "sim_replay_event", tag = "Control: webhooks",
    params(
        ("code" = String, Path, description = "Program code"),
        ("eventIdentifier" = String, Path, format = Uuid, description = "The event"),
    ),
    request_body = ReplayEvent,
    responses(
        (status = 202, body = ReplayView),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
    )
)]
pub(super) async fn replay_event(
    State(sim): State<Sim>,
    request: Request,
) -> Result<(StatusCode, Json<ReplayView>), Problem> {
    let (mut parts, body) = request.into_parts();
    let Existing(world) = Existing::from_request_parts(&mut parts, &sim).await?;
    let given = path_value(&mut parts, &sim, "eventIdentifier").await?;
    let event: EventId = given
        .parse()
        .map_err(|problem| Problem::bad_request(format!("eventIdentifier {problem}")))?;
    let request = Request::from_parts(parts, body);
    let Body(ReplayEvent { url }) = Body::from_request(request, &sim).await?;
    run(&sim, &world, &Which::Event(event.to_string()), (url.as_deref(), false)).await
}

/// Send events again, or count them first
///
/// With `dryRun` it only says how many would be sent. At most 10,000 messages in 20,000
/// deliveries go at once, all of them or none.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/events/replay", operation_id = "sim_replay_events",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code")),
    request_body = ReplayEvents,
    responses(
        (status = 200, description = "How many would be sent", body = ReplayView),
        (status = 202, description = "They are sent", body = ReplayView),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
    )
)]
pub(super) async fn replay_events(
    State(sim): State<Sim>,
    Existing(world): Existing,
    Body(wanted): Body<ReplayEvents>,
) -> Result<(StatusCode, Json<ReplayView>), Problem> {
    let ReplayEvents { matching, url, dry_run } = wanted;
    expect_type(matching.event_type.as_deref(), "match.eventType")?;
    run(&sim, &world, &Which::Events(matching), (url.as_deref(), dry_run)).await
}

async fn run(
    sim: &Sim,
    world: &World,
    which: &Which,
    (only, dry_run): (Option<&str>, bool),
) -> Result<(StatusCode, Json<ReplayView>), Problem> {
    let now = world.now(sim.worlds.wall());
    let replay = replay::replay(&sim.db, (world, now), which, (only, dry_run)).await?;
    if !dry_run && replay.messages > 0 && replay.deliveries.is_empty() {
        let detail = "no endpoint of the program takes these events";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    let status = if dry_run { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(ReplayView::of(&replay, dry_run))))
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::NoSuchEvent(_) => Problem::new(StatusCode::NOT_FOUND, error.to_string()),
            ReplayError::NoSuchEndpoint(_) | ReplayError::TooMany => {
                Problem::bad_request(error.to_string())
            }
            ReplayError::Db(error) => error.into(),
        }
    }
}

/// What to wait for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct WaitForEvents {
    /// Which events; an empty object means every one.
    #[serde(default, rename = "match")]
    matching: EventMatch,
    /// How many of them, 1 to 1000.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1000)]
    count: u32,
    /// How long at most, by the clock on the wall: an ISO 8601 duration up to `PT25S`.
    #[serde(default = "ten_seconds")]
    #[schema(value_type = String, example = "PT10S")]
    within: Within,
}

fn one() -> u32 {
    1
}

fn ten_seconds() -> Within {
    Within::of_secs(10)
}

/// Wait until events are there
///
/// Answers as soon as at least `count` events are there that `match` means, or 504 once the time is
/// over. With `match.state` it waits for deliveries: until so many events have one in that state.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/events/wait", operation_id = "sim_wait_for_events",
    tag = "Control: webhooks",
    params(("code" = String, Path, description = "Program code")),
    request_body = WaitForEvents,
    responses(
        (status = 200, body = EventList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 503, description = "Too many wait already", body = Problem),
        (status = 504, description = "The time is over; says what is there", body = Problem),
    )
)]
pub(super) async fn wait_for_events(
    State(sim): State<Sim>,
    Existing(world): Existing,
    Body(wait): Body<WaitForEvents>,
) -> Result<Json<EventList>, Problem> {
    let WaitForEvents { matching, count, within } = wait;
    expect_type(matching.event_type.as_deref(), "match.eventType")?;
    if !(1..=COUNT_MAX).contains(&count) {
        return Err(Problem::bad_request(format!("count: must be 1 to {COUNT_MAX}")));
    }
    let mut wait = sim.waits.begin(sim.db.listen(&world.code), within);
    // Counted while waiting, and read once to answer.
    while records::count_events(&sim.db, &world.code, &matching).await? < i64::from(count)
        && wait.again().await?
    {}
    let page = Page::of(Some(Limit::MOST), None);
    let found = records::events(&sim.db, &world.code, (&matching, page)).await?;
    if found.total >= i64::from(count) {
        return Ok(EventList::of(found));
    }
    Err(too_few(&found, count, within))
}

/// Says what is there, so that a failed test needs no second call.
fn too_few(found: &Found<EventRecord>, count: u32, within: Within) -> Problem {
    const SHOWN: usize = 10;
    let mut detail = format!("{} of {count} events came within {within}", found.total);
    for (number, event) in found.entries.iter().take(SHOWN).enumerate() {
        let EventRecord { event_type, account_identifier, occurred_at, .. } = event;
        let begins = if number == 0 { ": " } else { "; " };
        detail.push_str(&format!("{begins}{event_type} of {account_identifier} at {occurred_at}"));
    }
    if found.entries.len() > SHOWN {
        detail.push_str("; …");
    }
    Problem::new(StatusCode::GATEWAY_TIMEOUT, detail)
}

/// One type of events.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventTypeView {
    /// The name in the vendor's catalogue.
    name: &'static str,
    /// As it stands in `eventType`.
    event_type: &'static str,
    /// How sure that word is: `printed`, `secondHand` or `reading`.
    certainty: &'static str,
    /// When it is told.
    trigger: &'static str,
    /// Whether anything in the simulator tells it.
    simulated: bool,
    /// Where it is known from.
    source: &'static str,
}

/// `{"eventTypes": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct EventTypeList {
    event_types: Vec<EventTypeView>,
}

/// The vendor's catalogue of events
#[utoipa::path(
    get, path = "/_sim/v1/event-types", operation_id = "sim_list_event_types",
    tag = "Control: webhooks",
    responses((status = 200, body = EventTypeList))
)]
pub(super) async fn list_event_types() -> Json<EventTypeList> {
    let view = |known: &events::EventType| EventTypeView {
        name: known.name,
        event_type: known.event_type,
        certainty: known.certainty.as_str(),
        trigger: known.trigger,
        simulated: known.simulated,
        source: known.source,
    };
    Json(EventTypeList { event_types: EVENT_TYPES.iter().map(view).collect() })
}
