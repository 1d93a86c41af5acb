//! Contact verifications, with the codes that nobody receives.

use std::str::FromStr;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::contact_verifications::model::{
    CommunicationType, ContactType, ContactVerification, VerificationState,
};
use crate::domains::contact_verifications::ops;
use crate::kernel::ids::ContactVerificationId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::time::Timestamp;

/// Which verifications to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct VerificationFilter {
    /// Only of this phone number, in any spelling, or e-mail address.
    #[serde(default)]
    contact_handle: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Entries to pass over.
    #[serde(default)]
    offset: Option<u32>,
}

/// `{"contactVerifications": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationList {
    contact_verifications: Vec<VerificationLine>,
}

/// One contact verification.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationLine {
    #[schema(format = Uuid)]
    contact_verification_identifier: String,
    #[schema(value_type = String, example = "phone")]
    contact_type: ContactType,
    #[schema(value_type = String, example = "sms")]
    communication_type: CommunicationType,
    contact_handle: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_event_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    account_identifier: Option<String>,
    /// What the customer would read.
    #[schema(example = "123456")]
    code: String,
    /// `pending`, `verified`, `failed` or `expired`, at the world's moment.
    #[schema(value_type = String, example = "pending")]
    state: VerificationState,
    /// Wrong codes so far.
    tries: u32,
    /// How many wrong codes there may be.
    tries_allowed: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl VerificationLine {
    fn of(verification: ContactVerification, now: Timestamp) -> Self {
        let state = verification.state_at(now);
        let asked = verification.asked;
        Self {
            contact_verification_identifier: verification.id.to_string(),
            contact_type: asked.contact.kind,
            communication_type: asked.contact.kind.communication(),
            contact_handle: asked.contact.handle,
            verification_event_type: asked.event_type,
            account_identifier: asked.account.map(|id| id.to_string()),
            code: verification.code.digits().to_owned(),
            state,
            tries: verification.tries,
            tries_allowed: verification.tries_allowed,
            created_at: verification.created_at,
            expires_at: verification.expires_at,
        }
    }
}

/// The identifier of the path.
#[derive(Debug)]
pub(super) struct VerificationOfPath(ContactVerificationId);

impl FromRequestParts<Sim> for VerificationOfPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let given = path_value(parts, sim, "id").await?;
        ContactVerificationId::from_str(&given)
            .map(Self)
            .map_err(|problem| Problem::bad_request(format!("id {problem}")))
    }
}

/// Contact verifications with their codes, newest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/contactVerifications",
    operation_id = "sim_list_contact_verifications",
    tag = "Control: contact verifications",
    params(("code" = String, Path, description = "Program code"), VerificationFilter),
    responses(
        (status = 200, body = VerificationList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_contact_verifications(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<VerificationFilter>, QueryRejection>,
) -> Result<Json<VerificationList>, Problem> {
    let Query(filter) = filter?;
    let page = Page::of(filter.limit, filter.offset);
    let found = ops::list(&sim.db, &world, filter.contact_handle.as_deref(), page).await?;
    let now = world.now(sim.worlds.wall());
    let lines = found.into_iter().map(|one| VerificationLine::of(one, now)).collect();
    Ok(Json(VerificationList { contact_verifications: lines }))
}

/// One contact verification with its code
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/contactVerifications/{id}",
    operation_id = "sim_get_contact_verification",
    tag = "Control: contact verifications",
    params(
        ("code" = String, Path, description = "Program code"),
        ("id" = String, Path, format = Uuid, description = "contactVerificationIdentifier"),
    ),
    responses(
        (status = 200, body = VerificationLine),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn get_contact_verification(
    State(sim): State<Sim>,
    Existing(world): Existing,
    VerificationOfPath(id): VerificationOfPath,
) -> Result<Json<VerificationLine>, Problem> {
    match ops::get(&sim.db, &world, id).await? {
        Ok(found) => Ok(Json(VerificationLine::of(found, world.now(sim.worlds.wall())))),
        Err(_) => {
            let detail = format!("the program has no contact verification {id}");
            Err(Problem::new(StatusCode::NOT_FOUND, detail))
        }
    }
}
