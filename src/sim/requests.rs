//! Calls of partners, as a tester looks into them.

use std::str::FromStr;

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::guard::{Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::journal::model::{Explanation, KEPT_MAX};
use crate::journal::ops;
use crate::kernel::ids::RequestId;
use crate::kernel::rulebook;
use crate::kernel::time::Timestamp;

/// `{"requestId": "...", "refusals": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExplainedRequest {
    /// In lower case, however it was spelt.
    #[schema(format = Uuid)]
    request_id: String,
    /// Newest first; more than one if the call was repeated.
    refusals: Vec<ExplainedRefusal>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ExplainedRefusal {
    /// When it was answered, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    method: String,
    /// As it was called, without the query.
    path: String,
    /// Who called; left out if the token was not genuine.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    http_status: i64,
    code: i64,
    sub_code: i64,
    description: String,
    rule: ExplainedRule,
    /// What was read and found wanting.
    facts: String,
    /// Where the rule is documented, or that it is our reading.
    source: String,
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

impl From<Explanation> for ExplainedRefusal {
    fn from(told: Explanation) -> Self {
        let says = rulebook::find(&told.rule).map(|rule| rule.says);
        Self {
            at: told.at,
            method: told.method,
            path: told.path,
            client: told.client,
            http_status: told.http_status,
            code: told.code,
            sub_code: told.sub_code,
            description: told.description,
            rule: ExplainedRule { id: told.rule, says },
            facts: told.facts,
            source: told.source,
        }
    }
}

/// Why a request was refused
///
/// By the request id of the partner, in any letter case. A program keeps its last 1,000 refusals.
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
    )
)]
pub(super) async fn explain_request(
    State(sim): State<Sim>,
    request: Request,
) -> Result<Json<ExplainedRequest>, Problem> {
    let (mut parts, _) = request.into_parts();
    let request_id = request_id(&path_value(&mut parts, &sim, "requestId").await?)?;
    let Existing(world) = Existing::from_request_parts(&mut parts, &sim).await?;
    let refusals = ops::explain(&sim.db, &world.code, &request_id).await?;
    if refusals.is_empty() {
        return Err(unknown(&request_id));
    }
    Ok(Json(ExplainedRequest {
        request_id: request_id.canonical(),
        refusals: refusals.into_iter().map(ExplainedRefusal::from).collect(),
    }))
}

fn request_id(given: &str) -> Result<RequestId, Problem> {
    RequestId::from_str(given)
        .map_err(|problem| Problem::bad_request(format!("requestId {problem}")))
}

fn unknown(request_id: &RequestId) -> Problem {
    let id = request_id.canonical();
    let detail = format!(
        "no refusal of request {id} is known; only the last {KEPT_MAX} refusals of a program are \
         kept, and none of calls that succeeded"
    );
    Problem::new(StatusCode::NOT_FOUND, detail)
}
