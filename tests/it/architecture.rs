//! The house rules, held by tests that read the project's own sources as text.
//!
//! - [`layers`]: which file may use what
//! - [`lengths`]: files, functions and lines stay small
//! - [`manners`]: docs on top, names that say something, nothing left undone
//! - [`migrations`]: both engines in step, every table belongs to a world
//! - [`refusals`]: no refusal without its explanation
//! - [`ledger`]: one room moves money
//! - [`claims`]: which tests prove which rule, and that every rule shown is proved
//! - [`rules_page`], [`config_page`], [`states_page`], [`coverage_page`]: pages of `docs/`, made
//!   from code
//!
//! What they stand on: [`sources`] finds the files, [`tokens`] takes them apart, [`paths`] reads
//! the paths they use, [`pages`] compares a generated page with the file.

mod claims;
mod config_page;
mod coverage_page;
mod layers;
mod ledger;
mod lengths;
mod manners;
mod migrations;
mod pages;
mod paths;
mod refusals;
mod rules_page;
mod sources;
mod states_page;
mod tokens;

pub(crate) use migrations::emptied_tables as life_tables;

/// Fails with every problem found, one a line, and what to do about them.
#[track_caller]
fn demand_none(problems: &[String], advice: &str) {
    let list = problems.join("\n  ");
    assert!(problems.is_empty(), "{} found:\n  {list}\n\n{advice}\n", problems.len());
}
