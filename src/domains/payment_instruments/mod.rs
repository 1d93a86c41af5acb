//! Payment instruments: the cards of an account, after they are issued. Follows the reference pages
//! of completing a registration, of setting a PIN and of full PCI data access, and what is readable
//! of the Payment Instruments page.
//!
//! Invariants: cards are made once; a registration is completed from where it is approved and from
//! nowhere else; a card moves by the one table of its steps; a PIN is kept as a keyed hash.
//! Left out: activation and validation before a login, replacement options, custom card images,
//! the VGS variant.

mod endpoints;
mod events;
pub mod lifecycle;
pub mod model;
pub mod ops;
pub mod pins;
pub mod rules;
mod store;
pub mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(
            endpoints::complete_registration::complete_registration,
            endpoints::list_cards::list_cards
        ))
        .routes(routes!(endpoints::get_card::get_card, endpoints::set_pin::set_pin))
        .routes(routes!(endpoints::verify_pin::verify_pin))
        .routes(routes!(endpoints::validate_card::validate_card))
        .routes(routes!(endpoints::activate_card::activate_card))
        .routes(routes!(endpoints::activate_card_of_account::activate_card_of_account))
        .routes(routes!(endpoints::lifecycle_event::lifecycle_event))
        .routes(routes!(endpoints::get_replacement_eligibility::get_replacement_eligibility))
}
