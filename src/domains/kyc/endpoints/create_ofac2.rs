//! POST ofac2: correct a person whose sanctions match is under review. Vendor slug:
//! ofac_post_createenrollmentofac2.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{account_id, user_id};
use crate::domains::kyc::ofac2;
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::{GateResponse, PersonRequest};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;
use crate::kernel::ids::{AccountId, UserId};

/// Correct a person under review, and screen again
///
/// An account that is cleared completes by itself.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/enrollments/accounts/{accountIdentifier}/ofac2",
    operation_id = "ofac_post_createenrollmentofac2",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = PersonRequest,
    responses(
        (status = 200, description = "Where the holder stands; 1/12 where no review is open",
            body = Envelope<GateResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_ofac2(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<PersonRequest>,
) -> ApiResult<Reply<GateResponse>> {
    correct(&sim, &call, (account_id(&path)?, None), body).await
}

/// Correct one holder under review, and screen again
///
/// The same operation beside the other gates.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}\
        /kycGates/ofac2",
    operation_id = "ofac_post_createenrollmentofac2_ofuser",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body = PersonRequest,
    responses(
        (status = 200, description = "Where the holder stands; 1/12 where no review is open",
            body = Envelope<GateResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_ofac2_of_user(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<PersonRequest>,
) -> ApiResult<Reply<GateResponse>> {
    correct(&sim, &call, (account_id(&path)?, Some(user_id(&path)?)), body).await
}

async fn correct(
    sim: &Sim,
    call: &Call,
    holder: (AccountId, Option<UserId>),
    body: PersonRequest,
) -> ApiResult<Reply<GateResponse>> {
    let person = body.open(call)?;
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = ofac2::ofac2(&sim.db, &caller, holder, &person).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)))
}
