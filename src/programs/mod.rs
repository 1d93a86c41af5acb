//! Worlds. A program code names one: settings, clock, seed, faults, and everything that lives under
//! it. A world springs into being from the template when its code is first used.
//!
//! - [`settings`]: the document a tester reads and writes
//! - [`clock`]: a world's own time
//! - [`faults`]: what is to go wrong on purpose
//! - [`world`]: a world as read from the database, ready for use
//! - [`worlds`]: the worlds of this process, cached, and how one springs into being
//! - [`ops`]: changing a world
//! - [`people`]: inventing persons
//! - [`state`]: a world as a whole: snapshots, forks, and the file that it travels in

pub mod clock;
pub mod faults;
pub mod ops;
pub mod people;
pub mod settings;
pub mod state;
mod store;
pub mod world;
pub mod worlds;
