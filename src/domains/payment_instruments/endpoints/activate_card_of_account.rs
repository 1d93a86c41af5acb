//! POST activateCard: take the card of an account into use that the data is of. Vendor slug:
//! paymentinstrument_post_activatecardviaaccountidentifier.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::lifecycle::{Occasion, happen};
use crate::domains::payment_instruments::model::CardEvent;
use crate::domains::payment_instruments::rules;
use crate::domains::payment_instruments::wire::{CardDataRequest, CardIdResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Activate a card of an account
///
/// Number, expiry and CVV prove that it is at hand; there is no limit of attempts. Older cards of
/// the holder that were never activated are deactivated. Path and members are our reading.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/activateCard",
    operation_id = "paymentinstrument_post_activatecardviaaccountidentifier",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CardDataRequest,
    responses(
        (status = 200, description = "The card; 4/50: fraud is suspected",
            body = Envelope<CardIdResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn activate_card_of_account(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CardDataRequest>,
) -> ApiResult<Reply<CardIdResponse>> {
    let card = (account_id(&path)?, None);
    let data = body.open(&call)?;
    if let Some(refusal) = rules::judge_card_data(&data, true) {
        return Err(refusal.into());
    }
    let request_id = call.request_id.as_received();
    let occasion = Occasion { world: &call.world, request_id, now: call.now };
    let event = CardEvent::Activate(Some(data));
    let outcome = happen(&sim.db, &occasion, card, &event).await?;
    Ok(outcome.map(CardIdResponse::from).into())
}
