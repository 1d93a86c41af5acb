//! The control API under `/_sim/v1`: what a tester can do to a world that no partner can. JSON in
//! camelCase, problem details on errors, an optional bearer token.
//!
//! It goes through the same use cases as everything else and holds no rules of its own. The
//! operations under `/_sim/health` need no token, nor does the schema of scenario files.

mod accounts;
mod actions;
mod adjustments;
mod clock;
mod contact_verifications;
mod crypto;
mod documents;
mod faults;
mod guard;
mod health;
mod ledger;
mod packages;
mod people;
mod problem;
mod programs;
mod requests;
mod scenarios;
mod seed;
mod state;
mod timeline;
mod verification;
mod webhooks;

use axum::middleware::from_fn_with_state;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::Sim;

pub use actions::{action_names, action_problem};
pub use problem::{method_not_allowed, not_found};

/// All control operations.
pub fn router(sim: &Sim) -> OpenApiRouter<Sim> {
    let guard = from_fn_with_state(sim.clone(), guard::guard);
    OpenApiRouter::new().merge(guarded().layer(guard)).merge(open())
}

/// All control operations, as they are documented.
pub fn api() -> OpenApi {
    guarded().merge(open()).into_openapi()
}

/// Those that want the control token, where there is one.
fn guarded() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(programs::get_program, programs::put_program, programs::delete_program))
        .routes(routes!(programs::reset_program))
        .routes(routes!(state::take_snapshot, state::list_snapshots))
        .routes(routes!(state::delete_snapshot))
        .routes(routes!(state::restore_snapshot))
        .routes(routes!(state::fork_program))
        .routes(routes!(state::export_program))
        .routes(routes!(state::import_program))
        .routes(routes!(accounts::list_accounts))
        .routes(routes!(accounts::get_account))
        .routes(routes!(timeline::get_timeline))
        .routes(routes!(actions::list_actions, actions::act))
        .routes(routes!(clock::get_clock, clock::put_clock))
        .routes(routes!(clock::advance_clock))
        .routes(routes!(faults::list_faults, faults::add_fault, faults::delete_faults))
        .routes(routes!(faults::delete_fault))
        .routes(routes!(packages::list_packages, packages::put_packages))
        .routes(routes!(packages::delete_package))
        .routes(routes!(contact_verifications::list_contact_verifications))
        .routes(routes!(contact_verifications::get_contact_verification))
        .routes(routes!(documents::list_documents))
        .routes(routes!(documents::finish_document))
        .routes(routes!(people::invent_person))
        .routes(routes!(requests::list_requests))
        .routes(routes!(requests::explain_request))
        .routes(routes!(verification::verify_requests))
        .routes(routes!(adjustments::reconcile_adjustments))
        .routes(routes!(ledger::audit_ledger))
        .routes(routes!(crypto::encrypt))
        .routes(routes!(crypto::decrypt))
        .routes(routes!(webhooks::list_events))
        .routes(routes!(webhooks::list_deliveries))
        .routes(routes!(webhooks::replay_event))
        .routes(routes!(webhooks::replay_events))
        .routes(routes!(webhooks::wait_for_events))
        .routes(routes!(webhooks::list_event_types))
        .routes(routes!(scenarios::run_scenario))
        .routes(routes!(seed::get_seed, seed::post_seed, seed::put_seed))
}

/// Those that want none.
fn open() -> OpenApiRouter<Sim> {
    OpenApiRouter::new()
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(scenarios::scenario_schema))
        .routes(routes!(seed::seed_schema))
}
