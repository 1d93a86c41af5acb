//! GET switches/latest: the last attempt of an account. Vendor slug:
//! directdeposit_get_getlatestswitchattempt.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::direct_deposit::ops;
use crate::domains::direct_deposit::wire::AttemptShown;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the latest switch attempt
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches/latest",
    operation_id = "directdeposit_get_getlatestswitchattempt",
    tag = "Direct deposit switch",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The attempt", body = Envelope<AttemptShown>),
        (status = 404, description = "10/0 no account, or no attempt", body = Envelope<Empty>),
    )
)]
pub async fn get_latest_switch(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AttemptShown>> {
    let account = account_id(&path)?;
    call.expect_fresh(&sim).await?;
    let attempt = ops::latest(&sim.db, &call.world, account).await??;
    Ok(Reply::success(AttemptShown::of(account, &attempt)))
}
