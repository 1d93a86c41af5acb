//! Card packages for instant issue: what stores have in hand.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Body, Code, Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::enrollments::model::{PackageState, is_mapping_identifier};
use crate::domains::enrollments::packages::{self, Package};
use crate::kernel::page::{Limit, Page};
use crate::programs::ops::WorldError;

/// Packages of one call at most.
const PACKAGES_MAX: usize = 1_000;

/// Which packages to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PackageFilter {
    /// Only in this state.
    #[serde(default)]
    state: Option<StateWord>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Entries to pass over.
    #[serde(default)]
    offset: Option<u32>,
}

/// Packages and the state they are to be in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SetPackages {
    /// 1 to 1000 identifiers, each of 1 to 50 letters, digits and hyphens.
    #[schema(example = json!(["PKG-0001"]))]
    mapping_identifiers: Vec<String>,
    /// The state of them all.
    #[serde(default)]
    state: StateWord,
}

/// Where a package stands.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
enum StateWord {
    /// For anybody to take.
    #[default]
    Available,
    /// Taken.
    Used,
    /// It cannot be looked up.
    Unreachable,
}

impl StateWord {
    fn state(self) -> PackageState {
        match self {
            StateWord::Available => PackageState::Available,
            StateWord::Used => PackageState::Used,
            StateWord::Unreachable => PackageState::Unreachable,
        }
    }
}

/// `{"packages": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PackageList {
    packages: Vec<PackageLine>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PackageLine {
    mapping_identifier: String,
    #[schema(example = "available")]
    state: &'static str,
    /// The account that took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
}

impl From<Package> for PackageLine {
    fn from(package: Package) -> Self {
        Self {
            mapping_identifier: package.mapping_identifier,
            state: package.state.as_str(),
            account_identifier: package.account.map(|id| id.to_string()),
        }
    }
}

/// Card packages of a program, by identifier
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/packages", operation_id = "sim_list_packages",
    tag = "Control: packages",
    params(("code" = String, Path, description = "Program code"), PackageFilter),
    responses(
        (status = 200, body = PackageList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_packages(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<PackageFilter>, QueryRejection>,
) -> Result<Json<PackageList>, Problem> {
    let Query(filter) = filter?;
    let page = Page::of(filter.limit, filter.offset);
    let state = filter.state.map(StateWord::state);
    let found = packages::list(&sim.db, &world, state, page).await?;
    Ok(Json(PackageList { packages: found.into_iter().map(PackageLine::from).collect() }))
}

/// Put card packages into a state
///
/// Makes those that are not there yet, and takes the others from the account that has them. Makes
/// the program, if need be.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/packages", operation_id = "sim_put_packages",
    tag = "Control: packages",
    params(("code" = String, Path, description = "Program code")),
    request_body = SetPackages,
    responses((status = 204), (status = 400, body = Problem))
)]
pub(super) async fn put_packages(
    State(sim): State<Sim>,
    Code(code): Code,
    Body(wish): Body<SetPackages>,
) -> Result<StatusCode, Problem> {
    let identifiers = &wish.mapping_identifiers;
    if !(1..=PACKAGES_MAX).contains(&identifiers.len()) {
        let detail = format!("mappingIdentifiers: 1 to {PACKAGES_MAX} entries");
        return Err(Problem::bad_request(detail));
    }
    if let Some(at) = identifiers.iter().position(|one| !is_mapping_identifier(one)) {
        let detail =
            format!("mappingIdentifiers[{at}]: must be 1 to 50 letters, digits and hyphens");
        return Err(Problem::bad_request(detail));
    }
    sim.worlds.create_or_refresh(&code).await?;
    match packages::put(&sim.db, &code, identifiers, wish.state.state()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(WorldError::NotFound(code).into()),
    }
}

/// Remove a card package
#[utoipa::path(
    delete, path = "/_sim/v1/programs/{code}/packages/{mappingIdentifier}",
    operation_id = "sim_delete_package", tag = "Control: packages",
    params(
        ("code" = String, Path, description = "Program code"),
        ("mappingIdentifier" = String, Path, description = "The package"),
    ),
    responses((status = 204), (status = 404, body = Problem))
)]
pub(super) async fn delete_package(
    State(sim): State<Sim>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let (mut parts, _) = request.into_parts();
    let Existing(world) = Existing::from_request_parts(&mut parts, &sim).await?;
    let identifier = path_value(&mut parts, &sim, "mappingIdentifier").await?;
    if packages::remove(&sim.db, &world, &identifier).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    let detail = format!("package {identifier:?} does not exist");
    Err(Problem::new(StatusCode::NOT_FOUND, detail))
}
