//! Purses: the balances of an account. Every account has a primary one, which credits land in and
//! cards spend from; others are made beside it, to put money aside. Follows the Purses page.
//!
//! Invariants: the primary purse is made with its account and stays; only an empty purse is closed;
//! balances are the ledger's alone. Money moves between purses by the family of transfers, and on
//! closing an account by [`ops::sweep`].
//! Left out: interest, of which a purse keeps no more than the tier that was asked for, and the
//! payments of a credit builder.

mod endpoints;
mod model;
pub mod ops;
mod rules;
mod store;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::create_purse::create_purse, endpoints::get_purses::get_purses))
        .routes(routes!(endpoints::update_purse::update_purse, endpoints::close_purse::close_purse))
}
