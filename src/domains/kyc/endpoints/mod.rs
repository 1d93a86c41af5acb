//! One file an endpoint.

pub mod create_idv_validation;
pub mod create_kyc1;
pub mod create_kyc2;
pub mod create_ofac2;
pub mod create_oow;
pub mod create_scan_capture;
pub mod execute_kyc;
pub mod request_document;
pub mod validate_idv_uuid;
