//! POST socureDocumentRequest: ask for a document by the vendor's SDK. Vendor slug:
//! kyc_post_generatedocvdocumentrequest. An older page prints the path without the user.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{account_id, user_id};
use crate::domains::kyc::documents;
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::DocumentRequestResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::kernel::ids::{AccountId, UserId};

/// Ask for a document by the SDK
///
/// The token starts the SDK, in whose place a tester finishes the document by
/// `POST /_sim/v1/programs/{code}/documents/{token}`. A body is passed over.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}\
        /socureDocumentRequest",
    operation_id = "kyc_post_generatedocvdocumentrequest",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    responses(
        (status = 200, description = "The token; 1/12 without one where no document is wanted",
            body = Envelope<DocumentRequestResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn request_document(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<DocumentRequestResponse>> {
    request(&sim, &call, (account_id(&path)?, Some(user_id(&path)?))).await
}

/// Ask for a document of the primary holder
///
/// The older path of the same operation.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/socureDocumentRequest",
    operation_id = "kyc_post_generatedocvdocumentrequest_ofaccount",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The token; 1/12 without one where no document is wanted",
            body = Envelope<DocumentRequestResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn request_document_of_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<DocumentRequestResponse>> {
    request(&sim, &call, (account_id(&path)?, None)).await
}

async fn request(
    sim: &Sim,
    call: &Call,
    holder: (AccountId, Option<UserId>),
) -> ApiResult<Reply<DocumentRequestResponse>> {
    let caller = Caller { world: &call.world, now: call.now };
    let request_id = call.request_id.canonical();
    let outcome = documents::request(&sim.db, &caller, &request_id, holder).await?;
    Ok(Reply::from(outcome.map(DocumentRequestResponse::from)))
}
