//! Tasks: what is to be done, for whom and when.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::kernel::ids::{
    AccountId, AdjustmentId, FaultId, PaymentInstrumentId, ProgramCode, SwitchId, TaskId,
    TransactionId, TransferId,
};
use crate::kernel::time::Timestamp;

/// The name of [`AccountWork::OrderCards`] in the database and in lists.
pub const ORDER_CARDS: &str = "orderCards";
/// The name of [`AccountWork::UnblockCards`].
pub const UNBLOCK_CARDS: &str = "unblockCards";
/// The name of [`AccountWork::ReviewOfac`].
pub const REVIEW_OFAC: &str = "reviewOfac";

/// The name of [`MoneyWork::SettleAdjustment`].
pub const SETTLE_ADJUSTMENT: &str = "settleAdjustment";
/// The name of [`MoneyWork::ExpireHold`].
pub const EXPIRE_HOLD: &str = "expireHold";
/// The name of [`MoneyWork::ReleaseDeposit`].
pub const RELEASE_DEPOSIT: &str = "releaseDeposit";

/// The name of [`SwitchWork::CompleteSwitch`].
pub const COMPLETE_SWITCH: &str = "completeSwitch";
/// The name of [`MailWork::MoveCard`].
pub const MOVE_CARD: &str = "moveCard";
/// The name of [`StatementWork::CloseCycle`].
pub const CLOSE_CYCLE: &str = "closeCycle";

/// What is to be done, by whom it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Work {
    /// Something about the account itself.
    Account(AccountWork),
    /// Something about its money.
    Money(MoneyWork),
    /// Something about a direct deposit switch.
    Switch(SwitchWork),
    /// Something about a card in the mail.
    Mail(MailWork),
    /// Something about its statements.
    Statement(StatementWork),
}

/// What is to be done to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum AccountWork {
    /// Order the cards once more.
    OrderCards {
        /// Which try this is; the enrollment itself was the first.
        attempt: u32,
    },
    /// Try once more to unblock the cards.
    UnblockCards {
        /// Which retry this is, from 1.
        attempt: u32,
        /// The retry that succeeds, if any does.
        succeeds_on: Option<u32>,
    },
    /// End the review of a sanctions match.
    ReviewOfac {
        /// How it ends.
        result: Review,
    },
}

/// What is to be done about an account's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MoneyWork {
    /// Ask the processor once more for an adjustment.
    SettleAdjustment {
        /// The adjustment.
        adjustment: AdjustmentId,
        /// Which try this is; the call itself was the first.
        attempt: u32,
        /// The fault rule that befell the call: it may befall the retries too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        struck_by: Option<FaultId>,
    },
    /// Let go of what an authorization holds.
    ExpireHold {
        /// The authorization.
        transaction: TransactionId,
    },
    /// Make the money of a deposited check available.
    ReleaseDeposit {
        /// The deposit.
        transfer: TransferId,
    },
}

/// What is to be done about a direct deposit switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SwitchWork {
    /// Have the vendor complete it.
    CompleteSwitch {
        /// The attempt.
        switch: SwitchId,
    },
}

/// What is to be done about a card in the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailWork {
    /// Move it on by one stage. One task of a card waits at most.
    MoveCard {
        /// The card.
        instrument: PaymentInstrumentId,
    },
}

/// What is to be done about the statements of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum StatementWork {
    /// Draw the statement of a cycle that has ended. One task of an account waits at most.
    CloseCycle {
        /// Of the cycle.
        first_day: NaiveDate,
    },
}

/// How a review ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum Review {
    /// The match was another person.
    Clear,
    /// The match is confirmed.
    Fail,
}

impl Work {
    /// Its name in the database and in lists.
    pub fn kind(self) -> &'static str {
        match self {
            Work::Account(work) => work.kind(),
            Work::Money(work) => work.kind(),
            Work::Switch(work) => work.kind(),
            Work::Mail(work) => work.kind(),
            Work::Statement(work) => work.kind(),
        }
    }
}

impl AccountWork {
    /// Its name in the database and in lists.
    pub const fn kind(self) -> &'static str {
        match self {
            AccountWork::OrderCards { .. } => ORDER_CARDS,
            AccountWork::UnblockCards { .. } => UNBLOCK_CARDS,
            AccountWork::ReviewOfac { .. } => REVIEW_OFAC,
        }
    }
}

impl MoneyWork {
    /// Its name in the database and in lists.
    pub const fn kind(self) -> &'static str {
        match self {
            MoneyWork::SettleAdjustment { .. } => SETTLE_ADJUSTMENT,
            MoneyWork::ExpireHold { .. } => EXPIRE_HOLD,
            MoneyWork::ReleaseDeposit { .. } => RELEASE_DEPOSIT,
        }
    }
}

impl SwitchWork {
    /// Its name in the database and in lists.
    pub const fn kind(self) -> &'static str {
        match self {
            SwitchWork::CompleteSwitch { .. } => COMPLETE_SWITCH,
        }
    }
}

impl MailWork {
    /// Its name in the database and in lists.
    pub const fn kind(self) -> &'static str {
        match self {
            MailWork::MoveCard { .. } => MOVE_CARD,
        }
    }
}

impl StatementWork {
    /// Its name in the database and in lists.
    pub const fn kind(self) -> &'static str {
        match self {
            StatementWork::CloseCycle { .. } => CLOSE_CYCLE,
        }
    }
}

impl From<AccountWork> for Work {
    fn from(work: AccountWork) -> Self {
        Work::Account(work)
    }
}

impl From<MoneyWork> for Work {
    fn from(work: MoneyWork) -> Self {
        Work::Money(work)
    }
}

impl From<SwitchWork> for Work {
    fn from(work: SwitchWork) -> Self {
        Work::Switch(work)
    }
}

impl From<MailWork> for Work {
    fn from(work: MailWork) -> Self {
        Work::Mail(work)
    }
}

impl From<StatementWork> for Work {
    fn from(work: StatementWork) -> Self {
        Work::Statement(work)
    }
}

/// A task whose moment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its world.
    pub program: ProgramCode,
    /// The version of the world by whose clock it is due.
    pub world_version: i64,
    /// The task.
    pub id: TaskId,
    /// Whom it is about.
    pub account: AccountId,
    /// What is to be done.
    pub work: Work,
}

/// The first tasks whose moment has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Front {
    /// In their order.
    pub tasks: Vec<Due>,
    /// How many stand among them that this release cannot read.
    pub unreadable: usize,
}

/// A task that is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it is.
    pub kind: String,
    /// When it falls due, on the world's clock.
    pub due_at: Timestamp,
}

/// A task that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// What it was.
    pub kind: String,
    /// When it was done, on the world's clock.
    pub at: Timestamp,
    /// Whom it was about.
    pub account: String,
    /// What came of it.
    pub result: String,
}
