//! GET switches: all attempts of an account. Vendor slug: directdeposit_get_getallswitchattempts.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::direct_deposit::ops;
use crate::domains::direct_deposit::wire::ListSwitchesResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List switch attempts
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches",
    operation_id = "directdeposit_get_getallswitchattempts",
    tag = "Direct deposit switch",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "All attempts", body = Envelope<ListSwitchesResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn list_switches(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<ListSwitchesResponse>> {
    let account = account_id(&path)?;
    call.expect_fresh(&sim).await?;
    let attempts = ops::list(&sim.db, &call.world, account).await??;
    let ids = (ops::deposit_account(&call.world, account), account);
    Ok(Reply::success(ListSwitchesResponse::of(&call.world.code, ids, &attempts)))
}
