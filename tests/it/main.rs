//! The integration tests: one binary, scenarios through the public surface, each on both engines.

#![expect(clippy::disallowed_methods, reason = "tests start their own tasks and processes")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![expect(clippy::print_stderr, reason = "a skipped engine is said loudly")]

mod account_changes;
mod accounts;
mod activation_link;
mod adjustments;
mod architecture;
mod authentication;
mod bad_input;
mod business;
mod contract;
mod database;
mod direct_deposit;
mod encryption;
mod enrollments;
mod envelope;
mod explain;
mod gates;
mod health;
mod instant_issue;
mod integration_flow;
mod joint_holders;
mod ledger_audit;
mod limits;
mod matrix;
mod outcomes;
mod process;
mod profile;
mod reconciliation;
mod repeats;
mod reviews;
mod support;
mod transactions;
mod upgrade;
mod user_data;
mod walks;
mod webhooks;
mod worlds;
