//! POST paymentInstruments: complete a registration. Vendor slug:
//! paymentinstrument_post_completeregistration.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::{AccountResponse, Shown, account_id};
use crate::domains::payment_instruments::ops::{self, Caller};
use crate::domains::payment_instruments::wire::CompletionRequest;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

const OPERATION: &str = "paymentinstrument_post_completeregistration";

/// Complete a registration
///
/// After the identity check was cured: cards and cycle day are made, and the account is in use.
/// Repeating the call changes nothing.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments",
    operation_id = "paymentinstrument_post_completeregistration",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CompletionRequest,
    responses(
        (status = 200, description = "The account", body = Envelope<AccountResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn complete_registration(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CompletionRequest>,
) -> ApiResult<Reply<AccountResponse>> {
    let id = account_id(&path)?;
    let target = call.fault_target(OPERATION);
    let faults: Vec<_> = call.faults_for(&target).collect();
    let caller = Caller { world: &call.world, now: call.now, faults: &faults };
    let outcome = ops::complete(&sim.db, &caller, id, &body.into()).await?;
    Ok(Reply::from(outcome.map(|account| AccountResponse::of(&account, &call, Shown::Read))))
}
