//! The operations of this family, one file each.

pub(super) mod get_statement;
pub(super) mod list_statements;
