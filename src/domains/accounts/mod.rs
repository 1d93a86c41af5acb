//! Accounts: what an enrollment creates and everything else reads. Follows the Accounts page and,
//! for the shape of the account object, the samples of Enrollments API Endpoints.
//!
//! Invariants: an account is `normal` only with a cycle day; a virtual card and its plastic share
//! payment identifier and last four digits; an account changes under a key of what changes it.
//! Left out so far: updating, closing and searching accounts, users, joint holders.

pub mod cards;
pub mod completion;
mod endpoints;
pub mod events;
pub mod later;
pub mod limits;
pub mod model;
pub mod ops;
pub mod positions;
pub mod purses;
mod store;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new().routes(routes!(endpoints::get_account::get_account))
}
