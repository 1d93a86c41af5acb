//! POST pushProvisionData: put a card into a wallet. Vendor slug:
//! paymentinstrumenttoken_post_createpushprovisiondata.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::payment_instruments::wire::card_id;
use crate::domains::wallet_tokens::ops;
use crate::domains::wallet_tokens::wire::{ProvisionRequest, ProvisionResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Make push provisioning data for a card
///
/// An app hands the answer to the wallet. A token is there from now on, requested; that the wallet
/// takes it is a control action. No document prints the members of request and answer: they are our
/// reading.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}\
        /paymentInstruments/{paymentInstrumentIdentifier}/pushProvisionData",
    operation_id = "paymentinstrumenttoken_post_createpushprovisiondata",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    request_body = ProvisionRequest,
    responses(
        (status = 200, description = "The data", body = Envelope<ProvisionResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn push_provision(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<ProvisionRequest>,
) -> ApiResult<Reply<ProvisionResponse>> {
    let (id, card) = (account_id(&path)?, card_id(&path)?);
    let (asked, request_id) = (body.read()?, call.request_id.as_received());
    let wanted = (id, card, &asked);
    let outcome = ops::request(&sim.db, &call.world, wanted, (request_id, call.now)).await?;
    Ok(outcome.map(|token| ProvisionResponse::of(&call.world, &token)).into())
}
