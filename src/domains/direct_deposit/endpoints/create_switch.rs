//! POST switches: start an attempt. Vendor slug: directdeposit_post_createswitchattempt.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::direct_deposit::ops;
use crate::domains::direct_deposit::wire::CreateSwitchResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Start a switch attempt
///
/// Each call starts one of its own, and answers the token that loads the vendor's SDK.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches",
    operation_id = "directdeposit_post_createswitchattempt",
    tag = "Direct deposit switch",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The attempt; 4/105", body = Envelope<CreateSwitchResponse>),
        (status = 400, description = "The account has too many", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_switch(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<CreateSwitchResponse>> {
    let outcome = ops::create(&sim.db, &call.world, account_id(&path)?, call.now).await?;
    Ok(outcome.map(|made| CreateSwitchResponse::of(made.vendor_token, made.id)).into())
}
