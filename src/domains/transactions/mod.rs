//! Transactions: the history of an account, the webhook that tells of each entry, and what the card
//! network and other banks do to it. Follows the Transactions page and "Transactions Initiated by
//! Adjustment API" of Optional API Add-Ons.
//!
//! Invariants: a posted row is one posting of the ledger and never changes; an authorization posts
//! nothing, goes from pending to one end, and what is cleared of it are rows of their own.
//! Left out: related transactions, categories of the customer's, interest and cash-back lists.

mod ach;
pub mod actions;
pub mod authorizations;
mod cards;
mod endpoints;
pub mod events;
mod fees;
pub mod model;
pub mod ops;
pub mod requests;
pub mod rules;
mod store;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::list_transactions::list_transactions))
        .routes(routes!(endpoints::page_transactions::page_transactions))
}
