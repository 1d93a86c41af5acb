//! Wallet tokens: cards that are put into the wallet of a phone. Follows what is readable of the
//! eWallet Tokens page: the path of push provisioning, the wallets, the filters of the list. All
//! members are our reading.
//!
//! Invariants: a token moves by the one table of its steps, each step is told by one message; one
//! request id makes one token.
//! Left out: the OnePay variant and the newer variant without a card in its path; payments with a
//! token, which are authorizations of its card; what a wallet signs is not looked into.

pub mod actions;
mod endpoints;
mod events;
pub mod model;
pub mod ops;
mod store;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::push_provision::push_provision))
        .routes(routes!(endpoints::list_tokens::list_tokens))
        .routes(routes!(endpoints::list_options::list_options))
}
