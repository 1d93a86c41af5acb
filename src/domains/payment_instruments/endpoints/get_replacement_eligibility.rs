//! GET replaceCardEligibility: for which reasons a card can be replaced. Vendor slug:
//! paymentinstrument_get_replacecardeligibility.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::lifecycle::reasons_for;
use crate::domains::payment_instruments::ops::card_of;
use crate::domains::payment_instruments::wire::{EligibilityResponse, card_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Tell whether a card can be replaced
///
/// Path and members are our reading.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}/replaceCardEligibility",
    operation_id = "paymentinstrument_get_replacecardeligibility",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    responses(
        (status = 200, description = "The reasons", body = Envelope<EligibilityResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn get_replacement_eligibility(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<EligibilityResponse>> {
    let (id, card) = (account_id(&path)?, card_id(&path)?);
    let found = ops::get(&sim.db, &call.world, id).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect()?;
    let reasons = reasons_for(&call.world, &account, card_of(&account, card)?);
    Ok(Reply::success(EligibilityResponse::of(&reasons)))
}
