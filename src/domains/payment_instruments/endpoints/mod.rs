//! One file an endpoint.

pub mod complete_registration;
