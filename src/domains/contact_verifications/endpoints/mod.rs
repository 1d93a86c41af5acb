//! The operations of this family, one file each.

pub(super) mod check_verification;
pub(super) mod generate_verification;
pub(super) mod get_verification_status;
