//! One file an endpoint.

pub mod list_options;
pub mod list_tokens;
pub mod push_provision;
