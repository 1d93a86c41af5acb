//! On whose behalf a unit of work is done. The call is known at the border alone, and many rooms
//! lie between it and the rows that it causes; so it travels with the task, as the span of a log
//! line does, and not through every function. Nothing is decided by it: it is evidence.

use std::future::Future;

use crate::kernel::ids::CallId;

tokio::task_local! {
    static CAUSE: CallId;
}

/// Does some work on behalf of a call: the units begun in it know their cause.
pub async fn on_behalf_of<F: Future>(call: CallId, work: F) -> F::Output {
    CAUSE.scope(call, work).await
}

/// The call that the present task works for.
pub(super) fn present() -> Option<CallId> {
    CAUSE.try_with(|call| *call).ok()
}
