//! GET checks on hold: those of an account whose money is not there yet. Vendor slug:
//! account_get_getonholdtransfers.

use axum::extract::{RawPathParams, State};

use super::list_checks::{ListQuery, page};
use crate::app::Sim;
use crate::domains::check_deposits::model::DepositState;
use crate::domains::check_deposits::wire::ChecksResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the check deposits of an account that are on hold
///
/// The newest first.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers/onHold",
    operation_id = "account_get_getonholdtransfers",
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
pub async fn list_held_checks(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    query: ListQuery,
) -> ApiResult<Reply<ChecksResponse>> {
    page(&sim, &call, (&path, query), Some(DepositState::OnHold)).await
}
