//! The operations of this family, one file each.

pub(super) mod assess_transfer;
pub(super) mod create_transfer;
