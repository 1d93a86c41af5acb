//! The vendor's families of endpoints: one folder a family, one file an endpoint, the same few file
//! names in each (`wire`, `model`, `rules`, `ops`, `store`, `events`).

pub mod accounts;
pub mod adjustments;
pub mod authentication;
pub mod certificates;
pub mod check_deposits;
pub mod enrollments;
pub mod features;
pub mod health;
pub mod kyc;
pub mod ledger;
pub mod mail_tracking;
pub mod payment_instruments;
pub mod purses;
pub mod transactions;
pub mod transfers;
pub mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::app::Sim;

/// All families.
pub fn router() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .merge(authentication::router())
        .merge(health::router())
        .merge(certificates::router())
        .merge(enrollments::router())
        .merge(accounts::router())
        .merge(kyc::router())
        .merge(payment_instruments::router())
        .merge(mail_tracking::router())
        .merge(adjustments::router())
        .merge(features::router())
        .merge(purses::router())
        .merge(transfers::router())
        .merge(transactions::router())
        .merge(check_deposits::router())
}
