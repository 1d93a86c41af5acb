//! The operations of this family, one file each.

pub(super) mod get_users;
pub(super) mod update_name;
pub(super) mod update_user;
