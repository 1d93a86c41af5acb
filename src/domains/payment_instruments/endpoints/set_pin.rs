//! PUT paymentInstruments/{id}: give a card a PIN. Vendor slug:
//! paymentinstrument_put_setpin.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::pins;
use crate::domains::payment_instruments::wire::{CardIdResponse, PinRequest, card_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Set the PIN of a card
///
/// All cards of its number have it then. Told by `atmPinUpdate`.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}",
    operation_id = "paymentinstrument_put_setpin",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    request_body = PinRequest,
    responses(
        (status = 200, description = "The card", body = Envelope<CardIdResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn set_pin(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<PinRequest>,
) -> ApiResult<Reply<CardIdResponse>> {
    let card = (account_id(&path)?, card_id(&path)?);
    let pin = body.open(&call)?;
    let outcome = pins::set(&sim.db, &call.world, card, (pin.as_deref(), call.now)).await?;
    Ok(outcome.map(CardIdResponse::from).into())
}
