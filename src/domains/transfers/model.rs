//! A transfer between purses: what was asked for and what became of it.

use crate::domains::accounts::model::Purse;
use crate::domains::ledger::model::Books;
use crate::kernel::ids::{AccountId, PurseId, TransferId};
use crate::kernel::money::Amount;
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// Why a transfer has failed.
    FailureReason {
        /// The purse does not have the money.
        InsufficientFunds = "insufficientFunds",
        /// The other purse would hold more than can be kept.
        BalanceLimit = "balanceLimitExceeded",
    }

    /// The types of the Transfers page that are known by name and not carried out.
    OtherType {
        /// From person to person within the program.
        PeerPayment = "peerPayment",
        /// Out by ACH.
        AchOut = "achOut",
        /// In by ACH.
        AchPull = "achPull",
        /// To an external card.
        IftOut = "iftOut",
        /// From an external card to a customer.
        IftSend = "iftSend",
        /// From the customer's own card.
        IftLoad = "iftLoad",
        /// Between accounts.
        A2A = "A2A",
        /// Out to another account.
        A2AOut = "A2AOut",
        /// From the partner to an account.
        PartnerA2A = "PartnerA2A",
        /// From the partner to the outside.
        DisbursementExternal = "DisbursementExternal",
        /// From person to person, at the partner.
        PartnerP2P = "PartnerP2P",
        /// From person to person, face to face.
        InPersonP2P = "InPersonP2P",
    }
}

/// One end of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// The primary purse of an account.
    Primary(AccountId),
    /// A purse, with its account if that is named.
    Purse(PurseId, Option<AccountId>),
}

impl Endpoint {
    /// The account that is named.
    pub fn account(self) -> Option<AccountId> {
        match self {
            Endpoint::Primary(account) => Some(account),
            Endpoint::Purse(_, account) => account,
        }
    }
}

/// What a partner asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransfer {
    /// The partner's own id, if it gave one.
    pub id: Option<TransferId>,
    /// How much.
    pub amount: Amount,
    /// ISO 4217, if it is said.
    pub currency: Option<String>,
    /// Where the money comes from.
    pub source: Endpoint,
    /// Where it goes.
    pub target: Endpoint,
    /// The partner's memo.
    pub memo: Option<String>,
    /// Shown in the history.
    pub description: Option<String>,
}

/// The same with its ends found: what makes two calls the same transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The account of both purses.
    pub account: AccountId,
    /// The purse that gives.
    pub source: PurseId,
    /// The purse that takes.
    pub target: PurseId,
    /// How much.
    pub amount: Amount,
    /// The partner's memo.
    pub memo: Option<String>,
    /// Shown in the history.
    pub description: Option<String>,
}

/// What became of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It would be carried out; only an assessment says so.
    Possible,
    /// It was carried out.
    Completed,
    /// It was not, and is not tried again.
    Failed(FailureReason),
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The partner's own id, or one that was given to it.
    pub id: TransferId,
    /// What was asked for.
    pub asked: Asked,
    /// What became of it.
    pub status: Status,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// A transfer with the purses that it touches, as they now are.
#[derive(Debug, Clone, PartialEq)]
pub struct Done {
    /// The transfer.
    pub transfer: Transfer,
    /// The purses, the one that gives first; one that is closed by now is left out.
    pub purses: Vec<Purse>,
}

impl Done {
    /// With the purses as the books have them.
    pub fn of(transfer: Transfer, books: &Books) -> Self {
        let ends = [transfer.asked.source, transfer.asked.target];
        let purses = ends.into_iter().filter_map(|id| books.purse(id).cloned()).collect();
        Self { transfer, purses }
    }
}
