//! Remote check deposit (MRDC): a check is photographed and handed in, its money is held for the
//! business days of the account's tier and then available. Follows the pages on mobile check
//! deposit and on its funding.
//!
//! ```text
//!  submit ──► pending ──accept──────────────► onHold ──the day comes──► completed
//!     │          │ review                      ▲  │                        │
//!     ├──► inReview ──accept──► (agreed) ──approve │                        │
//!     │          └──approve──► approved ──accept┘  └────────return─────┬───┘
//!     └──► declined                                                    ▼
//!          from any state left of onHold: cancel ► canceled,        returned
//!          decline ► declined
//! ```
//!
//! `agreed` is a review that the partner has accepted; it is shown as `inReview`. A tier of no days
//! goes to `completed` at once. The table is [`model::DepositState::after`].
//!
//! Invariants: one `transferIdentifier` of a program is one deposit; money comes once, when the
//! check is posted, and goes once, when it is returned; what is held is let go of once.
//! Left out: pictures, of which size and hash are kept; several postings of one check; holds that a
//! partner owns (`instantFundManaged`).

pub mod actions;
mod endpoints;
mod events;
pub mod model;
pub mod ops;
pub mod rules;
mod steps;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::assess_check::assess_check))
        .routes(routes!(endpoints::submit_check::submit_check))
        .routes(routes!(endpoints::create_check_transfer::create_check_transfer))
        .routes(routes!(endpoints::change_funds_date::change_funds_date))
        .routes(routes!(endpoints::list_checks::list_checks))
        .routes(routes!(endpoints::list_funded_checks::list_funded_checks))
        .routes(routes!(endpoints::list_held_checks::list_held_checks))
        .routes(routes!(endpoints::get_check::get_check, endpoints::update_check::update_check))
        .routes(routes!(endpoints::get_funded_check::get_funded_check))
        .routes(routes!(endpoints::get_check_images::get_check_images))
}
