//! Users: who a person is, as partners write it into every document about a person. Follows the
//! user data part of Enrollments API Endpoints and the Users page.
//!
//! Invariants: a document is judged as it was given ([`rules::judge`]), and only what reads well
//! becomes the profile that is kept ([`model::NewPerson::profile`]): ZIP codes of five digits, one
//! default address, one default phone. A change touches the parts it names ([`changes`]) and is
//! told by `userUpdated` whoever makes it: the family that writes holders sees to it.
//! Left out: validating numbers by hash codes, attachments, credit scores.

pub mod addresses;
pub mod changes;
pub mod embossing;
mod endpoints;
pub mod events;
pub mod model;
pub mod names;
pub mod ops;
pub mod profile;
pub mod renaming;
pub mod rules;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::get_users::get_users))
        .routes(routes!(endpoints::get_users::get_users_to_verify))
        .routes(routes!(endpoints::update_user::update_user_of_account))
        .routes(routes!(endpoints::update_user::update_user))
        .routes(routes!(endpoints::update_name::update_name))
}
