//! Commits that fail on purpose, for one call: its units of work read and decide as ever, and what
//! they have collected goes nowhere.
//!
//! The task that serves the call knows it, so that no use case has to. A unit without writes has
//! nothing to lose and commits.

use std::cell::Cell;

tokio::task_local! {
    static COMMIT_TRIED: Cell<bool>;
}

/// Runs a call whose commits fail. Tells, beside what came of it, whether one was tried.
pub async fn without_commits<F: Future>(call: F) -> (F::Output, bool) {
    let watched = async {
        let result = call.await;
        (result, COMMIT_TRIED.with(Cell::get))
    };
    COMMIT_TRIED.scope(Cell::new(false), watched).await
}

/// Whether the commit under way is to fail.
pub(super) fn forbids_commit() -> bool {
    COMMIT_TRIED.try_with(|tried| tried.set(true)).is_ok()
}
