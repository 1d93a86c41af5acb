//! The operations of this family, one file each.

pub(super) mod create_adjustment;
pub(super) mod get_adjustment;
