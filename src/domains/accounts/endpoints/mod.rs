//! The operations of this family, one file each.

pub(super) mod add_holder;
pub(super) mod add_identity;
pub(super) mod close_account;
pub(super) mod get_account;
pub(super) mod get_account_type;
pub(super) mod get_linked_accounts;
pub(super) mod look_up_consumer;
pub(super) mod set_status;
pub(super) mod update_account;
