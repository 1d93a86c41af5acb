//! Account statements: one for each cycle of an account that has ended, as a PDF. Follows the page
//! "Statements & Documents"; which days a cycle has is a reading.
//!
//! A cycle runs from the cycle day to the day before it in the next month, in the zone that the
//! cycle day is taken in. With the end of its last day on the world's clock its statement exists.
//! It is drawn once: by the clock, where the program says so, and then the partner is told; else
//! when it is first asked for. What is kept of it is its cover and the numbers between which its
//! entries lie in the ledger; the page is laid out from these whenever it is asked for.
//!
//! Invariants: a cycle has one statement, and none is ever changed; the statements of an account
//! follow one another without gap, so that each opens with the balance that the one before it
//! closes with; of an account whose cycles are closed by the clock one task waits, for its next.
//! Left out: interest, which no purse earns; tax forms; statements on paper.

mod document;
mod endpoints;
mod events;
pub mod model;
pub mod ops;
mod rules;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::list_statements::list_statements))
        .routes(routes!(endpoints::get_statement::get_statement))
}
