//! GET paymentInstruments/{id}: one card, and on request its private data. Vendor slug:
//! paymentinstrument_get_getpaymentinstrument.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};
use axum::http::HeaderMap;

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::ops::card_of;
use crate::domains::payment_instruments::wire::{CardResponse, card_id, wanted_fields};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read one card
///
/// With the header `BaaS-Version: 2.0`, `pciData` tells what of its private data is sealed into
/// `encryptedPrivatePaymentInstrumentData`; without the header nothing is. Names of the values are
/// our reading, and so is that plastic shows them as virtual cards do.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}",
    operation_id = "paymentinstrument_get_getpaymentinstrument",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
        ("BaaS-Version" = Option<String>, Header, description = "2.0 for private data"),
        ("usage" = Option<String>, Query, description = "`cardholder`, or another use"),
        ("pciData" = Option<String>, Query, description = "`pan`, `cvv`, `expirationDate`; a list"),
        ("IpAddress" = Option<String>, Query, description = "Needed where usage is cardholder"),
    ),
    responses(
        (status = 200, description = "The card", body = Envelope<CardResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn get_card(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    headers: HeaderMap,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> ApiResult<Reply<CardResponse>> {
    let (id, card) = (account_id(&path)?, card_id(&path)?);
    let Query(given) = query.unwrap_or_default();
    let version = headers.get("baas-version").and_then(|version| version.to_str().ok());
    let wanted = match version.map(str::trim) {
        Some("2.0") => wanted_fields(&given, &call)?,
        _ => Vec::new(),
    };
    let found = ops::get(&sim.db, &call.world, id).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect()?;
    Ok(Reply::success(CardResponse::holding(card_of(&account, card)?, &wanted, &call)))
}
