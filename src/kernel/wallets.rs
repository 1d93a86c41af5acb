//! Whose wallets a card can be put into, shared by settings and families.

use super::states::states;

states! {
    /// `walletProvider`: the words are our reading.
    WalletProvider {
        /// Apple Pay.
        Apple = "apple",
        /// Google Pay.
        Google = "google",
        /// Samsung Pay.
        Samsung = "samsung",
    }
}
