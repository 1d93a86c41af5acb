//! GET paymentInstrumentTokens: the cards of an account that are in wallets. Vendor slug:
//! paymentinstrumenttoken_get_getpaymentinstrumenttokenlist.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::wallet_tokens::ops;
use crate::domains::wallet_tokens::wire::{TokensResponse, token_filter};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the wallet tokens of an account
///
/// Oldest first, deleted ones included. Path, filters and members are our reading.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstrumentTokens",
    operation_id = "paymentinstrumenttoken_get_getpaymentinstrumenttokenlist",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("userIdentifier" = Option<String>, Query, format = Uuid, description = "Of a holder"),
        ("paymentInstrumentIdentifier" = Option<String>, Query, format = Uuid,
            description = "Of a card"),
        ("deviceIdentifier" = Option<String>, Query, description = "On a device"),
    ),
    responses(
        (status = 200, description = "The tokens", body = Envelope<TokensResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn list_tokens(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> ApiResult<Reply<TokensResponse>> {
    let Query(given) = query.unwrap_or_default();
    let (id, filter) = (account_id(&path)?, token_filter(&given)?);
    let outcome = ops::list(&sim.db, &call.world, (id, &filter)).await?;
    Ok(outcome.map(|tokens| TokensResponse::of(&tokens)).into())
}
