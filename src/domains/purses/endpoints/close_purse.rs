//! DELETE purse: close an empty one. Vendor slug: purse_delete_closepurse.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::purses::ops;
use crate::domains::purses::wire::purse_id;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Close a purse
///
/// Only an empty one, and never the primary one.
#[utoipa::path(
    delete,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/purses/{purseIdentifier}",
    operation_id = "purse_delete_closepurse",
    tag = "Purses",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("purseIdentifier" = String, Path, format = Uuid, description = "The purse"),
    ),
    responses(
        (status = 200, description = "Closed, or 4/105", body = Envelope<Empty>),
        (status = 400, description = "It is not empty, or primary", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no purse", body = Envelope<Empty>),
    )
)]
pub async fn close_purse(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<Empty>> {
    let id = (account_id(&path)?, purse_id(&path)?);
    let outcome = ops::close(&sim.db, &call.world, id, call.now).await?;
    Ok(outcome.map(|()| Empty {}).into())
}
