//! Webhooks: an outbox and its delivery. Follows the Webhooks Overview and Webhook Samples pages.
//!
//! A message is recorded in the unit of work that causes it, together with one delivery for each
//! endpoint that takes it: it exists if and only if its cause was committed. The dispatcher leases
//! due deliveries, sends them with no transaction open, and records each attempt. A process that
//! dies in between leaves a lease that runs out, so a delivery is made at least once.
//!
//! - [`outbox`]: recording a message
//! - [`dispatch`]: leasing, sending, recording
//! - [`sender`]: one HTTP attempt
//! - [`sign`]: how the simulator proves itself
//! - [`verdict`]: what an answer means and when to try again; pure
//! - [`records`]: events and deliveries as the control API shows them
//!
//! Left out so far: client certificates, body signatures, replay.

pub mod dispatch;
pub mod outbox;
pub mod records;
pub mod sender;
pub mod sign;
mod store;
pub mod verdict;
