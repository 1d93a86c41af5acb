//! GET images of a check: known, not simulated. Pictures are looked at when a check is handed in;
//! their size and hash are kept and stand in the explanation. Vendor slug:
//! account_get_getcheckimages.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::check_deposits::{ops, rules};
use crate::http::call::{Call, path_id};
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the images of a check
///
/// Not simulated: always refused with 501/0 where the check is there. `X-Piebox-Explain` tells how
/// much was handed in, and its hash.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers\
            /{transferIdentifier}/images",
    operation_id = "account_get_getcheckimages",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("transferIdentifier" = String, Path, format = Uuid, description = "The check"),
    ),
    responses(
        (status = 404, description = "10/0 no account, 10/1 no check", body = Envelope<Empty>),
        (status = 501, description = "501/0 images are not kept", body = Envelope<Empty>),
    )
)]
pub async fn get_check_images(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<Empty>> {
    let id = (account_id(&path)?, path_id(&path, "transferIdentifier")?);
    call.expect_fresh(&sim).await?;
    let deposit = ops::get(&sim.db, &call.world, id).await??;
    Err(rules::images_not_kept(&deposit).into())
}
