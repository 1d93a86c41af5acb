//! GET users: the profiles of an account's holders. Vendor slugs: account_get_getusers and
//! users_get_getusersrequireidv.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::model::KycGate;
use crate::domains::accounts::people;
use crate::domains::accounts::wire::account_id;
use crate::domains::users::wire::persons::UsersResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the users of an account
///
/// The primary holder comes first. Profiles are sealed to the partner where the program has
/// encryption and the partner's key, and plain elsewhere.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users",
    operation_id = "account_get_getusers",
    tag = "Users",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The users", body = Envelope<UsersResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_users(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<UsersResponse>> {
    let found = people::list(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    Ok(Reply::success(UsersResponse::of(&found.expect()?, &call)))
}

/// Read the users of an account whose documents are wanted
///
/// Those whose pending gate is `idv`.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/users/requireIdv",
    operation_id = "users_get_getusersrequireidv",
    tag = "Users",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The users", body = Envelope<UsersResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_users_to_verify(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<UsersResponse>> {
    let found = people::list(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    let people = found.expect()?;
    let waiting = people.iter().filter(|person| person.holder.kyc.gate == Some(KycGate::Idv));
    Ok(Reply::success(UsersResponse::of(waiting, &call)))
}
