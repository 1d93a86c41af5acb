//! GET checks under the vendor's path of funded checks: the same list. Vendor slug:
//! account_get_getfundfulfillmentmrdctransferlist.

use axum::extract::{RawPathParams, State};

use super::list_checks::{ListQuery, list_checks};
use crate::app::Sim;
use crate::domains::check_deposits::wire::ChecksResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the check deposits of an account, with their funding
///
/// As the list of check deposits; the answer always tells of the funding.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/fundfulfillment/mrdcTransfers",
    operation_id = "account_get_getfundfulfillmentmrdctransferlist",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("startDate" = Option<String>, Query, description = "First day, `YYYY-MM-DD` in UTC"),
        ("endDate" = Option<String>, Query, description = "Last day, included"),
        ("offset" = Option<u32>, Query, description = "Checks to pass over"),
        ("limit" = Option<u32>, Query, description = "Checks of the page, 1 to 1000"),
    ),
    responses(
        (status = 200, description = "A page of them", body = Envelope<ChecksResponse>),
        (status = 400, description = "A filter is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn list_funded_checks(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
    query: ListQuery,
) -> ApiResult<Reply<ChecksResponse>> {
    list_checks(sim, call, path, query).await
}
