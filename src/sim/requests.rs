//! The journal as a tester reads it: calls of partners, and calls of this API that changed
//! something.

use std::collections::HashMap;
use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::db::DbError;
use crate::journal::matching::{Wanted, Whose};
use crate::journal::model::{Entry, KeptFault, KeptRefusal};
use crate::journal::ops::{self, Found, Part};
use crate::journal::verdict::Brief;
use crate::kernel::ids::RequestId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::rulebook;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::records::{self, CausedEvent};

/// Which calls to list, and in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestFilter {
    /// `call` (of partners, which is the default), `control` (of this API) or `any`.
    #[serde(default)]
    #[param(inline)]
    kind: Whose,
    /// The operation, as this document names it.
    #[serde(default)]
    operation: Option<String>,
    /// `GET`, `POST` and so on.
    #[serde(default)]
    method: Option<String>,
    /// The path in any spelling that would be served; `*` stands for anything.
    #[serde(default)]
    path: Option<String>,
    /// HTTP status.
    #[serde(default)]
    status: Option<u16>,
    /// `responseDetails[].code`.
    #[serde(default)]
    code: Option<i64>,
    /// `responseDetails[].subCode`.
    #[serde(default)]
    sub_code: Option<i64>,
    /// The request id.
    #[serde(default)]
    request_id: Option<String>,
    /// The account that the call is about.
    #[serde(default)]
    account_identifier: Option<String>,
    /// Who called.
    #[serde(default)]
    caller: Option<String>,
    /// The rule that refused.
    #[serde(default)]
    rule: Option<String>,
    /// A fault that struck: its kind or its id; `any` is every one.
    #[serde(default)]
    fault: Option<String>,
    /// Came in at this moment of the program or later.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Came in before this moment of the program.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// Stands somewhere in path, query, bodies or explanation.
    #[serde(default)]
    text: Option<String>,
    /// `newest` (the default) or `oldest` first.
    #[serde(default)]
    #[param(inline)]
    first: First,
    /// Goes on behind this call: `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum First {
    #[default]
    Newest,
    Oldest,
}

impl RequestFilter {
    fn wanted(self) -> Wanted {
        Wanted {
            kind: self.kind,
            operation: self.operation,
            method: self.method,
            path: self.path,
            status: self.status,
            code: self.code,
            sub_code: self.sub_code,
            request_id: self.request_id,
            account_identifier: self.account_identifier,
            caller: self.caller,
            rule: self.rule,
            fault: self.fault,
            since: self.since,
            until: self.until,
            text: self.text,
            ..Wanted::default()
        }
    }
}

/// One page of calls.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestList {
    requests: Vec<RequestShown>,
    /// What `after` must be for the next page; left out on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Calls of the time looked at that the journal could not keep.
    lost: u64,
}

/// A call, and what it caused.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RequestShown {
    #[serde(flatten)]
    entry: Entry,
    /// Events that the call caused, whether they were delivered or not.
    events: Vec<CausedEvent>,
}

/// Calls of a program
///
/// Every call of a partner with its answer, without what is secret; with `kind`, also the calls of
/// this API that changed something. A program keeps its latest calls, 1,000 unless its settings say
/// otherwise.
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/requests", operation_id = "sim_list_requests",
    tag = "Control: requests",
    params(("code" = String, Path, description = "Program code"), RequestFilter),
    responses(
        (status = 200, body = RequestList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_requests(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<RequestFilter>, QueryRejection>,
) -> Result<Json<RequestList>, Problem> {
    let Query(filter) = filter?;
    let after = filter.after.clone();
    let part = Part {
        kept: kept(&world),
        is_oldest_first: filter.first == First::Oldest,
        behind: after.as_deref(),
        limit: usize::try_from(Page::of(filter.limit, None).limit).unwrap_or(1),
    };
    let wanted = filter.wanted();
    sim.journal.flush(Some(&world.code)).await?;
    let Found { entries, next, lost } = ops::find(&sim.db, &world.code, &wanted, part).await?;
    let requests = with_events(&sim, &world, entries).await?;
    Ok(Json(RequestList { requests, next, lost }))
}

/// Calls that a world keeps.
pub(super) fn kept(world: &World) -> usize {
    usize::try_from(world.settings.journal.calls).unwrap_or(0)
}

async fn with_events(
    sim: &Sim,
    world: &World,
    entries: Vec<Entry>,
) -> Result<Vec<RequestShown>, DbError> {
    let ids = entries.iter().map(|entry| entry.call_id.as_str());
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else { return Ok(Vec::new()) };
    let mut caused: HashMap<String, Vec<CausedEvent>> = HashMap::new();
    for event in records::caused_by(&sim.db, &world.code, (first, last)).await? {
        caused.entry(event.call_id.clone()).or_default().push(event);
    }
    let shown = entries.into_iter().map(|entry| RequestShown {
        events: caused.remove(&entry.call_id).unwrap_or_default(),
        entry,
    });
    Ok(shown.collect())
}

/// `{"requestId": "...", "refusals": [...], "calls": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExplainedRequest {
    /// In lower case, however it was spelt.
    #[schema(format = Uuid)]
    request_id: String,
    /// Newest first; more than one if the call was repeated, none if no call was refused.
    refusals: Vec<ExplainedRefusal>,
    /// All calls with this id, newest first.
    calls: Vec<Brief>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExplainedRefusal {
    /// The call, as `GET /requests` names it.
    call_id: String,
    /// When it came in, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    method: String,
    /// As it was called, without the query.
    path: String,
    /// The operation; left out where the path leads nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<String>,
    /// Who called; left out if the token was not genuine.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    /// The account that the call is about, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    http_status: u16,
    code: i64,
    sub_code: i64,
    description: String,
    rule: ExplainedRule,
    /// What was read and found wanting.
    facts: String,
    /// Where the rule is documented, or that it is our reading.
    source: String,
    /// What would make the call pass, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    /// Faults that struck the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    faults: Vec<KeptFault>,
}

/// The rule that refused.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExplainedRule {
    id: String,
    /// Its sentence in docs/rules.md; left out for a rule that this release no longer has.
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<&'static str>,
}

impl ExplainedRefusal {
    /// `None` for a call that was not refused.
    fn of(entry: Entry) -> Option<Self> {
        let answer = entry.answer?;
        let KeptRefusal { rule, facts, source, remedy } = answer.refusal?;
        let says = rulebook::find(&rule).map(|rule| rule.says);
        Some(Self {
            call_id: entry.call_id,
            at: entry.at,
            method: entry.method,
            path: entry.path,
            operation: entry.operation,
            client: entry.caller,
            account_identifier: entry.account_identifier,
            http_status: answer.status,
            code: answer.code.unwrap_or(0),
            sub_code: answer.sub_code.unwrap_or(0),
            description: answer.description.unwrap_or_default(),
            rule: ExplainedRule { id: rule, says },
            facts,
            source,
            remedy,
            faults: answer.faults,
        })
    }
}

/// Why a request was refused
///
/// By the request id of the partner, in any letter case: the rule that refused, what it found
/// wanting, where it is documented and, where that is known, what would make the call pass. A call
/// that was not refused is listed and no more. A program keeps its latest calls.
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/requests/{requestId}/explain",
    operation_id = "sim_explain_request", tag = "Control: requests",
    params(
        ("code" = String, Path, description = "Program code"),
        ("requestId" = String, Path, format = Uuid, description = "X-GD-RequestId of the call"),
    ),
    responses(
        (status = 200, body = ExplainedRequest),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 503, description = "Too many wait already", body = Problem),
    )
)]
pub(super) async fn explain_request(
    State(sim): State<Sim>,
    request: Request,
) -> Result<Json<ExplainedRequest>, Problem> {
    let (mut parts, _) = request.into_parts();
    let request_id = request_id(&path_value(&mut parts, &sim, "requestId").await?)?;
    let Existing(world) = Existing::from_request_parts(&mut parts, &sim).await?;
    let entries = entries_of(&sim, &world, &request_id).await?;
    if entries.is_empty() {
        return Err(unknown(&world, &request_id));
    }
    let calls = entries.iter().map(Brief::of).collect();
    Ok(Json(ExplainedRequest {
        request_id: request_id.canonical(),
        refusals: entries.into_iter().filter_map(ExplainedRefusal::of).collect(),
        calls,
    }))
}

/// The calls with this request id. One that another process has just answered may be on its way
/// still: it is waited for.
async fn entries_of(
    sim: &Sim,
    world: &World,
    request_id: &RequestId,
) -> Result<Vec<Entry>, Problem> {
    let mut wait = sim.waits.begin(sim.journal.listen(&world.code), sim.journal.lag());
    loop {
        sim.journal.flush(Some(&world.code)).await?;
        let entries = ops::of_request(&sim.db, &world.code, request_id).await?;
        if !entries.is_empty() || !wait.again().await? {
            return Ok(entries);
        }
    }
}

fn request_id(given: &str) -> Result<RequestId, Problem> {
    RequestId::from_str(given)
        .map_err(|problem| Problem::bad_request(format!("requestId {problem}")))
}

fn unknown(world: &World, request_id: &RequestId) -> Problem {
    let (id, kept) = (request_id.canonical(), kept(world));
    let detail = format!(
        "no call with request id {id} is known; only the last {kept} calls of the program are kept"
    );
    Problem::new(StatusCode::NOT_FOUND, detail)
}
