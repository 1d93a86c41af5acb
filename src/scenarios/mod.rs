//! Scenarios: stories in YAML, played against the simulator, that say what must come of them.
//!
//! One file is read once, at the border: `document` knows places, `read` checks what can be known
//! beforehand, with `words` its words and with `served` and `fitting` its calls; `variables` and
//! `stand_ins` help with references. `model` (with `steps` and `expectations`) is what it may say,
//! and `schema` draws the JSON Schema from it. `run` plays it: `doing` takes the steps, `state`
//! looks at what came of it, `judge` and `matching` compare and are pure. `report` and `junit` tell
//! it.
//!
//! A `seed` is a file of programs, each played like a scenario, to begin with.
//!
//! A scenario makes its calls through the simulator's own router (`stage`) and so can do nothing
//! that a partner or a tester could not. `docs/scenarios.md` is the reference of the format.

mod document;
mod doing;
mod expectations;
mod fitting;
mod judge;
pub mod junit;
pub mod library;
mod matching;
pub mod model;
mod read;
mod references;
pub mod report;
mod run;
pub mod schema;
mod scope;
mod seal;
pub mod seed;
mod served;
mod stage;
mod stand_ins;
mod state;
mod steps;
mod title;
mod variables;
mod words;

pub use document::{FILE_BYTES, FileProblem, Place};
pub use read::{Read, read};
pub use run::{RunOptions, run};
pub use stage::Stage;
