//! GET statements/{statementPeriod}: one statement as a PDF. Vendor slug:
//! account_get_getestatement.

use axum::extract::{RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::statements::ops;
use crate::domains::statements::wire::{GetStatementResponse, statement_period};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read an account statement
///
/// A PDF in base64 that lists all that was posted in the cycle, purse by purse, with the balances
/// before and behind. The same bytes whenever it is asked for.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/statements/{statementPeriod}",
    operation_id = "account_get_getestatement",
    tag = "Statements",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("statementPeriod" = String, Path, description = "`YYYYMM`, or `YYYY-MM`"),
    ),
    responses(
        (status = 200, description = "The statement", body = Envelope<GetStatementResponse>),
        (status = 400, description = "The period is none", body = Envelope<Empty>),
        (status = 404, description = "10/0 no account, 10/1 no statement", body = Envelope<Empty>),
    )
)]
pub async fn get_statement(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
) -> ApiResult<Reply<GetStatementResponse>> {
    let (account, period) = (account_id(&path)?, statement_period(&path)?);
    let found = ops::get(&sim.db, &call.world, (account, period), call.now).await??;
    Ok(Reply::success(GetStatementResponse::of(&found.statement, &found.pdf)))
}
