//! What the outside world does to a card on its way, at a tester's word. Each action is a step of
//! the one table in [`super::model`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::MailStep;
use super::ops;
use crate::db::{Db, Key};
use crate::domains::accounts::actions::{ActionError, Taken};
use crate::domains::accounts::model::{Account, Card};
use crate::domains::accounts::ops as accounts;
use crate::kernel::ids::{AccountId, PaymentInstrumentId};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Declares the actions: variant, word, step, what the card must be like.
macro_rules! mail_actions {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $step:ident, $needs:literal;)+) => {
        /// One thing that the outside world does to a card in the mail.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(tag = "action", rename_all = "camelCase")]
        #[serde(deny_unknown_fields)]
        pub enum MailAction {
            $($(#[$doc])* #[serde(rename_all = "camelCase")] $variant {
                /// The card; may be absent where the account has mailed plastic but one.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                #[schema(value_type = Option<String>, format = Uuid)]
                payment_instrument_identifier: Option<PaymentInstrumentId>,
            }),+
        }

        impl MailAction {
            /// One of each kind, for lists.
            pub const ALL: [MailAction; 6] =
                [$(MailAction::$variant { payment_instrument_identifier: None }),+];

            /// The word in `action`.
            pub fn name(self) -> &'static str {
                match self { $(MailAction::$variant { .. } => $word),+ }
            }

            /// What the card must be like for it, in words.
            pub fn needs(self) -> &'static str {
                match self { $(MailAction::$variant { .. } => $needs),+ }
            }

            fn step(self) -> MailStep {
                match self { $(MailAction::$variant { .. } => MailStep::$step),+ }
            }

            fn card(self) -> Option<PaymentInstrumentId> {
                match self {
                    $(MailAction::$variant { payment_instrument_identifier: card } => card),+
                }
            }
        }
    };
}

mail_actions! {
    /// A card that was made goes to fulfilment.
    PrintCard = "printCard", Print, "a mailed card that is not activated and not printed yet";
    /// It is handed over to the post. One that was not printed yet is so first.
    ShipCard = "shipCard", Ship, "a mailed card that is not activated and not shipped yet";
    /// The post carries it.
    CarryCard = "carryCard", Carry, "a card that was shipped just now and is not activated";
    /// It is taken out to its address.
    TakeOutCard = "takeOutCard", TakeOut, "a card that is in the mail and not activated";
    /// It arrives.
    DeliverCard = "deliverCard", Deliver, "a card that is in the mail and not activated";
    /// It is sent back.
    ReturnCard = "returnCard", Return, "a card that was shipped and is not activated";
}

/// Takes an action, or says why it cannot be taken.
pub async fn act(
    db: &Db,
    world: &World,
    (id, action): (AccountId, MailAction),
    now: Timestamp,
) -> Result<Taken, ActionError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = accounts::get_in(&mut unit, world, id).await?.account;
    let before = before.ok_or(ActionError::NotFound(id))?;
    let card = named(&before, action.card())?;
    let known = ops::of_card(&mut unit, world, card.id).await?;
    let stage = known.as_ref().map_or("not printed", |known| known.stage.as_str());
    let mut account = before.clone();
    let moved = (known, action.step());
    if ops::take_instead(&mut unit, world, (&mut account, card), moved, now).is_none() {
        let source = card.issue_source.as_deref().unwrap_or("no mail");
        return Err(ActionError::Impossible(format!(
            "{} needs {}; this one ({source}) is {stage} and {}",
            action.name(),
            action.needs(),
            card.status,
        )));
    }
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Taken { account, transactions: Vec::new() })
}

/// The card that is named, or the only one that may be meant.
fn named(account: &Account, card: Option<PaymentInstrumentId>) -> Result<&Card, ActionError> {
    let cards = || account.holders.iter().flat_map(|holder| &holder.cards);
    if let Some(id) = card {
        return cards().find(|known| known.id == id).ok_or_else(|| {
            ActionError::Unknown(format!(
                "paymentInstrumentIdentifier: the account has no card {id}"
            ))
        });
    }
    let mailed: Vec<&Card> = cards().filter(|card| card.is_mailed()).collect();
    match mailed[..] {
        [card] => Ok(card),
        _ => Err(ActionError::Invalid(format!(
            "paymentInstrumentIdentifier: must be there; the account has {} mailed cards",
            mailed.len()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::mail_tracking::model::{Stage, after};

    #[test]
    fn every_action_is_read_by_its_name_and_leads_on_from_somewhere() {
        for action in MailAction::ALL {
            let json = serde_json::to_value(action).unwrap();
            assert_eq!(json["action"], action.name());
            assert_eq!(serde_json::from_value::<MailAction>(json).unwrap(), action);
            let from = Stage::ALL.iter().copied().map(Some).chain([None]);
            assert!(from.into_iter().any(|from| after(from, action.step()).is_some()));
        }
    }
}
