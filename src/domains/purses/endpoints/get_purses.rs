//! GET purses: the open purses of an account. Vendor slug: purse_get_getpurses.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::purses::wire::PursesResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the purses of an account
///
/// The primary one first, then the others in the order of their making.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/purses",
    operation_id = "purse_get_getpurses",
    tag = "Purses",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The purses", body = Envelope<PursesResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_purses(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<PursesResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect().map_err(|refusal| refusal.under("PRS-1"))?;
    Ok(Reply::success(PursesResponse::of(&account.purses)))
}
