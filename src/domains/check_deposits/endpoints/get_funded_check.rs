//! GET check under the vendor's path of funded checks: the same as reading one. Vendor slug:
//! account_get_getfundfulfillmentmrdctransfer.

use axum::extract::{RawPathParams, State};

use super::get_check::get_check;
use crate::app::Sim;
use crate::domains::check_deposits::wire::CheckResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read a check deposit, with its funding
///
/// As reading one; the answer always tells of the funding.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/fundfulfillment/mrdcTransfers\
            /{transferIdentifier}",
    operation_id = "account_get_getfundfulfillmentmrdctransfer",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("transferIdentifier" = String, Path, format = Uuid, description = "The check"),
    ),
    responses(
        (status = 200, description = "The check", body = Envelope<CheckResponse>),
        (status = 404, description = "10/0 no account, 10/1 no check", body = Envelope<Empty>),
    )
)]
pub async fn get_funded_check(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<CheckResponse>> {
    get_check(sim, call, path).await
}
