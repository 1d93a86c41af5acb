//! GET enrollment: read the account of an enrollment. Vendor slug: enrollments_get_getenrollment.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::{AccountResponse, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the account of an enrollment
#[utoipa::path(
    get,
    path = "/programs/{programCode}/enrollments/accounts/{accountIdentifier}",
    operation_id = "enrollments_get_getenrollment",
    tag = "Enrollments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_enrollment(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AccountResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    Ok(Reply::success(AccountResponse::read(&found.expect()?, &call)))
}
