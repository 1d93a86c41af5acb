//! POST verifyPin: whether a PIN is the card's. Vendor slug:
//! paymentinstrument_post_verifypin.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::pins;
use crate::domains::payment_instruments::wire::{PinRequest, PinVerdict, card_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Verify the PIN of a card
///
/// A wrong PIN is answered with `isPinValid` false, however often it comes. Path and answer are our
/// reading.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}/verifyPin",
    operation_id = "paymentinstrument_post_verifypin",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    request_body = PinRequest,
    responses(
        (status = 200, description = "Whether it is", body = Envelope<PinVerdict>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn verify_pin(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<PinRequest>,
) -> ApiResult<Reply<PinVerdict>> {
    let card = (account_id(&path)?, card_id(&path)?);
    let pin = body.open(&call)?;
    let outcome = pins::verify(&sim.db, &call.world, card, pin.as_deref()).await?;
    Ok(outcome.map(|is_pin_valid| PinVerdict { is_pin_valid }).into())
}
