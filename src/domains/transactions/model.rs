//! One row of an account's history: what the list and the webhook show.

use serde::{Deserialize, Serialize};

use crate::kernel::ids::{AdjustmentId, PaymentId, PurseId, TransactionId, TransferId, UserId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::{Direction, TransactionType};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// `transactionStatus`, as lists and webhooks show it.
    TransactionStatus {
        /// Authorized, not posted.
        Pending = "pending",
        /// Posted.
        Completed = "completed",
        /// An authorization that was taken back.
        Reversed = "reversed",
        /// An authorization that was refused.
        Declined = "declined",
    }

    /// Where a transaction stands. What posts stays posted; an authorization goes from pending to
    /// one of its ends, by the table of [`TransactionState::after`].
    TransactionState {
        /// An authorization that holds money.
        Pending = "pending",
        /// Money was moved.
        Posted = "posted",
        /// An authorization of which enough was cleared; what was cleared are rows of their own.
        Cleared = "cleared",
        /// An authorization that was taken back.
        Reversed = "reversed",
        /// An authorization that nobody cleared in time.
        Expired = "expired",
        /// An authorization that was refused.
        Declined = "declined",
    }

    /// `declineReason`: why a card was refused. The words are piebox's own.
    DeclineReason {
        /// The account was never complete.
        AccountNotActive = "accountNotActive",
        /// The account is locked.
        AccountLocked = "accountLocked",
        /// The account is closed.
        AccountClosed = "accountClosed",
        /// The holder has not taken the card into use.
        CardNotActivated = "cardNotActivated",
        /// The card is stopped.
        CardBlocked = "cardBlocked",
        /// A newer card has taken its place.
        CardDeactivated = "cardDeactivated",
        /// The card has ended.
        CardClosed = "cardClosed",
        /// The money is not there.
        InsufficientFunds = "insufficientFunds",
        /// It was to be refused, and no reason was given.
        DoNotHonor = "doNotHonor",
    }

    /// `achCategoryCode`, as the vendor's list of enumerations has it.
    AchCategory {
        /// State tax refund.
        StateTaxRefund = "str",
        /// Federal tax refund.
        FederalTaxRefund = "ftr",
        /// Tax refund loan.
        TaxRefundLoan = "trl",
        /// Government benefits.
        GovernmentBenefits = "gb",
        /// Child support.
        ChildSupport = "cs",
        /// Internet transfer.
        InternetTransfer = "it",
        /// Payroll.
        Payroll = "pr",
        /// Unknown.
        Unknown = "uk",
        /// Special.
        Special = "spc",
        /// Commercial.
        Commercial = "com",
        /// Other pay.
        OtherPay = "opy",
        /// Unemployment.
        Unemployment = "ui",
        /// Pension.
        Pension = "pn",
    }
}

/// What may happen to an authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthorizationStep {
    /// More is authorized.
    Increment,
    /// A part is cleared, more may follow.
    ClearPart,
    /// The last part is cleared.
    ClearLast,
    /// A part is taken back.
    ReversePart,
    /// All that is left is taken back.
    Reverse,
    /// Its time is over.
    Expire,
}

impl AuthorizationStep {
    /// Every step.
    pub const ALL: [AuthorizationStep; 6] = [
        AuthorizationStep::Increment,
        AuthorizationStep::ClearPart,
        AuthorizationStep::ClearLast,
        AuthorizationStep::ReversePart,
        AuthorizationStep::Reverse,
        AuthorizationStep::Expire,
    ];
}

impl TransactionState {
    /// Where a step leads an authorization; `None` if it cannot be taken. The one table of all
    /// steps. `was_cleared` tells whether a part was cleared before: what is left then ends as
    /// cleared, however it ends.
    pub fn after(self, step: AuthorizationStep, was_cleared: bool) -> Option<TransactionState> {
        use AuthorizationStep as S;
        use TransactionState::{Cleared, Expired, Pending, Reversed};
        match (self, step) {
            (Pending, S::Increment | S::ClearPart | S::ReversePart) => Some(Pending),
            (Pending, S::ClearLast) => Some(Cleared),
            (Pending, S::Reverse | S::Expire) if was_cleared => Some(Cleared),
            (Pending, S::Reverse) => Some(Reversed),
            (Pending, S::Expire) => Some(Expired),
            _ => None,
        }
    }

    /// As lists and webhooks show it.
    pub fn shown(self) -> TransactionStatus {
        match self {
            TransactionState::Pending => TransactionStatus::Pending,
            TransactionState::Posted | TransactionState::Cleared => TransactionStatus::Completed,
            TransactionState::Reversed | TransactionState::Expired => TransactionStatus::Reversed,
            TransactionState::Declined => TransactionStatus::Declined,
        }
    }

    /// Whether lists show it without being asked for all authorizations: all but what was declined,
    /// and what other rows have cleared.
    pub fn is_listed(self) -> bool {
        !matches!(self, TransactionState::Cleared | TransactionState::Declined)
    }
}

/// One row of an account's history.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// Its id.
    pub id: TransactionId,
    /// The n-th of its account.
    pub sequence: i64,
    /// The purse that it is about.
    pub purse: PurseId,
    /// What it is.
    pub kind: TransactionType,
    /// How it stands.
    pub state: TransactionState,
    /// In or out.
    pub direction: Direction,
    /// How much.
    pub amount: Amount,
    /// When it was posted; of an authorization, when it was asked for.
    pub happened_at: Timestamp,
    /// What else is shown.
    pub details: Details,
}

impl Transaction {
    /// Takes a step that leaves so much of an authorization; tells whether it could be taken. While
    /// it is pending, its amount is what is left; what was cleared shows all that was authorized,
    /// what was taken back or expired shows what it had last.
    pub fn take(&mut self, step: AuthorizationStep, left: Money) -> bool {
        let Some(authorized) = &mut self.details.authorized else { return false };
        let Some(next) = self.state.after(step, authorized.is_partly_cleared) else { return false };
        let amount = match next {
            TransactionState::Pending => match Amount::of(left) {
                Ok(left) => left,
                Err(_) => return false,
            },
            TransactionState::Cleared => authorized.requested,
            _ => self.amount,
        };
        let clears = matches!(step, AuthorizationStep::ClearPart | AuthorizationStep::ClearLast);
        authorized.is_partly_cleared |= clears;
        (self.state, self.amount) = (next, amount);
        true
    }

    /// Whether it is an authorization that moves neither balance: that of a refund.
    pub fn is_informational(&self) -> bool {
        self.details.authorized.as_ref().is_some_and(|authorized| authorized.is_informational)
    }
}

/// What else is shown of a transaction.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Details {
    /// `transactionTypeDescription`.
    pub type_description: String,
    /// The holder who began it, on joint accounts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// The card that was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardUsed>,
    /// What the card network told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkData>,
    /// What was authorized: authorizations, and what was cleared of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorized: Option<AuthorizedData>,
    /// Where an internal posting comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internal: Option<InternalData>,
}

/// The card that was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardUsed {
    /// Its number's id.
    pub payment_id: PaymentId,
    /// Its last four digits.
    pub last4_pan: String,
}

/// `networkTransactionData`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkData {
    /// When the authorization was asked for.
    pub authorized_at: Timestamp,
    /// `cardAcceptor.merchantName`.
    pub merchant: String,
    /// `cardAcceptor.city`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// `cardAcceptor.stateProvReg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `merchantCategoryCode`, four digits.
    pub category_code: String,
}

/// `authorizedTransactionData`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizedData {
    /// `requestAuthorizationAmount`.
    pub requested: Amount,
    /// `approvalCode`, eight digits; absent from what was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_code: Option<String>,
    /// `holdExpirationDate`; absent where nothing is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_expires_at: Option<Timestamp>,
    /// `authStatusIndicator` is `I`: it moves neither balance.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_informational: bool,
    /// A part of it was cleared; not shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_partly_cleared: bool,
    /// `eci`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eci: Option<String>,
    /// `declineReason`, of what was declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
}

/// `postedInternalTransactionData`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct InternalData {
    /// The adjustment that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<AdjustmentId>,
    /// The transfer that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<TransferId>,
    /// `transferType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer_type: Option<String>,
    /// The partner's description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `achCategoryCode`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ach_category: Option<String>,
    /// `bankData`: the bank on the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank: Option<BankData>,
    /// The entry that it takes back, of a return; not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<TransactionId>,
}

/// `bankData`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankData {
    /// Nine digits.
    pub routing_number: String,
    /// Its account there.
    pub account_number: String,
    /// Its name.
    pub bank_name: String,
    /// `checking` or `savings`.
    pub account_type: String,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn authorization(amount: &str) -> Transaction {
        let mut source = crate::kernel::source::Source::new(&[7; 32], &["row"]);
        let amount = amount.parse().unwrap();
        let authorized = AuthorizedData {
            requested: amount,
            approval_code: None,
            hold_expires_at: None,
            is_informational: false,
            is_partly_cleared: false,
            eci: None,
            decline_reason: None,
        };
        Transaction {
            id: source.id(TransactionId::new),
            sequence: 1,
            purse: source.id(PurseId::new),
            kind: TransactionType::Purchase,
            state: TransactionState::Pending,
            direction: Direction::Debit,
            amount,
            happened_at: Timestamp::MIN,
            details: Details { authorized: Some(authorized), ..Details::default() },
        }
    }

    #[test]
    fn what_is_not_pending_takes_no_step() {
        for state in TransactionState::ALL {
            for step in AuthorizationStep::ALL {
                let is_pending = *state == TransactionState::Pending;
                assert_eq!(state.after(step, false).is_some(), is_pending, "{state:?} {step:?}");
            }
        }
    }

    proptest! {
        // Proves TXN-3.
        #[test]
        fn an_authorization_ends_once_and_is_cleared_if_a_part_was(
            steps in proptest::collection::vec(0..AuthorizationStep::ALL.len(), 0..12),
        ) {
            let (mut state, mut was_cleared) = (TransactionState::Pending, false);
            for step in steps.into_iter().map(|at| AuthorizationStep::ALL[at]) {
                let Some(next) = state.after(step, was_cleared) else {
                    prop_assert_ne!(state, TransactionState::Pending);
                    continue;
                };
                was_cleared |= matches!(
                    step, AuthorizationStep::ClearPart | AuthorizationStep::ClearLast
                );
                prop_assert_eq!(state, TransactionState::Pending);
                let is_end = next != TransactionState::Pending;
                prop_assert_eq!(is_end && was_cleared, next == TransactionState::Cleared);
                state = next;
            }
        }

        // Proves TXN-3.
        #[test]
        fn a_pending_row_shows_what_is_left_and_one_that_has_ended_stays_as_it_is(
            steps in proptest::collection::vec((0..AuthorizationStep::ALL.len(), 0i64..50), 0..12),
        ) {
            let mut row = authorization("20");
            for (at, left) in steps {
                let before = row.clone();
                let taken = row.take(AuthorizationStep::ALL[at], Money::from_e4(left));
                prop_assert!(taken || row == before);
                prop_assert!(!taken || before.state == TransactionState::Pending);
                if taken && row.state == TransactionState::Pending {
                    prop_assert_eq!(row.amount.money().e4(), left);
                }
                if taken && row.state == TransactionState::Cleared {
                    prop_assert_eq!(row.amount, "20".parse().unwrap());
                }
            }
        }
    }
}
