//! The operations of this family, one file each.

pub(super) mod close_purse;
pub(super) mod create_purse;
pub(super) mod get_purses;
pub(super) mod update_purse;
