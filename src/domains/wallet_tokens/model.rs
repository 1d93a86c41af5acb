//! Tokens as the simulator knows them: one is a card in a wallet on a device. The words of its
//! states are our reading; [`after`] is the one table of its steps.

use crate::kernel::ids::{AccountId, PaymentInstrumentId, UserId, WalletTokenId};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;
use crate::kernel::wallets::WalletProvider;

states! {
    /// `tokens[].status`.
    TokenState {
        /// The app has asked for it.
        Requested = "requested",
        /// In use.
        Active = "active",
        /// Stopped for a while.
        Suspended = "suspended",
        /// Ended.
        Deleted = "deleted",
    }
}

/// What may happen to a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenStep {
    /// The wallet has it.
    Activate,
    /// The network stops it.
    Suspend,
    /// The network lets it go on.
    Resume,
    /// It is taken out of the wallet.
    Delete,
}

impl TokenStep {
    /// Every step.
    pub const ALL: [TokenStep; 4] =
        [TokenStep::Activate, TokenStep::Suspend, TokenStep::Resume, TokenStep::Delete];

    /// Whether the card must be in use for it.
    pub fn needs_card(self) -> bool {
        matches!(self, TokenStep::Activate | TokenStep::Resume)
    }
}

/// Where a step leads a token; `None` if it cannot be taken.
pub fn after(state: TokenState, step: TokenStep) -> Option<TokenState> {
    use TokenState as S;
    match (state, step) {
        (S::Requested, TokenStep::Activate) | (S::Suspended, TokenStep::Resume) => Some(S::Active),
        (S::Active, TokenStep::Suspend) => Some(S::Suspended),
        (S::Requested | S::Active | S::Suspended, TokenStep::Delete) => Some(S::Deleted),
        _ => None,
    }
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: WalletTokenId,
    /// The account of its card.
    pub account: AccountId,
    /// The holder of its card.
    pub user: UserId,
    /// Its card.
    pub card: PaymentInstrumentId,
    /// Whose wallet it is for.
    pub wallet: WalletProvider,
    /// The device, as the app names it.
    pub device: Option<String>,
    /// Where it stands.
    pub state: TokenState,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
}

/// What an app sends for a wallet; what the wallet signs is not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioning {
    /// Whose wallet.
    pub wallet: WalletProvider,
    /// The device.
    pub device: Option<String>,
}

/// Which tokens are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenFilter {
    /// Of this holder.
    pub user: Option<UserId>,
    /// Of this card.
    pub card: Option<PaymentInstrumentId>,
    /// On this device.
    pub device: Option<String>,
}

impl TokenFilter {
    /// Whether a token is wanted.
    pub fn takes(&self, token: &Token) -> bool {
        self.user.is_none_or(|user| user == token.user)
            && self.card.is_none_or(|card| card == token.card)
            && self.device.as_ref().is_none_or(|device| token.device.as_ref() == Some(device))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        // Proves CRD-3.
        #[test]
        fn a_token_is_requested_once_and_what_is_deleted_stays_so(
            steps in proptest::collection::vec(
                proptest::sample::select(TokenStep::ALL.to_vec()), 0..20,
            ),
        ) {
            let mut state = TokenState::Requested;
            for step in steps {
                let next = after(state, step);
                prop_assert!(next != Some(TokenState::Requested) && next != Some(state));
                prop_assert!(state != TokenState::Deleted || next.is_none());
                prop_assert!(next != Some(TokenState::Active) || step.needs_card());
                state = next.unwrap_or(state);
            }
        }
    }
}
