//! The direct deposit switch: a customer has an employer or payroll provider pay into the account,
//! in the flow of a third party (the vendor, `Atomic`), or by hand with a printed form. Follows the
//! page "Direct Deposit Switch".
//!
//! The states of an attempt, as the table [`model::SwitchStatus::after`] has them. A partner may
//! claim that its user has submitted or aborted the flow; the rest is the vendor's word, which
//! holds against a claim of having aborted:
//!
//! ```text
//!            submit              complete
//!  Started ---------> Submitted ----------> Completed
//!     | abort ^ submit    |
//!     v       |           +--- fail -----> Failed --- hand over ---> Manual
//!  Aborted ---+           +--- hand over --------------------------> Manual
//! ```
//!
//! From `Started` and `Aborted`, too, the vendor may complete, fail or hand over: submitting is not
//! required. To submit twice, or to abort twice, changes nothing. `Completed` and `Manual` are
//! ends.
//!
//! Invariants: each call makes an attempt of its own, at most [`model::ATTEMPTS_MAX`] an account;
//! each event of the vendor adds one id and sends one `directDepositSwitch`; what a partner says
//! sends none.
//! Left out: the vendor's SDK itself, and notes that the bank sends to the customer.

pub mod actions;
mod endpoints;
mod events;
mod form;
pub mod model;
pub mod ops;
pub mod rules;
mod store;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub(super) fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(endpoints::create_manual_form::create_manual_form))
        .routes(routes!(
            endpoints::create_switch::create_switch,
            endpoints::list_switches::list_switches
        ))
        .routes(routes!(endpoints::get_latest_switch::get_latest_switch))
        .routes(routes!(endpoints::update_switch::update_switch))
}
