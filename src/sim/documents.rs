//! Documents that the vendor's SDK is asked to take: a tester stands in for customer and SDK.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::guard::{Body, Existing, path_value};
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::accounts::model::DocumentOutcome;
use crate::domains::kyc::documents::{self, Finished};
use crate::domains::kyc::model::{DocumentState, SdkDocument};
use crate::kernel::page::{Limit, Page};
use crate::kernel::time::Timestamp;

/// Which documents to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DocumentFilter {
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Entries to pass over.
    #[serde(default)]
    offset: Option<u32>,
}

/// `{"documents": [...]}`.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentList {
    documents: Vec<DocumentLine>,
}

/// One document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DocumentLine {
    docv_transaction_token: String,
    /// What the partner hands in; only once the SDK has taken the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    document_uuid: Option<String>,
    #[schema(format = Uuid)]
    account_identifier: String,
    #[schema(format = Uuid)]
    user_identifier: String,
    state: DocumentState,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<DocumentOutcome>,
    /// When it was asked for, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<SdkDocument> for DocumentLine {
    fn from(document: SdkDocument) -> Self {
        let is_taken = document.state != DocumentState::Requested;
        Self {
            docv_transaction_token: document.token,
            document_uuid: is_taken.then(|| document.id.to_string()),
            account_identifier: document.account.to_string(),
            user_identifier: document.user.to_string(),
            state: document.state,
            outcome: document.outcome,
            created_at: document.created_at,
        }
    }
}

/// What becomes of a document.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FinishDocument {
    /// What the partner will hear when it hands the document in.
    outcome: DocumentOutcome,
}

/// The token of the path.
#[derive(Debug)]
pub(super) struct Token(String);

impl FromRequestParts<Sim> for Token {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        path_value(parts, sim, "token").await.map(Self)
    }
}

/// Documents that the SDK is asked to take, newest first
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/documents", operation_id = "sim_list_documents",
    tag = "Control: documents",
    params(("code" = String, Path, description = "Program code"), DocumentFilter),
    responses(
        (status = 200, body = DocumentList),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn list_documents(
    State(sim): State<Sim>,
    Existing(world): Existing,
    filter: Result<Query<DocumentFilter>, QueryRejection>,
) -> Result<Json<DocumentList>, Problem> {
    let Query(filter) = filter?;
    let page = Page::of(filter.limit, filter.offset);
    let found = documents::list(&sim.db, &world, page).await?;
    Ok(Json(DocumentList { documents: found.into_iter().map(DocumentLine::from).collect() }))
}

/// Finish a document
///
/// As customer and SDK would. The partner hands the `documentUuid` in and hears the outcome.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/documents/{token}",
    operation_id = "sim_finish_document",
    tag = "Control: documents",
    params(
        ("code" = String, Path, description = "Program code"),
        ("token" = String, Path, description = "docvTransactionToken"),
    ),
    request_body = FinishDocument,
    responses(
        (status = 200, body = DocumentLine),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
        (status = 409, description = "It was finished before", body = Problem),
    )
)]
pub(super) async fn finish_document(
    State(sim): State<Sim>,
    Existing(world): Existing,
    Token(token): Token,
    Body(wish): Body<FinishDocument>,
) -> Result<Json<DocumentLine>, Problem> {
    match documents::finish(&sim.db, &world, &token, wish.outcome).await? {
        Finished::Done(document) => Ok(Json(document.into())),
        Finished::Before(state) => {
            let detail = format!("the document is {} already", state.as_str());
            Err(Problem::new(StatusCode::CONFLICT, detail))
        }
        Finished::Unknown => {
            let detail = "no document of this program has this token";
            Err(Problem::new(StatusCode::NOT_FOUND, detail))
        }
    }
}
