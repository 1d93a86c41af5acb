//! The journal of a world: every call of a partner with its answer, and every call of the control
//! API that changed something. It is what a tester proves things by: which calls came, in which
//! order, why one was refused, what it caused.
//!
//! - [`model`]: a call as it is handed in, and as it is kept and told again
//! - [`keeper`]: from the call to the database, without holding the call up
//! - [`redact`]: what is kept of a body
//! - [`matching`], [`verdict`]: asking for calls, counting them, explaining the nearest miss
//! - [`ops`]: making entries of calls, and reading them
//!
//! A call hands its record in and goes on. What is secret is taken out before anything is written;
//! who reads has what this process still holds written first. No call fails because of its journal,
//! and what could not be kept is counted. Left out: headers, of which only the request id is kept,
//! and calls that belong to no world, such as those for tokens.

pub mod keeper;
pub mod matching;
pub mod model;
pub mod ops;
pub mod redact;
mod remedies;
mod store;
pub mod verdict;
