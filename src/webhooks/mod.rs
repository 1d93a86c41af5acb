//! Webhooks: an outbox and its delivery. Follows the Webhooks Overview and Webhook Samples pages.
//!
//! A message is recorded in the unit of work that causes it, together with one delivery for each
//! endpoint that takes it: it exists if and only if its cause was committed. The dispatcher leases
//! due deliveries, sends them with no transaction open, and records each attempt. A process that
//! dies in between leaves a lease that runs out, so a delivery is made at least once.
//!
//! - [`outbox`]: recording a message
//! - `queue`: which deliveries are sent next; `lanes`: how many at once, and to whom
//! - [`dispatch`]: leasing, sending, recording; `faults`: what is made to go wrong; `unrecorded`:
//!   what cannot be recorded
//! - [`sender`]: one HTTP attempt; `connections`: its clients and certificates
//! - [`sign`]: how the simulator proves itself
//! - [`verdict`]: what an answer means and when to try again; pure
//! - [`records`]: events and deliveries as the control API searches them
//! - [`replay`]: sending again
//!
//! Left out: the daily reconciliation file of transaction webhooks, whose columns nobody has seen.

mod connections;
pub mod dispatch;
mod faults;
mod lanes;
pub mod outbox;
mod queue;
pub mod records;
pub mod replay;
pub mod sender;
pub mod sign;
mod store;
mod unrecorded;
pub mod verdict;
