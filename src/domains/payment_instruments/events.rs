//! The webhook `atmPinUpdate`: a PIN was set. The catalogue of webhooks names it; its members are
//! our reading.

use serde_json::json;

use crate::domains::accounts::events;
use crate::domains::accounts::model::{Account, Card};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::Message;

/// A card was given a PIN; the account carries the number of the message.
pub fn pin_updated(world: &World, account: &Account, card: &Card, now: Timestamp) -> Message {
    let members = json!({
        "paymentInstrumentIdentifier": card.id,
        "pinChangedDateTime": now,
    });
    events::message(world, account, ("atmPinUpdate", members), now)
}
