//! The ledger: double entry, append only, and the only way in which a balance ever changes.
//!
//! A posting moves an amount from one book to another. One of the two is a purse, which the bank
//! owes to its customer; the other is a book of the program. So the books of a world always sum to
//! zero, and a balance is the sum of its postings. Holds stand apart: they take from what is
//! available and post nothing. Each posting belongs to one transaction, which the partner sees in
//! the history and hears of once.
//!
//! Families decide, then move money with [`model::Books`] inside their unit of work, which must
//! hold the key of the account. [`audit`] proves the books of a world from what is stored.

pub mod audit;
pub mod extract;
pub mod history;
pub mod model;
pub mod ops;
mod store;
