//! The operations of this family, one file each.

pub(super) mod issue_token;
