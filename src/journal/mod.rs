//! The journal of a world: what became of calls, kept for those who ask later. So far it holds
//! refusals, so that each can be explained by its request id.
//!
//! - [`model`]: a refused call, and how it is told again
//! - [`ops`]: recording and explaining
//!
//! It is written after the call was decided, in a unit of work of its own: a call that is answered
//! as the vendor would costs nothing here, and no call fails because of its journal.

pub mod model;
pub mod ops;
mod store;
