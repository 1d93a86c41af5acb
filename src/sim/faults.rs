//! Fault rules of a world.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::guard::{Body, Code, Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::http::operations::Operations;
use crate::kernel::ids::{FaultId, ProgramCode};
use crate::kernel::nearest::question;
use crate::programs::faults::{Fault, FaultRule};
use crate::programs::ops;

/// A rule with its counts.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CountedFault {
    #[serde(flatten)]
    fault: Fault,
    /// Calls that matched so far.
    matched: i64,
    /// Calls that suffered the effect so far.
    applied: i64,
}

/// `{"faults": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FaultList {
    faults: Vec<CountedFault>,
}

/// Fault rules of a program
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/faults", operation_id = "sim_list_faults",
    tag = "Control: faults",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = FaultList), (status = 404, body = Problem))
)]
pub(super) async fn list_faults(
    State(sim): State<Sim>,
    Existing(world): Existing,
) -> Result<Json<FaultList>, Problem> {
    let counted = ops::list_faults(&sim.worlds, &world).await?;
    let faults = counted.into_iter().map(|(fault, count)| CountedFault {
        fault: fault.shown(),
        matched: count.matched,
        applied: count.applied,
    });
    Ok(Json(FaultList { faults: faults.collect() }))
}

/// Add a fault rule
///
/// Makes the program, if need be. A rule that can never strike, because it is about nothing that
/// is called or because its kind befalls nothing of it, is refused with the member that forbids it.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/faults", operation_id = "sim_add_fault",
    tag = "Control: faults",
    params(("code" = String, Path, description = "Program code")),
    request_body = FaultRule,
    responses((status = 201, body = Fault), (status = 400, body = Problem))
)]
pub(super) async fn add_fault(
    State(sim): State<Sim>,
    Extension(operations): Extension<Arc<Operations>>,
    Code(code): Code,
    Body(rule): Body<FaultRule>,
) -> Result<(StatusCode, Json<Fault>), Problem> {
    let problem = rule.problem().or_else(|| operations.problem(&rule, &code));
    if let Some(problem) = problem.or_else(|| caller_problem(&sim, &rule)) {
        return Err(Problem::bad_request(problem));
    }
    sim.worlds.create_or_refresh(&code).await?;
    let fault = ops::add_fault(&sim.worlds, &code, rule).await?;
    Ok((StatusCode::CREATED, Json(fault.shown())))
}

/// A caller whom nobody is, with the nearest ones.
fn caller_problem(sim: &Sim, rule: &FaultRule) -> Option<String> {
    let caller = rule.matching.caller.as_deref()?;
    let known = || sim.config.clients.iter().map(|client| client.id.as_str());
    let is_known = known().any(|id| id == caller);
    (!is_known).then(|| {
        let near = question(caller, known())
            .unwrap_or_else(|| "the configuration lists them, at [[clients]]".to_owned());
        format!("match.caller: there is no client {caller:?}; {near}")
    })
}

/// Remove all fault rules
#[utoipa::path(
    delete, path = "/_sim/v1/programs/{code}/faults", operation_id = "sim_delete_faults",
    tag = "Control: faults",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete_faults(
    State(sim): State<Sim>,
    Code(code): Code,
) -> Result<StatusCode, Problem> {
    ops::delete_faults(&sim.worlds, &code, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove one fault rule
#[utoipa::path(
    delete, path = "/_sim/v1/programs/{code}/faults/{faultId}", operation_id = "sim_delete_fault",
    tag = "Control: faults",
    params(
        ("code" = String, Path, description = "Program code"),
        ("faultId" = String, Path, format = Uuid, description = "The rule"),
    ),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete_fault(
    State(sim): State<Sim>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (code, fault_id) = address(&sim, request).await?;
    ops::delete_faults(&sim.worlds, &code, Some(fault_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn address(sim: &Sim, request: Request) -> Result<(ProgramCode, FaultId), Problem> {
    let (mut parts, _) = request.into_parts();
    let Code(code) = Code::from_request_parts(&mut parts, sim).await?;
    let given = path_value(&mut parts, sim, "faultId").await?;
    let fault_id = FaultId::from_str(&given)
        .map_err(|problem| Problem::bad_request(format!("faultId {problem}")))?;
    Ok((code, fault_id))
}
