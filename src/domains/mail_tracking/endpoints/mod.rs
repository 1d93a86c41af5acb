//! One file an endpoint.

pub mod get_delivery_status;
