//! Screening: identity check and sanctions list, and the gates by which a partner cures what the
//! first look could not settle. Follows the KYC page and the Socure SDK pages.
//!
//! Invariants: an account moves only along the table of `accounts::positions`; calling another gate
//! than the pending one changes nothing.

pub mod screening;
