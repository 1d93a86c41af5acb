//! The integration tests: one binary, scenarios through the public surface, each on both engines.

#![expect(clippy::disallowed_methods, reason = "tests start their own tasks and processes")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![expect(clippy::print_stderr, reason = "a skipped engine is said loudly")]

mod account_changes;
mod accounts;
mod ach_activity;
mod activation_link;
mod address_verification;
mod adjustments;
mod architecture;
mod authentication;
mod bad_input;
mod business;
mod card_activity;
mod card_races;
mod cards_after_issue;
mod catalogue;
mod check_deposits;
mod contact_verification;
mod contract;
mod database;
mod direct_deposit;
mod encryption;
mod enrollments;
mod envelope;
mod explain;
mod fault_matrix;
mod faults;
mod features;
mod gates;
mod health;
mod instant_issue;
mod integration_flow;
mod isolation;
mod joint_holders;
mod journal;
mod ledger_audit;
mod ledger_walks;
mod limits;
mod mail_tracking;
mod matrix;
mod outcomes;
mod process;
mod profile;
mod purses;
mod reconciliation;
mod repeats;
mod reviews;
mod samples;
mod scanner;
mod scenarios;
mod state;
mod statements;
mod support;
mod test_events;
mod transactions;
mod transfers;
mod upgrade;
mod user_data;
mod users;
mod walks;
mod wallet_tokens;
mod webhooks;
mod worlds;
