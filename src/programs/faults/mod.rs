//! Faults on purpose: a rule says which calls it matches and what then goes wrong.
//!
//! - [`effect`]: the kinds, what they need and where they can strike
//! - [`rule`]: a rule, the calls it speaks of, and how its turns are counted
//! - [`header`]: the same for one call alone, written into a header of it
//! - [`ops`]: counting what befalls a call
//! - [`notes`]: what befell the call under way inside its use case
//! - `webhooks`: what befalls deliveries, and which ones a rule speaks of
//!
//! Which rule strikes is decided from the counts of earlier matches and a drawn number. Kinds that
//! befall a use case in its midst (`interrupt`, and those of the processor) are counted in its unit
//! of work, so a fault that was rolled back was never used up. Kinds that befall a call as a whole
//! are counted before it, in a unit of their own: what they do to the call must not undo the count.

pub mod effect;
pub mod header;
pub mod notes;
pub mod ops;
pub mod rule;
mod webhooks;

pub use effect::{FaultEffect, Malformation, Moment};
pub use rule::{FAULTS_MAX, Fault, FaultCount, FaultMatch, FaultRule, FaultTarget};
pub use webhooks::{WebhookFault, WebhookTarget};
