//! PUT lifecycleEvent: activate, pause, unpause or replace a card. Vendor slug:
//! paymentinstrument_put_updatepaymentinstrument.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::lifecycle::{Occasion, happen};
use crate::domains::payment_instruments::wire::{CardResponse, LifecycleRequest, card_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Change the state of a card
///
/// Only a card in use can be paused (4/313); unpausing one that is not paused changes nothing.
/// After a replacement the answer is the new card.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}/lifecycleEvent",
    operation_id = "paymentinstrument_put_updatepaymentinstrument",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    request_body = LifecycleRequest,
    responses(
        (status = 200, description = "The card; 4/313: it cannot be paused",
            body = Envelope<CardResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn lifecycle_event(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<LifecycleRequest>,
) -> ApiResult<Reply<CardResponse>> {
    let card = (account_id(&path)?, Some(card_id(&path)?));
    let request_id = call.request_id.as_received();
    let occasion = Occasion { world: &call.world, request_id, now: call.now };
    let outcome = happen(&sim.db, &occasion, card, &body.event()?).await?;
    Ok(outcome.map(|card| CardResponse::of(&card, &call)).into())
}
