//! What befell the call under way inside its use case, for the answer to tell.
//!
//! A use case does not answer with the faults that struck it: they are no result of its own. So the
//! task that serves the call keeps the note. Work that nobody called for has no task like that, and
//! nothing is noted.

use std::cell::RefCell;

use super::rule::Fault;
use crate::kernel::ids::FaultId;

/// A fault that struck, unless the call asked for it itself, and its kind.
pub type Note = (Option<FaultId>, &'static str);

tokio::task_local! {
    static NOTES: RefCell<Vec<Note>>;
}

/// Runs a call and tells, beside what came of it, which faults struck inside.
pub async fn noting<F: Future>(call: F) -> (F::Output, Vec<Note>) {
    let noted = async {
        let result = call.await;
        (result, NOTES.with(RefCell::take))
    };
    NOTES.scope(RefCell::default(), noted).await
}

/// Forgets what was noted: the call came to a commit that failed, so nothing has struck and no rule
/// was used up.
pub fn forget() {
    // An error means that nobody takes notes.
    let _ = NOTES.try_with(RefCell::take);
}

/// Notes a fault that has struck; once, however often the call had to decide anew.
pub fn note(fault: &Fault) {
    let note = ((!fault.is_asked()).then_some(fault.fault_id), fault.rule.effect.kind());
    // An error means that nobody takes notes.
    let _ = NOTES.try_with(|notes| {
        let mut notes = notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    });
}
