//! The states that an account has been in, each with the moment of its beginning: what the account
//! itself shows is the last one alone, and the partner does not hear of all of them.

mod store;

use serde_json::{Value as Json, json};

use super::model::Account;
use super::positions::Position;
use crate::db::{DbError, Read, Work};
use crate::kernel::ids::AccountId;
use crate::kernel::time::Timestamp;
use crate::kernel::timeline::{Behind, Line};
use crate::programs::world::World;

/// Collects that an account is in another state than before, if it is; or in its first one.
pub(super) fn record(
    unit: &mut Work,
    world: &World,
    (before, account): (Option<&Account>, &Account),
    now: Timestamp,
) {
    let (was, is) = (before.map(state), state(account));
    if was.as_ref() != Some(&is) {
        let change = json!({ "from": was, "to": is });
        store::insert(unit, &world.code, account.id, (&change, now));
    }
}

/// What counts as the state: a row of the status matrix, and the product.
fn state(account: &Account) -> Json {
    let kyc = account.primary().map(|holder| holder.kyc);
    json!({
        "position": account.position().map(Position::name),
        "status": account.standing.status,
        "statusReason": account.standing.reason,
        "ofacStatus": kyc.map(|kyc| kyc.ofac),
        "kycStatus": kyc.map(|kyc| kyc.kyc),
        "kycPendingGate": kyc.and_then(|kyc| kyc.gate),
        "productCode": account.product_code,
    })
}

/// Lines of the account's timeline.
pub async fn lines(
    mut read: impl Read,
    world: &World,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    store::lines(&mut read, &world.code, account, behind).await
}
