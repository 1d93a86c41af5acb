//! What happens to accounts later, each at its due moment on the world's clock: card orders that
//! are tried again, cards that are to be unblocked, reviews that come to their end, adjustments
//! that wait for the processor, holds that expire, direct deposits that are switched, cards that
//! travel, statement cycles that end.
//!
//! A task is written by the unit of work that causes it and done by another one, under the key of
//! its account: a task that was never committed never runs, and one that runs runs once, whichever
//! process sees it first. What is to be done, the families know; when, this room; [`crate::jobs`]
//! brings the two together.

mod model;
pub mod ops;
mod store;

pub use model::{
    AccountWork, CLOSE_CYCLE, Due, Front, MailWork, MoneyWork, ORDER_CARDS, REVIEW_OFAC, Ran,
    Review, StatementWork, SwitchWork, UNBLOCK_CARDS, Waiting, Work,
};
