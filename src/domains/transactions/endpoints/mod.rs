//! The operations of this family, one file each.

pub(super) mod list_transactions;
pub(super) mod page_transactions;
