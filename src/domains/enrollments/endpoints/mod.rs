//! The operations of this family, one file each.

pub(super) mod create_enrollment;
pub(super) mod get_activation_link;
pub(super) mod get_enrollment;
pub(super) mod update_profile;
