//! A check that is deposited with the phone: what was handed in, and where it stands.

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use crate::kernel::ids::{AccountId, TransactionId, TransferId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

states! {
    /// `transferStatus` and `checkDepositStatus`, as answers and webhooks show them.
    CheckStatus {
        /// The partner has yet to accept the funds-available date.
        Pending = "pending",
        /// An agent looks at it.
        InReview = "inReview",
        /// An agent has approved it, and the partner has yet to accept.
        Approved = "approved",
        /// Posted, and its money is held.
        OnHold = "onHold",
        /// Posted, and its money is there.
        Completed = "completed",
        /// Not taken.
        Declined = "declined",
        /// Taken back by the partner before it was posted.
        Canceled = "canceled",
        /// Posted, and sent back by the bank that it is drawn on.
        Returned = "returned",
    }

    /// Where a check stands. It moves by the table of [`DepositState::after`] and no other way.
    DepositState {
        /// The partner has yet to accept.
        Pending = "pending",
        /// An agent looks at it, and the partner has yet to accept.
        InReview = "inReview",
        /// An agent looks at it, and nothing else is waited for.
        Agreed = "agreed",
        /// An agent has approved it, and the partner has yet to accept.
        Approved = "approved",
        /// Posted and held.
        OnHold = "onHold",
        /// Posted and there.
        Completed = "completed",
        /// Not taken.
        Declined = "declined",
        /// Taken back.
        Canceled = "canceled",
        /// Sent back.
        Returned = "returned",
    }

    /// `action` of the update-check call.
    Decision {
        /// The funds-available date, or a review, will do.
        Accept = "accept",
        /// The check is taken back.
        Cancel = "cancel",
    }
}

/// What may happen to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckStep {
    /// The partner accepts.
    Accept,
    /// The partner takes it back.
    Cancel,
    /// An agent wants to look at it.
    Review,
    /// The agent approves it.
    Approve,
    /// The agent declines it.
    Decline,
    /// The day has come on which its money is there.
    Release,
    /// The bank that it is drawn on sends it back.
    Return,
}

impl CheckStep {
    /// Every step.
    pub const ALL: [CheckStep; 7] = [
        CheckStep::Accept,
        CheckStep::Cancel,
        CheckStep::Review,
        CheckStep::Approve,
        CheckStep::Decline,
        CheckStep::Release,
        CheckStep::Return,
    ];
}

impl DepositState {
    /// Where a new check begins. It is posted at once where neither is asked for.
    pub fn first(needs_acceptance: bool, needs_review: bool) -> Self {
        match (needs_acceptance, needs_review) {
            (_, false) => DepositState::Pending,
            (true, true) => DepositState::InReview,
            (false, true) => DepositState::Agreed,
        }
    }

    /// Where a step leads; `None` if it cannot be taken. The one table of all steps. `is_held`
    /// tells whether its money is held for a while once it is posted.
    pub fn after(self, step: CheckStep, is_held: bool) -> Option<DepositState> {
        use CheckStep as S;
        use DepositState::{
            Agreed, Approved, Canceled, Completed, Declined, InReview, OnHold, Pending, Returned,
        };
        let posted = if is_held { OnHold } else { Completed };
        match (self, step) {
            (Pending | Approved, S::Accept) | (Agreed, S::Approve) => Some(posted),
            (Pending, S::Review) => Some(InReview),
            (InReview, S::Accept) => Some(Agreed),
            (InReview, S::Approve) => Some(Approved),
            (Pending | InReview | Agreed | Approved, S::Cancel) => Some(Canceled),
            (Pending | InReview | Agreed | Approved, S::Decline) => Some(Declined),
            (OnHold, S::Release) => Some(Completed),
            (OnHold | Completed, S::Return) => Some(Returned),
            _ => None,
        }
    }

    /// Whether a decision has been taken before, so that it has nothing left to do.
    pub fn has_taken(self, decision: Decision) -> bool {
        use DepositState::{Agreed, Canceled, Completed, OnHold};
        match decision {
            Decision::Accept => matches!(self, Agreed | OnHold | Completed),
            Decision::Cancel => self == Canceled,
        }
    }

    /// Whether its money was posted and is still the customer's.
    pub fn is_posted(self) -> bool {
        matches!(self, DepositState::OnHold | DepositState::Completed)
    }

    /// Whether nothing happens to it any more.
    pub fn is_end(self) -> bool {
        CheckStep::ALL.iter().all(|step| self.after(*step, true).is_none())
    }

    /// As answers and webhooks show it.
    pub fn shown(self) -> CheckStatus {
        match self {
            DepositState::Pending => CheckStatus::Pending,
            DepositState::InReview | DepositState::Agreed => CheckStatus::InReview,
            DepositState::Approved => CheckStatus::Approved,
            DepositState::OnHold => CheckStatus::OnHold,
            DepositState::Completed => CheckStatus::Completed,
            DepositState::Declined => CheckStatus::Declined,
            DepositState::Canceled => CheckStatus::Canceled,
            DepositState::Returned => CheckStatus::Returned,
        }
    }
}

/// What is kept of the pictures of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// `imageFormat`, as given.
    pub format: Option<String>,
    /// Bytes of all of them.
    pub bytes: i64,
    /// SHA-256 of all of them, hexadecimal.
    pub sha256: String,
}

impl Images {
    /// What is kept of these parts, each named by its place.
    pub fn of(format: Option<String>, parts: &[(&str, Vec<u8>)]) -> Self {
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        for (name, part) in parts {
            let length = part.len() as u64;
            hash.update(name.as_bytes());
            hash.update(length.to_be_bytes());
            hash.update(part);
            bytes = bytes.saturating_add(length);
        }
        let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { format, bytes: i64::try_from(bytes).unwrap_or(i64::MAX), sha256 }
    }
}

/// What the partner says of the one posting of a check, told again as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostingInfo {
    /// `postingInfoToken`.
    pub token: Option<String>,
    /// `transferType`.
    pub transfer_type: Option<String>,
    /// `depositDate`.
    pub deposit_date: Option<NaiveDate>,
}

/// A check as it was handed in. The same identifier with the same check is one deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeposit {
    /// The partner's own id.
    pub id: TransferId,
    /// The account that is to have the money.
    pub account: AccountId,
    /// How much.
    pub amount: Amount,
    /// ISO 4217.
    pub currency: String,
    /// Its pictures.
    pub images: Images,
    /// Its posting.
    pub posting: PostingInfo,
}

/// A check and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// As it was handed in.
    pub asked: NewDeposit,
    /// Where it stands.
    pub state: DepositState,
    /// Why it was declined or returned.
    pub reason: Option<String>,
    /// Business days that its money is held, of the tier that it was handed in under.
    pub hold_days: u32,
    /// The day on which its money is there; before it is posted, if that were done at once.
    pub funds_available_on: NaiveDate,
    /// Whether that day is another one than was shown first.
    pub is_rescheduled: bool,
    /// When it was handed in.
    pub submitted_at: Timestamp,
    /// When anything about it last changed.
    pub changed_at: Timestamp,
    /// When it was declined, canceled or returned.
    pub ended_at: Option<Timestamp>,
    /// The transaction that posted it.
    pub posted: Option<TransactionId>,
}

impl Deposit {
    /// Whether its money is held for a while.
    pub fn is_held(&self) -> bool {
        self.hold_days > 0
    }

    /// When it came to this state, if it is in it.
    pub fn ended_as(&self, state: DepositState) -> Option<Timestamp> {
        self.ended_at.filter(|_| self.state == state)
    }
}

/// What an account has deposited lately, declined and canceled checks left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deposited {
    /// Today.
    pub today: Money,
    /// In the last 30 days, today included.
    pub lately: Money,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_table_of_steps() {
        use CheckStep as S;
        let steps = |state: DepositState| {
            let possible = |step: &&CheckStep| state.after(**step, true).is_some();
            CheckStep::ALL.iter().filter(possible).copied().collect::<Vec<_>>()
        };
        for (state, possible) in [
            (DepositState::Pending, vec![S::Accept, S::Cancel, S::Review, S::Decline]),
            (DepositState::InReview, vec![S::Accept, S::Cancel, S::Approve, S::Decline]),
            (DepositState::Agreed, vec![S::Cancel, S::Approve, S::Decline]),
            (DepositState::Approved, vec![S::Accept, S::Cancel, S::Decline]),
            (DepositState::OnHold, vec![S::Release, S::Return]),
            (DepositState::Completed, vec![S::Return]),
            (DepositState::Declined, vec![]),
            (DepositState::Canceled, vec![]),
            (DepositState::Returned, vec![]),
        ] {
            assert_eq!(steps(state), possible, "{state}");
            assert_eq!(state.is_end(), possible.is_empty(), "{state}");
        }
    }

    #[test]
    fn pictures_are_told_apart_by_place_and_content() {
        let of = |parts: &[(&str, Vec<u8>)]| Images::of(None, parts).sha256;
        let all = [
            of(&[("front", vec![1, 2])]),
            of(&[("back", vec![1, 2])]),
            of(&[("front", vec![1]), ("back", vec![2])]),
            of(&[("front", vec![2]), ("back", vec![1])]),
        ];
        for (number, one) in all.iter().enumerate() {
            assert!(!all[..number].contains(one));
            assert_eq!(one.len(), 64);
        }
        assert_eq!(Images::of(None, &[("a", vec![0; 3]), ("b", vec![0; 4])]).bytes, 7);
    }

    proptest! {
        #[test]
        fn money_comes_once_goes_once_and_only_after_an_acceptance_or_an_approval(
            steps in proptest::collection::vec(0..CheckStep::ALL.len(), 0..16),
            (acceptance, review, is_held) in any::<(bool, bool, bool)>(),
        ) {
            let mut state = DepositState::first(acceptance, review);
            let (mut came, mut went) = (0, 0);
            let (mut accepted, mut approved) = (!acceptance, !review);
            for step in steps.into_iter().map(|at| CheckStep::ALL[at]) {
                let Some(next) = state.after(step, is_held) else { continue };
                prop_assert!(!state.is_end());
                accepted |= step == CheckStep::Accept;
                // A check that an agent wants to look at waits for the agent.
                approved = (approved || step == CheckStep::Approve) && step != CheckStep::Review;
                came += i32::from(next.is_posted() && !state.is_posted());
                went += i32::from(!next.is_posted() && state.is_posted());
                state = next;
                if state.is_posted() {
                    prop_assert!(approved, "posted without an approval");
                    prop_assert!(accepted, "posted without an acceptance");
                }
            }
            prop_assert!(came <= 1 && went <= came);
            prop_assert_eq!(state.is_posted(), came > went);
            prop_assert!(is_held || state != DepositState::OnHold);
        }
    }
}
