//! POST check: hand a check in. Vendor slug: transfers_post_submitcheck.

use axum::extract::State;

use crate::app::Sim;
use crate::domains::check_deposits::ops;
use crate::domains::check_deposits::wire::{CheckResponse, SubmitCheckRequest};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Hand a check in
///
/// One identifier is one deposit: the same check again is answered as it stands, another one is
/// refused. A check beyond a limit is taken in and declined.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/fundfulfillment/mrdc",
    operation_id = "transfers_post_submitcheck",
    tag = "Check deposits",
    params(("programCode" = String, Path, description = "The program")),
    request_body = SubmitCheckRequest,
    responses(
        (
            status = 200,
            description = "The check as it stands; 4/105 or 5/55 where the account may not",
            body = Envelope<CheckResponse>
        ),
        (status = 400, description = "A member is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn submit_check(
    State(sim): State<Sim>,
    call: Call,
    VendorJson(body): VendorJson<SubmitCheckRequest>,
) -> ApiResult<Reply<CheckResponse>> {
    let new = body.read(&call)?;
    let outcome = ops::submit(&sim.db, &call.world, new, call.now).await?;
    Ok(outcome.map(|deposit| CheckResponse::of(&deposit)).into())
}
