//! PUT enrollment: change the profile of the primary holder. The portal names no slug for it; the
//! guide prints the singular path, reading has the plural one, and both work.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::domains::enrollments::wire::profile::ProfileRequest;
use crate::domains::users::model::UserUpdate;
use crate::domains::users::profile::{self, Whom};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change the profile of an enrollment
///
/// Parts that are not given stay. Addresses and phones go by their type, and none is deleted.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/enrollments/account/{accountIdentifier}",
    operation_id = "enrollments_put_updateprofile",
    tag = "Enrollments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = ProfileRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_profile(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<ProfileRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let id = account_id(&path)?;
    let update = UserUpdate { person: body.open(&call)?, ..UserUpdate::default() };
    let wish = (id, Whom::Primary, &update);
    let outcome = profile::update(&sim.db, &call.world, wish, call.now).await?;
    Ok(outcome.map(|it| AccountResponse::of(&it.account, &call, Shown::Read)).into())
}

/// The same under the path that reads it
#[utoipa::path(
    put,
    path = "/programs/{programCode}/enrollments/accounts/{accountIdentifier}",
    operation_id = "enrollments_put_updateprofile_plural",
    tag = "Enrollments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = ProfileRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_profile_plural(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
    body: VendorJson<ProfileRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    update_profile(sim, call, path, body).await
}
