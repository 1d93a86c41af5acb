//! What all vendor endpoints share: the way in (paths, tokens, request ids, bodies) and the way out
//! (envelope, errors, log line). An endpoint itself only parses, calls its use case and answers.

pub mod auth;
pub mod call;
pub mod connection;
pub mod envelope;
pub mod error;
pub mod faults;
pub mod formats;
pub mod fresh_world;
pub mod journal;
pub mod json;
mod made_up;
pub mod not_simulated;
pub mod observe;
pub mod openapi;
pub mod operations;
pub mod outgoing;
pub mod path_form;
pub mod sealed;
