//! PUT funds date: have the money of a check be there earlier. Vendor slug:
//! transfers_put_updatemrdcfundsavailabledate.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::check_deposits::ops;
use crate::domains::check_deposits::wire::{CheckResponse, FundsDateRequest};
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change when the money of a check is available
///
/// To a business day from today to the one that is set. Today makes it available at once.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/fundfulfillment/mrdc/{transferIdentifier}",
    operation_id = "transfers_put_updatemrdcfundsavailabledate",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("transferIdentifier" = String, Path, format = Uuid, description = "The check"),
    ),
    request_body = FundsDateRequest,
    responses(
        (status = 200, description = "The check as it stands", body = Envelope<CheckResponse>),
        (
            status = 400,
            description = "935/0 not such a business day; 400/0 the check is not on hold",
            body = Envelope<Empty>
        ),
        (status = 404, description = "10/1 no such check", body = Envelope<Empty>),
    )
)]
pub async fn change_funds_date(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<FundsDateRequest>,
) -> ApiResult<Reply<CheckResponse>> {
    let change = (path_id(&path, "transferIdentifier")?, body.read()?);
    let outcome = ops::reschedule(&sim.db, &call.world, change, call.now).await?;
    Ok(outcome.map(|deposit| CheckResponse::of(&deposit)).into())
}
