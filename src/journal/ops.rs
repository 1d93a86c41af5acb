//! Recording refusals and explaining them.

use super::model::{Explanation, KEPT_MAX, RefusedCall};
use super::store;
use crate::db::{Db, DbError, Key, Read, Scope};
use crate::kernel::ids::{ProgramCode, RequestId};
use crate::kernel::time::Timestamp;

/// Records a refused call and drops the oldest one beyond [`KEPT_MAX`]. Where the world does not
/// exist, there is nobody to ask later, and nothing is recorded.
///
/// A refusal is recorded whatever has become of the world since it was decided, so the unit checks
/// no version; it takes the moment from the stored clock.
pub async fn record(
    db: &Db,
    program: &ProgramCode,
    wall: Timestamp,
    call: &RefusedCall,
) -> Result<(), DbError> {
    let mut unit = db.begin(Scope::beside(program, vec![Key::journal(program)])).await?;
    if let Some(place) = store::next_place(&mut unit, program, wall).await? {
        store::insert(&mut unit, program, place, call);
        store::delete_up_to(&mut unit, program, place.position - KEPT_MAX);
    }
    unit.commit().await
}

/// Why the calls with this request id were refused, newest first: one trip.
pub async fn explain(
    mut read: impl Read,
    program: &ProgramCode,
    request_id: &RequestId,
) -> Result<Vec<Explanation>, DbError> {
    store::find(&mut read, program, request_id).await
}
