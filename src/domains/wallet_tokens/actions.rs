//! What the outside world does to a token, at a tester's word: the wallet takes it, the network
//! stops it or lets it go on, its holder takes it out.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{TokenStep, after};
use super::{events, store};
use crate::db::{Db, Key};
use crate::domains::accounts::actions::{ActionError, Taken};
use crate::domains::accounts::cards::CardPlace;
use crate::domains::accounts::ops as accounts;
use crate::domains::payment_instruments::ops::card_of;
use crate::kernel::ids::{AccountId, WalletTokenId};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// One thing that the outside world does to a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "camelCase")]
#[serde(deny_unknown_fields)]
pub enum TokenAction {
    /// The wallet has it: the card can be used there.
    #[serde(rename_all = "camelCase")]
    ActivateToken {
        /// The token.
        #[schema(value_type = String, format = Uuid)]
        token_identifier: WalletTokenId,
    },
    /// The network stops it for a while.
    #[serde(rename_all = "camelCase")]
    SuspendToken {
        /// The token.
        #[schema(value_type = String, format = Uuid)]
        token_identifier: WalletTokenId,
    },
    /// The network lets it go on.
    #[serde(rename_all = "camelCase")]
    ResumeToken {
        /// The token.
        #[schema(value_type = String, format = Uuid)]
        token_identifier: WalletTokenId,
    },
    /// It is taken out of the wallet.
    #[serde(rename_all = "camelCase")]
    DeleteToken {
        /// The token.
        #[schema(value_type = String, format = Uuid)]
        token_identifier: WalletTokenId,
    },
}

/// Names no token; for lists.
const NONE: WalletTokenId = WalletTokenId::new(Uuid::nil());

impl TokenAction {
    /// One of each kind, for lists.
    pub const ALL: [TokenAction; 4] = [
        TokenAction::ActivateToken { token_identifier: NONE },
        TokenAction::SuspendToken { token_identifier: NONE },
        TokenAction::ResumeToken { token_identifier: NONE },
        TokenAction::DeleteToken { token_identifier: NONE },
    ];

    /// The word in `action`.
    pub fn name(&self) -> &'static str {
        match self {
            TokenAction::ActivateToken { .. } => "activateToken",
            TokenAction::SuspendToken { .. } => "suspendToken",
            TokenAction::ResumeToken { .. } => "resumeToken",
            TokenAction::DeleteToken { .. } => "deleteToken",
        }
    }

    /// What the token must be like for it, in words.
    pub fn needs(&self) -> &'static str {
        match self {
            TokenAction::ActivateToken { .. } => "a token that is requested, of a card in use",
            TokenAction::SuspendToken { .. } => "a token that is active",
            TokenAction::ResumeToken { .. } => "a token that is suspended, of a card in use",
            TokenAction::DeleteToken { .. } => "a token that is not deleted",
        }
    }

    fn parts(&self) -> (WalletTokenId, TokenStep) {
        match self {
            TokenAction::ActivateToken { token_identifier: id } => (*id, TokenStep::Activate),
            TokenAction::SuspendToken { token_identifier: id } => (*id, TokenStep::Suspend),
            TokenAction::ResumeToken { token_identifier: id } => (*id, TokenStep::Resume),
            TokenAction::DeleteToken { token_identifier: id } => (*id, TokenStep::Delete),
        }
    }
}

/// Takes an action and tells the partner, or says why it cannot be taken.
pub async fn act(
    db: &Db,
    world: &World,
    (id, action): (AccountId, TokenAction),
    now: Timestamp,
) -> Result<Taken, ActionError> {
    let (wanted, step) = action.parts();
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = accounts::get_in(&mut unit, world, id).await?.account;
    let before = before.ok_or(ActionError::NotFound(id))?;
    let tokens = store::of_account(&mut unit, &world.code, id).await?;
    let mut token = tokens.into_iter().find(|token| token.id == wanted).ok_or_else(|| {
        ActionError::Unknown(format!("tokenIdentifier: the account has no token {wanted}"))
    })?;
    let card = card_of(&before, token.card).ok();
    let is_card_in_use = card.is_some_and(|card| card.place() == CardPlace::InUse);
    let next = after(token.state, step).filter(|_| is_card_in_use || !step.needs_card());
    token.state = next.ok_or_else(|| {
        let (name, needs, state) = (action.name(), action.needs(), token.state);
        ActionError::Impossible(format!("{name} needs {needs}; this one is {state}"))
    })?;
    token.changed_at = now;
    store::update(&mut unit, &world.code, &token);
    let mut account = before.clone();
    let message = |account: &_| events::changed(world, account, &token, now);
    accounts::tell(&mut unit, world, &mut account, message);
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Taken { account, transactions: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::wallet_tokens::model::TokenState;

    #[test]
    fn every_action_is_read_by_its_name_and_leads_on_from_somewhere() {
        for action in TokenAction::ALL {
            let json = serde_json::to_value(&action).unwrap();
            assert_eq!(json["action"], action.name());
            assert_eq!(serde_json::from_value::<TokenAction>(json).unwrap(), action);
            let (_, step) = action.parts();
            assert!(TokenState::ALL.iter().any(|state| after(*state, step).is_some()));
        }
    }
}
