//! The webhooks of this family: `accountUpdated`, in the shape of the Webhook Samples page, and
//! `cardUpdate`, which the catalogue of webhooks names without its members.
//!
//! They carry less than the account object: no balances, no numbers, nothing sealed.

use serde_json::{Value as Json, json};

use super::model::{Account, Card, Holder, KycGate};
use crate::kernel::ids::EventId;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;
use crate::webhooks::outbox::{Event, Message};

/// The account as it now is.
pub fn account_updated(world: &World, account: &Account, now: Timestamp) -> Message {
    let labels = ["event", &account.id.to_string(), &account.message_sequence.to_string()];
    let event_id = world.source(&labels).id(EventId::new);
    let body = json!({
        "eventIdentifier": event_id,
        "eventType": "accountUpdated",
        "eventDateTime": now,
        "account": account_json(account),
    });
    Message {
        account: account.id,
        sequence: account.message_sequence,
        event_type: "accountUpdated",
        events: vec![Event { id: event_id, body }],
        occurred_at: now,
    }
}

/// Plastic was ordered, for the first time or in place of other plastic.
pub fn card_updated(world: &World, account: &Account, card: &Card, now: Timestamp) -> Message {
    let mut shown = json!({
        "paymentInstrumentIdentifier": card.id,
        "paymentIdentifier": card.payment_id,
        "paymentInstrumentType": card.kind,
        "status": card.status,
        "last4Pan": card.last4_pan,
        "issuedDateTime": card.issued_at,
        "productMaterialType": card.material,
        "cardIssueSource": card.issue_source,
    });
    if let Some(emboss) = card.emboss_type {
        shown["embossType"] = json!(emboss);
    }
    message(world, account, ("cardUpdate", json!({ "paymentInstrument": shown })), now)
}

/// A message of one event about the account, which carries the number of the message. `members` is
/// an object of what the event shows.
pub fn message(
    world: &World,
    account: &Account,
    (event_type, members): (&'static str, Json),
    now: Timestamp,
) -> Message {
    let labels = ["event", &account.id.to_string(), &account.message_sequence.to_string()];
    let id = world.source(&labels).id(EventId::new);
    let mut body = json!({
        "eventIdentifier": id,
        "eventType": event_type,
        "eventDateTime": now,
        "accountIdentifier": account.id,
    });
    if let (Some(body), Json::Object(members)) = (body.as_object_mut(), members) {
        body.extend(members);
    }
    Message {
        account: account.id,
        sequence: account.message_sequence,
        event_type,
        events: vec![Event { id, body }],
        occurred_at: now,
    }
}

/// Whether the partner is to hear of a change: one that the event shows, or one that it does not: a
/// new product, and an upgrade that its identity check has ended.
pub fn differ(before: &Account, after: &Account) -> bool {
    let has_ended = |account: &Account| {
        let gate = account.upgrade.as_ref().and_then(|upgrade| upgrade.kyc.gate);
        gate == Some(KycGate::None)
    };
    before.product_code != after.product_code
        || (has_ended(after) && !has_ended(before))
        || account_json(before) != account_json(after)
}

fn account_json(account: &Account) -> Json {
    let mut json = json!({
        "accountIdentifier": account.id,
        "status": account.standing.status,
        "accountStatusChangedDateTime": account.status_changed_at,
        "statusReasons": [account.standing.reason],
    });
    if let Some(day) = account.cycle_day {
        json["accountCycleDay"] = json!(day);
    }
    json["accountHolders"] = account.holders.iter().map(holder_json).collect();
    json
}

fn holder_json(holder: &Holder) -> Json {
    let mut user = json!({ "firstName": holder.first_name, "lastName": holder.last_name });
    if let Some(status) = holder.dob_status {
        user["dobStatus"] = json!(status);
    }
    if let Some(identity) = &holder.identity {
        user["last4Identity"] = json!(identity.last4);
        user["identityType"] = json!(identity.kind);
    }
    user["userIdentifier"] = json!(holder.user_id);
    user["isPrimaryAccountHolder"] = json!(holder.is_primary);
    user["status"] = json!("active");
    user["kycStateData"] = json!({
        "ofacStatus": holder.kyc.ofac,
        "kycStatus": holder.kyc.kyc,
        "kycPendingGate": holder.kyc.gate,
    });
    let cards: Vec<Json> = holder.cards.iter().map(card_json).collect();
    json!({ "user": user, "paymentInstruments": cards })
}

fn card_json(card: &Card) -> Json {
    let mut json = json!({
        "paymentInstrumentIdentifier": card.id,
        "paymentIdentifier": card.payment_id,
        "paymentInstrumentType": card.kind,
        "status": card.status,
        "isPinSet": card.is_pin_set,
        "last4Pan": card.last4_pan,
    });
    if let Some(activated) = card.activated_at {
        json["activatedDateTime"] = json!(activated);
    }
    json["issuedDateTime"] = json!(card.issued_at);
    if let Some(reason) = card.status_reason {
        json["paymentInstrumentStatusReasons"] = json!([reason]);
    }
    json
}
