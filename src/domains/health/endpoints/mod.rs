//! The operations of this family, one file each.

pub(super) mod check_health;
pub(super) mod ping;
