//! PUT feature: enroll an account in one, or leave it. Vendor slug: vipfeature_put_updatefeature.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::features::ops::{self, Wish};
use crate::domains::features::wire::{UpdateFeatureRequest, account_id};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Enroll in a feature, or leave it
///
/// Enrolling again is a success without effect. Leaving NB100 opts the account out of its terms.
#[utoipa::path(
    put,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/features/{featureId}",
    operation_id = "vipfeature_put_updatefeature",
    tag = "Features",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("featureId" = String, Path, description = "Such as NB100; letter case does not matter"),
    ),
    request_body = UpdateFeatureRequest,
    responses(
        (status = 200, description = "Done, 4/105 or 5/55", body = Envelope<Empty>),
        (status = 400, description = "10/10 accountIdentifier is invalid.", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, or not enrolled", body = Envelope<Empty>),
        (status = 503, description = "5/55 the program has no such one", body = Envelope<Empty>),
    )
)]
pub async fn update_feature(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<UpdateFeatureRequest>,
) -> ApiResult<Reply<Empty>> {
    let account = account_id(&path)?;
    let feature = path.iter().find(|(name, _)| *name == "featureId").map_or("", |(_, id)| id);
    let wish = Wish { account, feature, begins: body.authorize.0 };
    let outcome = ops::change(&sim.db, &call.world, &wish, call.now).await?;
    Ok(outcome.map(|()| Empty {}).into())
}
