//! GET account type: of a person or of a business. Vendor slug: account_get_getaccounttype.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::ops;
use crate::domains::accounts::wire::account_id;
use crate::domains::accounts::wire::lists::AccountTypeResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the type of an account
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/accountType",
    operation_id = "account_get_getaccounttype",
    tag = "Accounts",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "consumer or business", body = Envelope<AccountTypeResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn get_account_type(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<AccountTypeResponse>> {
    let found = ops::get(&sim.db, &call.world, account_id(&path)?).await?;
    call.expect_version(found.world_version)?;
    Ok(Reply::success(AccountTypeResponse::of(&found.expect()?)))
}
