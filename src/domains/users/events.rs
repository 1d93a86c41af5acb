//! The webhook of this family: `userUpdated`. The catalogue of webhooks names the event and when it
//! comes: another name, address, e-mail or phone. Its members are those of the user document; no
//! number and no date of birth is among them.

use serde_json::json;

use super::model::{Profile, ProfilePart};
use crate::domains::accounts::model::Holder;
use crate::kernel::ids::{AccountId, EventId};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// A person as it now is, and which parts have changed.
pub fn user_updated(
    world: &World,
    (account, sequence): (AccountId, i64),
    (holder, profile): (&Holder, &Profile),
    parts: &[ProfilePart],
    now: Timestamp,
) -> Message {
    let labels = ["event", &account.to_string(), &sequence.to_string()];
    let id = world.source(&labels).id(EventId::new);
    let mut user = json!({
        "userIdentifier": holder.user_id,
        "firstName": holder.first_name,
        "lastName": holder.last_name,
        "addresses": profile.addresses,
        "phoneNumbers": profile.phone_numbers,
    });
    if let Some(name) = &profile.middle_name {
        user["middleName"] = json!(name);
    }
    if let Some(email) = &profile.email {
        user["email"] = json!(email);
    }
    let body = json!({
        "eventIdentifier": id,
        "eventType": "userUpdated",
        "eventDateTime": now,
        "updatedFields": parts,
        "user": user,
    });
    Message {
        account,
        sequence,
        event_type: "userUpdated",
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}
