//! The books of a world, as a tester has them proved.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::guard::Existing;
use super::problem::Problem;
use crate::app::Sim;
use crate::domains::ledger::audit::{self, Audit};

/// What the proof of the books found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditReport {
    /// Whether every entry fits.
    fits: bool,
    /// Postings that were followed.
    postings: u64,
    /// Purses whose balances were compared.
    purses: u64,
    /// Dollars that the bank owes to all purses together.
    owed_to_purses: f64,
    /// Dollars of each book of the program; with the purses they sum to nothing.
    books: BTreeMap<&'static str, f64>,
    /// The first entry that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<AuditProblem>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuditProblem {
    account_identifier: String,
    /// The posting by its number, the transaction or the purse.
    entry: String,
    what: String,
}

impl From<Audit> for AuditReport {
    fn from(audit: Audit) -> Self {
        let dollars = |e4: i128| e4 as f64 / 10_000.0;
        Self {
            fits: audit.problem.is_none(),
            postings: audit.postings,
            purses: audit.purses,
            owed_to_purses: dollars(audit.held_by_purses),
            books: audit.books.into_iter().map(|(book, sum)| (book, dollars(sum))).collect(),
            problem: audit.problem.map(|problem| AuditProblem {
                account_identifier: problem.account,
                entry: problem.entry,
                what: problem.what,
            }),
        }
    }
}

/// Prove the books of a program
///
/// Follows every posting and compares every balance with what is stored. Nothing moves in the
/// program meanwhile: calls that would change it wait, and are refused when their wait runs out.
#[utoipa::path(
    post, path = "/_sim/v1/programs/{code}/ledger/audit", operation_id = "sim_audit_ledger",
    tag = "Control: money",
    params(("code" = String, Path, description = "Program code")),
    responses((status = 200, body = AuditReport), (status = 404, body = Problem))
)]
pub(super) async fn audit_ledger(
    State(sim): State<Sim>,
    Existing(world): Existing,
) -> Result<Json<AuditReport>, Problem> {
    Ok(Json(audit::audit(&sim.db, &world.code).await?.into()))
}
