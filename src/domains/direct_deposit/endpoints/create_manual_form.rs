//! POST manualform: a form to be printed and signed. Vendor slug:
//! directdeposit_post_createmanualform.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::direct_deposit::ops;
use crate::domains::direct_deposit::wire::{CreateManualFormRequest, CreateManualFormResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::http::json::VendorJson;

/// Generate a direct deposit form
///
/// A PDF of one page that shows the six values, to be signed and handed to a payroll provider. The
/// same values give the same bytes.
#[utoipa::path(
    post,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/directdeposit/manualform",
    operation_id = "directdeposit_post_createmanualform",
    tag = "Direct deposit switch",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    request_body = CreateManualFormRequest,
    responses(
        (status = 200, description = "A form; 4/105", body = Envelope<CreateManualFormResponse>),
        (status = 400, description = "A member is missing or wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn create_manual_form(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    VendorJson(body): VendorJson<CreateManualFormRequest>,
) -> ApiResult<Reply<CreateManualFormResponse>> {
    let account = account_id(&path)?;
    call.expect_fresh(&sim).await?;
    let pdf = ops::manual_form(&sim.db, &call.world, account, &body.into()).await??;
    Ok(Reply::success(CreateManualFormResponse::of(&pdf)))
}
