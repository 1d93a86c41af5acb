//! GET transactions: the history of an account. Vendor slug: transactions_get_gettransactions.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::transactions::ops;
use crate::domains::transactions::rules::{self, Bounds};
use crate::domains::transactions::wire::{ListParams, TransactionsResponse, filter};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;
use crate::kernel::codes;

/// Read the history of an account
///
/// Pending rows lead, and only if the range reaches today; then posted ones, the newest first.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/transactions",
    operation_id = "transactions_get_gettransactions",
    tag = "Transactions",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ListParams,
    ),
    responses(
        (status = 200, description = "A page of it", body = Envelope<TransactionsResponse>),
        (status = 400, description = "A filter is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn list_transactions(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> ApiResult<Reply<TransactionsResponse>> {
    let id = account_id(&path)?;
    let settings = &call.world.settings.transactions;
    let (window_days, page_rows) = (settings.window_days, settings.page_rows);
    let bounds = Bounds { now: call.now, window_days, page_rows };
    let Query(given) = query.unwrap_or_default();
    let wanted = rules::read(&filter(&given), &bounds)?;
    let page = ops::list(&sim.db, &call.world, id, &wanted).await?;
    call.expect_version(page.world_version)?;
    let currency = page.currency.ok_or(&codes::ACCOUNT_NOT_FOUND)?;
    Ok(Reply::success(TransactionsResponse::of(id, &currency, (page.total, &page.rows))))
}
