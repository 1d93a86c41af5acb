//! The operations of this family, one file each.

pub(super) mod configure_receiver;
pub(super) mod post_test_event;
pub(super) mod receive_test_event;
