//! The operations of this family, one file each.

pub(super) mod verify_address;
