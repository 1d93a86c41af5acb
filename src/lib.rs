//! PIE in a box: the Green Dot partner integration environment, simulated in one small program.
//!
//! - [`kernel`]: ids, money, time, randomness, outcomes, vendor codes; pure
//! - [`crypto`]: the vendor's field encryption, EC_v1
//! - [`paper`]: documents that people print: letters, marks, pages; pure
//! - [`db`]: one seam over SQLite and Postgres
//! - [`programs`]: worlds: settings, clock, seed, faults
//! - [`http`]: what all vendor endpoints share
//! - [`domains`]: the vendor's families of endpoints
//! - [`webhooks`]: outbox and delivery
//! - [`journal`]: every call with its answer, kept as evidence
//! - [`schedule`]: what happens to accounts later
//! - [`jobs`]: doing what falls due, as time passes or a clock is advanced
//! - [`sim`]: the control API
//! - [`scenarios`]: stories in YAML, played through the router
//! - [`receiver`]: a webhook endpoint that acknowledges and remembers
//! - [`config`], [`app`], [`lifecycle`], [`cli`]: putting it together and running it
//!
//! `docs/ARCHITECTURE.md` walks one request and one webhook through these rooms.

pub mod app;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod db;
pub mod domains;
pub mod http;
pub mod jobs;
pub mod journal;
pub mod kernel;
pub mod lifecycle;
pub mod paper;
pub mod programs;
pub mod receiver;
pub mod scenarios;
pub mod schedule;
pub mod sim;
pub mod webhooks;
