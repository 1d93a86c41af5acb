//! GET transactions by pages: the same list under the vendor's second path. The names of its query
//! are not printed; those of the list are understood, and `pageNumber` with `pageSize`.
//! Vendor slug: transactions_get_gettransactionpagination.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};

use super::list_transactions::list_transactions;
use crate::app::Sim;
use crate::domains::transactions::wire::{ListParams, TransactionsResponse};
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// Read the history of an account by pages
///
/// As the list, and `pageNumber` (from 1) with `pageSize` may take the place of `offset` and
/// `limit`.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/transactions/pagination",
    operation_id = "transactions_get_gettransactionpagination",
    tag = "Transactions",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("pageNumber" = Option<u32>, Query, description = "The page, from 1"),
        ListParams,
    ),
    responses(
        (status = 200, description = "A page of it", body = Envelope<TransactionsResponse>),
        (status = 400, description = "A filter is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn page_transactions(
    sim: State<Sim>,
    call: Call,
    path: RawPathParams,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> ApiResult<Reply<TransactionsResponse>> {
    list_transactions(sim, call, path, query).await
}
