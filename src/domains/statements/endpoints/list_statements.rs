//! GET statements: the statements of an account. Vendor slug: account_get_getlistestatement.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::statements::ops;
use crate::domains::statements::wire::ListStatementsResponse;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// List account statements
///
/// One for each cycle that has ended on the program's clock, the newest first.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/statements",
    operation_id = "account_get_getlistestatement",
    tag = "Statements",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
    ),
    responses(
        (status = 200, description = "All there are", body = Envelope<ListStatementsResponse>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn list_statements(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<ListStatementsResponse>> {
    let account = account_id(&path)?;
    let statements = ops::list(&sim.db, &call.world, account, call.now).await??;
    Ok(Reply::success(ListStatementsResponse::of(&statements)))
}
