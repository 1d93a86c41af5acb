//! The webhook `provisioning`: a token came into use, was stopped, went on or ended. The catalogue
//! of webhooks names it; its members are our reading.

use serde_json::json;

use super::model::Token;
use super::wire::TokenShown;
use crate::domains::accounts::events;
use crate::domains::accounts::model::Account;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::Message;

/// A token has changed; the account carries the number of the message.
pub fn changed(world: &World, account: &Account, token: &Token, now: Timestamp) -> Message {
    let members = json!({ "paymentInstrumentToken": TokenShown::of(token) });
    events::message(world, account, ("provisioning", members), now)
}
