//! Proving what was called. Whether it holds is told by the status as well, so that `curl --fail`
//! and a client that knows nothing else can tell: 200 if it does, 422 if it does not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::guard::{Body, Existing};
use super::problem::Problem;
use super::requests::kept;
use crate::app::Sim;
use crate::db::DbError;
use crate::http::operations::{Operations, meant_operation};
use crate::journal::matching::Wanted;
use crate::journal::ops;
use crate::journal::verdict::{Claim, Count, Inquiry, STEPS_MAX, Verdict};
use crate::kernel::durations::Within;
use crate::kernel::ids::AccountId;
use crate::kernel::{catalogue, rulebook};
use crate::programs::world::World;

/// How operations of the control API are named.
const OF_CONTROL: &str = "sim_";
/// Methods that calls are recorded with.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/// What is to be proved: `match` with `count` or `never`, or `order`, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct VerifyRequests {
    /// What the calls are like that are counted.
    #[serde(default, rename = "match")]
    wanted: Option<Wanted>,
    /// How often they came; at least once if nothing is said.
    #[serde(default)]
    count: Option<Count>,
    /// They did not come at all.
    #[serde(default)]
    never: bool,
    /// Calls that came one behind the other; others may stand between them. At most 50.
    #[serde(default)]
    order: Vec<Wanted>,
    /// Waits for it to hold, at most so long on the wall: an ISO 8601 duration up to `PT25S`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "PT5S")]
    within: Option<Within>,
}

impl VerifyRequests {
    /// A word that no call can bear, and that a claim of no calls would pass with.
    fn misspelt(&self, operations: &Operations) -> Option<String> {
        let of_match = self.wanted.iter().map(|wanted| ("match".to_owned(), wanted));
        let steps = self.order.iter().enumerate();
        let of_order = steps.map(|(at, wanted)| (format!("order[{at}]"), wanted));
        of_match.chain(of_order).find_map(|(member, wanted)| {
            misspelt(wanted, operations).map(|problem| format!("{member}.{problem}"))
        })
    }

    fn claim(self) -> Result<Claim, Problem> {
        let Self { wanted, count, never, order, .. } = self;
        if order.len() > STEPS_MAX {
            return Err(Problem::bad_request(format!("order: at most {STEPS_MAX} steps")));
        }
        let counted = match (wanted, count, never) {
            (_, Some(_), true) => return Err(Problem::bad_request("give either count or never")),
            (_, Some(count), _) if count == Count::default() => {
                return Err(Problem::bad_request("count: give exactly, atLeast or atMost"));
            }
            (None, None, false) => None,
            (wanted, Some(count), _) => Some((wanted.unwrap_or_default(), count)),
            (wanted, None, true) => Some((wanted.unwrap_or_default(), Count::NEVER)),
            (Some(wanted), None, false) => Some((wanted, Count::ONCE)),
        };
        if counted.is_none() && order.is_empty() {
            return Err(Problem::bad_request("give match, count, never or order"));
        }
        Ok(Claim { counted, order })
    }
}

fn misspelt(wanted: &Wanted, operations: &Operations) -> Option<String> {
    let known = || {
        let served = operations.iter().map(|one| one.id.as_str());
        served.chain(catalogue::banking().map(|(_, operation)| operation.slug))
    };
    if let Some(name) = &wanted.operation
        && !name.starts_with(OF_CONTROL)
        && !known().any(|id| id.eq_ignore_ascii_case(name))
    {
        return Some(format!("operation: {}", meant_operation(name, known())));
    }
    if let Some(method) = &wanted.method
        && !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
    {
        return Some(format!("method: there is no {method:?}; {}", METHODS.join(", ")));
    }
    if let Some(rule) = &wanted.rule
        && rulebook::find(rule).is_none()
    {
        return Some(format!("rule: there is no {rule:?}; docs/rules.md lists all"));
    }
    let account = wanted.account_identifier.as_deref()?;
    let problem = account.parse::<AccountId>().err()?;
    Some(format!("accountIdentifier: {problem}"))
}

/// A claim that does not hold, as problem details with the verdict beside them.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NotVerified {
    #[serde(flatten)]
    problem: Problem,
    #[serde(flatten)]
    verdict: Verdict,
}

impl IntoResponse for NotVerified {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::UNPROCESSABLE_ENTITY, Json(self)).into_response();
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response
    }
}

/// Prove what was called
///
/// Answers 200 if it holds. If not, 422 says why: how many calls were found, which of the others
/// came nearest (what was called counts for more than what came of it) and what it lacks. With
/// `within` the call waits until it holds; what must not come is proved by waiting for something
/// else first.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/requests/verify",
    operation_id = "sim_verify_requests", tag = "Control: requests",
    params(("code" = String, Path, description = "Program code")),
    request_body = VerifyRequests,
    responses(
        (status = 200, description = "It holds", body = Verdict),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 422, description = "It does not hold", body = NotVerified),
        (status = 503, description = "Too many wait already", body = Problem),
    )
)]
pub(super) async fn verify_requests(
    State(sim): State<Sim>,
    Extension(operations): Extension<Arc<Operations>>,
    Existing(world): Existing,
    Body(asked): Body<VerifyRequests>,
) -> Result<Response, Problem> {
    let within = asked.within.unwrap_or_default();
    if let Some(problem) = asked.misspelt(&operations) {
        return Err(Problem::bad_request(problem));
    }
    let claim = asked.claim()?;
    let verdict = wait_for(&sim, &world, &claim, within).await?;
    if verdict.verified {
        return Ok(Json(verdict).into_response());
    }
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, verdict.words());
    Ok(NotVerified { problem, verdict }.into_response())
}

/// Looks until the claim holds or the time is up. Where other processes answer calls too, theirs
/// may be on their way still: they are waited for once, and before the first look if they could
/// break the claim.
async fn wait_for(
    sim: &Sim,
    world: &World,
    claim: &Claim,
    within: Within,
) -> Result<Verdict, Problem> {
    let lag = sim.journal.lag();
    let mut wait = sim.waits.begin(sim.journal.listen(&world.code), within.max(lag));
    if claim.is_breakable() {
        wait.rest(lag).await?;
    }
    loop {
        let verdict = look(sim, world, claim).await?;
        if verdict.verified || !wait.again().await? {
            return Ok(verdict);
        }
    }
}

async fn look(sim: &Sim, world: &World, claim: &Claim) -> Result<Verdict, DbError> {
    sim.journal.flush(Some(&world.code)).await?;
    let mut inquiry = Inquiry::into(claim);
    ops::each(&sim.db, &world.code, kept(world), |entry| {
        inquiry.look(&entry);
        true
    })
    .await?;
    Ok(inquiry.verdict())
}
