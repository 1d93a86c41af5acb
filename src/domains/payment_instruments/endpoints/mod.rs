//! One file an endpoint.

pub mod activate_card;
pub mod activate_card_of_account;
pub mod complete_registration;
pub mod get_card;
pub mod get_replacement_eligibility;
pub mod lifecycle_event;
pub mod list_cards;
pub mod set_pin;
pub mod validate_card;
pub mod verify_pin;
