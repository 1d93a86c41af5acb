//! POST kyc: check a holder's identity. Vendor slug: account_post_executekyc.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{account_id, user_id};
use crate::domains::kyc::gates::{self, Ssn};
use crate::domains::kyc::visit::Caller;
use crate::domains::kyc::wire::{GateResponse, PersonRequest};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Check a holder's identity
///
/// For a holder whose check is open, as if the number came to gate kyc2. Of the user document the
/// whole social security number alone counts.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}/kyc",
    operation_id = "account_post_executekyc",
    tag = "KYC",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The user"),
    ),
    request_body = PersonRequest,
    responses(
        (status = 200, description = "Where the holder stands; 1/12 where no check is open",
            body = Envelope<GateResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn execute_kyc(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<PersonRequest>,
) -> ApiResult<Reply<GateResponse>> {
    let holder = (account_id(&path)?, user_id(&path)?);
    let ssn = body.open(&call)?.identity.ssn().map(|number| Ssn(number.to_owned()));
    let caller = Caller { world: &call.world, now: call.now };
    let outcome = gates::execute_kyc(&sim.db, &caller, holder, ssn.as_ref()).await?;
    Ok(Reply::from(outcome.map(GateResponse::from)))
}
