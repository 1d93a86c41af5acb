//! POST idvUuid: the document that the vendor's SDK took. Vendor slug: kyc_post_idvuuidvalidation.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{account_id, user_id};
use crate::domains::kyc::gates::{self, Evidence};
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::{GateResponse, IdvUuidRequest};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Hand in the document that the SDK took
///
/// What becomes of it was said when it was finished, by
/// `POST /_sim/v1/programs/{code}/documents/{token}`.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}\
        /kycGates/idvUuid",
    operation_id = "kyc_post_idvuuidvalidation",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body = IdvUuidRequest,
    responses(
        (status = 201, description = "Where the holder stands", body = Envelope<GateResponse>),
        (status = 200, description = "1/12: the gate is not pending", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn validate_idv_uuid(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<IdvUuidRequest>,
) -> ApiResult<Reply<GateResponse>> {
    let holder = (account_id(&path)?, user_id(&path)?);
    let (subject, document) = body.read()?;
    let evidence = Evidence::Sdk(document);
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = gates::idv(&sim.db, &caller, holder, (subject, &evidence)).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)).created())
}
