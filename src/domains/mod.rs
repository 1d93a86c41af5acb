//! The vendor's families of endpoints: one folder a family, one file an endpoint, the same few file
//! names in each (`wire`, `model`, `rules`, `ops`, `store`, `events`).

pub mod accounts;
pub mod address_verification;
pub mod adjustments;
pub mod authentication;
pub mod certificates;
pub mod check_deposits;
pub mod contact_verifications;
pub mod direct_deposit;
pub mod enrollments;
pub mod events;
pub mod features;
pub mod health;
pub mod kyc;
pub mod ledger;
pub mod mail_tracking;
pub mod payment_instruments;
pub mod purses;
pub mod statements;
pub mod transactions;
pub mod transfers;
pub mod users;
pub mod wallet_tokens;

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
        .merge(users::router())
        .merge(kyc::router())
        .merge(payment_instruments::router())
        .merge(wallet_tokens::router())
        .merge(mail_tracking::router())
        .merge(adjustments::router())
        .merge(features::router())
        .merge(purses::router())
        .merge(transfers::router())
        .merge(transactions::router())
        .merge(statements::router())
        .merge(check_deposits::router())
        .merge(contact_verifications::router())
        .merge(address_verification::router())
        .merge(direct_deposit::router())
        .merge(events::router())
}
