//! Accounts: what an enrollment creates and everything else reads. Follows the Accounts page and,
//! for the shape of the account object, the samples of Enrollments API Endpoints.
//!
//! Invariants: an account is `normal` only with a cycle day; a virtual card and its plastic share
//! payment identifier and last four digits; an account changes under a key of what changes it; it
//! has two holders at most, one of them primary.
//! Left out: searching accounts by sealed criteria, of which no member is printed.

pub mod actions;
pub mod cards;
pub mod completion;
mod endpoints;
pub mod events;
pub mod identity;
pub mod joint;
pub mod later;
pub mod limits;
pub mod listing;
pub mod membership;
pub mod model;
pub mod ops;
pub mod people;
pub mod positions;
pub mod rules;
pub mod states;
pub mod status;
mod store;
pub mod terms;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(
            endpoints::get_account::get_account,
            endpoints::update_account::update_account
        ))
        .routes(routes!(endpoints::set_status::set_status))
        .routes(routes!(endpoints::close_account::close_account))
        .routes(routes!(endpoints::add_holder::add_holder))
        .routes(routes!(endpoints::get_account_type::get_account_type))
        .routes(routes!(endpoints::get_linked_accounts::get_linked_accounts))
        .routes(routes!(endpoints::get_linked_accounts::get_linked_accounts_info))
        .routes(routes!(endpoints::look_up_consumer::look_up_consumer))
        .routes(routes!(endpoints::add_identity::add_identity))
        .routes(routes!(endpoints::add_identity::add_identity_without_program))
}
