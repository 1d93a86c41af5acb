//! Track My Mail: where a card is on its way to its holder. Follows Track My Mail of Optional API
//! Add-Ons.
//!
//! ```text
//!  (made) ─print─► printing ─ship─► shipped ─► inTransit ─► outForDelivery ─► delivered
//!     └────────────ship─────────────▲ └────────────┴──────return──┴──────────────┴─► returned
//! ```
//!
//! A card that is activated is shown as `activated`, wherever it is, and moves no more. The table
//! is [`model::after`]. Cards move by the clock where the program says so, else at a tester's word.
//!
//! Invariants: a card goes to fulfilment once; each stage is told in one message; of a card that is
//! to move by the clock one task waits, for its next step.
//! Left out: cards that are sent again after they came back; days of the post.

pub mod actions;
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
    OpenApiRouter::new().routes(routes!(endpoints::get_delivery_status::get_delivery_status))
}
