//! GET pushProvisionConfig: the wallets that cards can be put into. Vendor slug:
//! paymentinstrumenttoken_get_getpushprovisionconfiglist.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::wallet_tokens::wire::OptionsResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the wallets of an account
///
/// Every wallet, with whether the program is configured for it. Path and members are our reading.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/pushProvisionConfig",
    operation_id = "paymentinstrumenttoken_get_getpushprovisionconfiglist",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The wallets", body = Envelope<OptionsResponse>),
        (status = 400, description = "The request or the card will not do", body = Envelope<Empty>),
        (status = 404, description = "10/0 or 10/1: not found", body = Envelope<Empty>),
    )
)]
pub async fn list_options(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<OptionsResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    found.expect()?;
    Ok(Reply::success(OptionsResponse::of(&call.world.settings.card.wallets)))
}
