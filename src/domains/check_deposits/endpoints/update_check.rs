//! PUT check: accept the funds-available date or take the check back. Vendor slug:
//! account_put_updatecheck.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::check_deposits::ops;
use crate::domains::check_deposits::wire::{CheckResponse, UpdateCheckRequest};
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Accept a check or take it back
///
/// While it is pending, in review or approved. The same decision again is answered as the check
/// stands.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers\
            /{transferIdentifier}",
    operation_id = "account_put_updatecheck",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("transferIdentifier" = String, Path, format = Uuid, description = "The check"),
    ),
    request_body = UpdateCheckRequest,
    responses(
        (
            status = 200,
            description = "The check as it stands; 4/105 where the account is not in use",
            body = Envelope<CheckResponse>
        ),
        (status = 400, description = "A wrong member, or it is too late", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no check", body = Envelope<Empty>),
    )
)]
pub async fn update_check(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateCheckRequest>,
) -> ApiResult<Reply<CheckResponse>> {
    let change = (account_id(&path)?, path_id(&path, "transferIdentifier")?, body.read()?);
    let outcome = ops::decide(&sim.db, &call.world, change, call.now).await?;
    Ok(outcome.map(|deposit| CheckResponse::of(&deposit)).into())
}
