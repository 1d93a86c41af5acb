//! PUT user: change the profile of a holder. Vendor slugs: account_put_updateuser and, with a path
//! that names the user alone, users_put_updateuser.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{account_id, user_id};
use crate::domains::users::profile::{self, Whom};
use crate::domains::users::wire::changes::UpdateUserRequest;
use crate::domains::users::wire::persons::UserResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change a user of an account
///
/// Parts that are not given stay. The only phone on file is the one that changes; of several, the
/// one of its type, and none is deleted. Answers 5/362 for a locked account.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/{userIdentifier}",
    operation_id = "account_put_updateuser",
    tag = "Users",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The holder"),
    ),
    request_body = UpdateUserRequest,
    responses(
        (status = 200, description = "The user", body = Envelope<UserResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_user_of_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateUserRequest>,
) -> ApiResult<Reply<UserResponse>> {
    let (id, user) = (account_id(&path)?, user_id(&path)?);
    let update = body.open(&call)?;
    let wish = (id, Whom::User(user), &update);
    let outcome = profile::update(&sim.db, &call.world, wish, call.now).await?;
    Ok(outcome.map(|it| UserResponse::of(&it.person, &call)).into())
}

/// Change a user
///
/// The same, for a user of whatever account.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/users/{userIdentifier}",
    operation_id = "users_put_updateuser",
    tag = "Users",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The holder"),
    ),
    request_body = UpdateUserRequest,
    responses(
        (status = 200, description = "The user", body = Envelope<UserResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_user(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateUserRequest>,
) -> ApiResult<Reply<UserResponse>> {
    let user = user_id(&path)?;
    let update = body.open(&call)?;
    let outcome = profile::update_of(&sim.db, &call.world, (user, &update), call.now).await?;
    Ok(outcome.map(|it| UserResponse::of(&it.person, &call)).into())
}
