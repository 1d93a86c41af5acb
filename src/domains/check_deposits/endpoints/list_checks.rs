//! GET checks: the checks of an account. Vendor slug: account_get_getmrdctransferlist.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawPathParams, State};

use crate::app::Sim;
use crate::domains::accounts::wire::account_id;
use crate::domains::check_deposits::model::DepositState;
use crate::domains::check_deposits::ops::{self, Wanted};
use crate::domains::check_deposits::wire::ChecksResponse;
use crate::domains::transactions::rules::{self, Bounds, Filter};
use crate::domains::transactions::wire::filter;
use crate::http::call::Call;
use crate::http::envelope::{Empty, Envelope, Reply};
use crate::http::error::ApiResult;

/// The query of a list, read leniently.
pub(super) type ListQuery = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// List the check deposits of an account
///
/// The newest first, by the days on which they were handed in.
#[utoipa::path(
    get,
    path = "/programs/{programCode}/accounts/{accountIdentifier}/mrdcTransfers",
    operation_id = "account_get_getmrdctransferlist",
    tag = "Check deposits",
    params(
        ("programCode" = String, Path, description = "The program"),
        ("accountIdentifier" = String, Path, format = Uuid, description = "The account"),
        ("startDate" = Option<String>, Query, description = "First day, `YYYY-MM-DD` in UTC"),
        ("endDate" = Option<String>, Query, description = "Last day, included"),
        ("offset" = Option<u32>, Query, description = "Checks to pass over"),
        ("limit" = Option<u32>, Query, description = "Checks of the page, 1 to 1000"),
    ),
    responses(
        (status = 200, description = "A page of them", body = Envelope<ChecksResponse>),
        (status = 400, description = "A filter is wrong", body = Envelope<Empty>),
        (status = 404, description = "10/0 Account Not Found.", body = Envelope<Empty>),
    )
)]
pub async fn list_checks(
    State(sim): State<Sim>,
    call: Call,
    path: RawPathParams,
    query: ListQuery,
) -> ApiResult<Reply<ChecksResponse>> {
    page(&sim, &call, (&path, query), None).await
}

/// A page of an account's checks; of those in one state, if it is named.
pub(super) async fn page(
    sim: &Sim,
    call: &Call,
    (path, query): (&RawPathParams, ListQuery),
    state: Option<DepositState>,
) -> ApiResult<Reply<ChecksResponse>> {
    let account = account_id(path)?;
    let settings = &call.world.settings.transactions;
    let (window_days, page_rows) = (settings.window_days, settings.page_rows);
    let Query(given) = query.unwrap_or_default();
    let Filter { start_date, end_date, offset, limit, page_number, .. } = filter(&given);
    let asked = Filter { start_date, end_date, offset, limit, page_number, ..Filter::default() };
    let bounds = Bounds { now: call.now, window_days, page_rows };
    let span = rules::read(&asked, &bounds).map_err(|refusal| refusal.under("HDR-5"))?;
    let wanted = Wanted { from: span.from, until: span.until, state, page: span.page };
    let listed = ops::list(&sim.db, &call.world, account, &wanted).await??;
    Ok(Reply::success(ChecksResponse::of(listed.total, &listed.deposits)))
}
