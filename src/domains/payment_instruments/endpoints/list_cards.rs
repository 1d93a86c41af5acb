//! GET paymentInstruments: the cards of an account. Vendor slug:
//! paymentinstrument_get_getpaymentinstrumentlist.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::wire::CardsResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the cards of an account
///
/// Oldest first, holder after holder, without private data.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments",
    operation_id = "paymentinstrument_get_getpaymentinstrumentlist",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The cards", body = Envelope<CardsResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn list_cards(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<CardsResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    let account = found.expect()?;
    let cards = account.holders.iter().flat_map(|holder| &holder.cards);
    Ok(Reply::success(CardsResponse::of(cards, &call)))
}
