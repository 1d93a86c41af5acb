//! The operations of this family, one file each.

pub(super) mod get_features;
pub(super) mod update_feature;
