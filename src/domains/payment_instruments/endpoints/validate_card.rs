//! POST validateCard: whether a CVV, and what else is given, is the card's. Vendor slug:
//! paymentinstrument_post_validatecard.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::lifecycle::bears;
use crate::domains::payment_instruments::ops::card_of;
use crate::domains::payment_instruments::rules;
use crate::domains::payment_instruments::wire::{CardDataRequest, CardVerdict, card_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Validate the CVV of a card
///
/// What is left out beside the CVV is not compared. Path and members are our reading.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}/validateCard",
    operation_id = "paymentinstrument_post_validatecard",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    request_body = CardDataRequest,
    responses(
        (status = 200, description = "Whether it is", body = Envelope<CardVerdict>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn validate_card(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CardDataRequest>,
) -> ApiResult<Reply<CardVerdict>> {
    let (id, card) = (account_id(&path)?, card_id(&path)?);
    let data = body.open(&call)?;
    if let Some(refusal) = rules::judge_card_data(&data, false) {
        return Err(refusal.into());
    }
    if data.cvv.is_none() {
        return Err(Refusal::of(&codes::MEMBER_INVALID).saying("cvv is missing.").into());
    }
    let found = ops::get(&sim.db, &call.world, id).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect()?;
    let is_card_valid = bears(&call.world, card_of(&account, card)?, &data);
    Ok(Reply::success(CardVerdict { is_card_valid }))
}
