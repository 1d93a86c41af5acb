//! The webhook of this family: `statementReady`, at the end of a cycle. The catalogue of webhooks
//! names it and says when it comes; its members are those of the list.

use serde_json::json;

use super::model::Statement;
use super::wire::StatementLine;
use crate::domains::accounts::events;
use crate::domains::accounts::model::Account;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::Message;

/// A statement is there; the account carries the number of the message.
pub fn ready(world: &World, account: &Account, statement: &Statement, now: Timestamp) -> Message {
    let members = json!({ "statement": StatementLine::of(statement) });
    events::message(world, account, ("statementReady", members), now)
}
