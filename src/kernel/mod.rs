//! The pure core that everything else stands on: ids, money, time, randomness, outcomes and the
//! table of vendor codes.
//!
//! Nothing here knows HTTP, SQL, configuration or the machine. Time and randomness come in as
//! values, so the same inputs always give the same answer.

pub mod calendar;
pub mod catalogue;
pub mod codes;
pub mod digits;
pub mod durations;
pub mod events;
pub mod ids;
pub mod money;
pub mod movements;
pub mod nearest;
pub mod outcome;
pub mod page;
pub mod regions;
pub mod rulebook;
pub mod secrets;
pub mod source;
pub mod states;
pub mod strict_json;
pub mod time;
pub mod timeline;
pub mod wallets;
