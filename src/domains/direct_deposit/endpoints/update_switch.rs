//! PATCH switches: what a partner says of an attempt. Vendor slug:
//! directdeposit_patch_updateswitchattempt.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::direct_deposit::model::Change;
use crate::domains::direct_deposit::ops;
use crate::domains::direct_deposit::wire::{AttemptShown, UpdateSwitchRequest, switch_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Update a switch attempt
///
/// A partner may claim that its user has submitted or aborted the vendor's flow. Nothing else may
/// be claimed, and what is wrong changes nothing.
#[utoipa::path(
    patch,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/switches/{switchId}",
    operation_id = "directdeposit_patch_updateswitchattempt",
    tag = "Direct deposit switch",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("switchId" = String, Path, format = Uuid, description = "The attempt"),
    ),
    request_body = UpdateSwitchRequest,
    responses(
        (status = 200, description = "The attempt", body = Envelope<AttemptShown>),
        (status = 400, description = "A member is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no attempt", body = Envelope<Empty>),
    )
)]
pub async fn update_switch(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateSwitchRequest>,
) -> ApiResult<Reply<AttemptShown>> {
    let (account, id) = (account_id(&path)?, switch_id(&path)?);
    let change = Change::from(body);
    let outcome = ops::update(&sim.db, &call.world, (account, id, &change), call.now).await?;
    Ok(outcome.map(|attempt| AttemptShown::of(account, &attempt)).into())
}
