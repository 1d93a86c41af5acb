//! The operations of this family, one file each.

pub(super) mod create_manual_form;
pub(super) mod create_switch;
pub(super) mod get_latest_switch;
pub(super) mod list_switches;
pub(super) mod update_switch;
