//! PUT user name: a holder has another name. Vendor slug: users_put_updateusername.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::user_id;
use crate::domains::users::renaming;
use crate::domains::users::wire::changes::UpdateNameRequest;
use crate::domains::users::wire::persons::UserResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change the name of a user
///
/// For a marriage, a divorce or by order of a court, with a document that shows it. Names that are
/// not given stay. Cards that are made later bear the new name.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/users/{userIdentifier}/name",
    operation_id = "users_put_updateusername",
    tag = "Users",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("userIdentifier" = String, Path, format = Uuid, description = "The holder"),
    ),
    request_body = UpdateNameRequest,
    responses(
        (status = 200, description = "The user", body = Envelope<UserResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn update_name(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateNameRequest>,
) -> ApiResult<Reply<UserResponse>> {
    let user = user_id(&path)?;
    let given = body.open(&call)?;
    let outcome = renaming::rename(&sim.db, &call.world, (user, &given), call.now).await?;
    Ok(outcome.map(|it| UserResponse::of(&it.person, &call)).into())
}
