//! GET features: what an account is enrolled in. Vendor slug: vipfeature_get_getfeatures.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::features::ops;
use crate::domains::features::wire::{FeaturesResponse, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List the features of an account
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/features",
    operation_id = "vipfeature_get_getfeatures",
    tag = "Features",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "The features, or 4/105", body = Envelope<FeaturesResponse>),
        (status = 400, description = "10/10 accountIdentifier is invalid.", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_features(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<FeaturesResponse>> {
    let (version, found) = ops::list(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(version)?;
    let shown = call.world.settings.features.shown;
    Ok(Reply::success(FeaturesResponse::of(&found?, shown)))
}
