//! The daily reconciliation file of a world's adjustments.

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use serde::Deserialize;
use utoipa::IntoParams;

use super::guard::Existing;
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::adjustments::reconciliation;
use crate::kernel::time::parse_day;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReconciledDay {
    /// `YYYY-MM-DD` in UTC; without it, the day before the present one of the program's clock.
    #[serde(default)]
    date: Option<String>,
}

/// The reconciliation file of a day
///
/// Every adjustment of that day as CSV; the sums of completed rows are those of the ledger.
#[utoipa::path(
    get, path = "/_sim/v1/programs/{code}/adjustments/reconciliation",
    operation_id = "sim_reconcile_adjustments", tag = "Control: money",
    params(("code" = String, Path, description = "Program code"), ReconciledDay),
    responses(
        (status = 200, body = String, content_type = "text/csv"),
        (status = 400, body = Problem),
        (status = 404, body = Problem),
    )
)]
pub(super) async fn reconcile_adjustments(
    State(sim): State<Sim>,
    Existing(world): Existing,
    wanted: Result<Query<ReconciledDay>, QueryRejection>,
) -> Result<Response, Problem> {
    let Query(wanted) = wanted?;
    let today = world.now(sim.worlds.wall()).date();
    let day = match wanted.date {
        Some(text) => day(&text)?,
        None => today.checked_sub_days(Days::new(1)).unwrap_or(today),
    };
    let name = format!("attachment; filename=\"adjustments-{}-{day}.csv\"", world.code);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    let file = reconciliation::file(&sim.db, &world.code, day);
    Ok((headers, Body::from_stream(file)).into_response())
}

fn day(text: &str) -> Result<NaiveDate, Problem> {
    parse_day(text)
        .ok_or_else(|| Problem::bad_request("date: must be a day in the form YYYY-MM-DD"))
}
