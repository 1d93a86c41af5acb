//! GET deliveryStatus: where a card is. Vendor slug: paymentinstrument_get_getmailtrackinginfo.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::mail_tracking::ops;
use crate::domains::mail_tracking::wire::DeliveryStatusResponse;
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// What the guide's sample says of success.
const SUCCESS: &str = "API operation was successful.";

/// Read where a card is
///
/// Of the card that was mailed last with the number of the given one, for 60 days after it went to
/// fulfilment. Before, and behind that, 11/1200 on HTTP 200, unless the card is activated.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/paymentInstruments\
            /{paymentInstrumentIdentifier}/deliveryStatus",
    operation_id = "paymentinstrument_get_getmailtrackinginfo",
    tag = "Payment instruments",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("paymentInstrumentIdentifier" = String, Path, format = Uuid, description = "The card"),
    ),
    responses(
        (status = 200, description = "Where the card is; 11/1200 not known yet",
         body = Envelope<DeliveryStatusResponse>),
        (status = 400, description = "111/200 not known yet, where that is set",
         body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no card", body = Envelope<Empty>),
    )
)]
pub async fn get_delivery_status(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<DeliveryStatusResponse>> {
    let card = (account_id(&path)?, path_id(&path, "paymentInstrumentIdentifier")?);
    let report = ops::get(&sim.db, &call.world, card, call.now).await??;
    Ok(Reply::success(DeliveryStatusResponse::of(&report)).saying(SUCCESS))
}
