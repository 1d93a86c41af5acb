//! The operations of this family, one file each.

pub(super) mod assess_check;
pub(super) mod change_funds_date;
pub(super) mod create_check_transfer;
pub(super) mod get_check;
pub(super) mod get_check_images;
pub(super) mod get_funded_check;
pub(super) mod list_checks;
pub(super) mod list_funded_checks;
pub(super) mod list_held_checks;
pub(super) mod submit_check;
pub(super) mod update_check;
