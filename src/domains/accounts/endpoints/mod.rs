//! The operations of this family, one file each.

pub(super) mod get_account;
