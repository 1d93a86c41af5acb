//! A switch attempt: how it stands, what part of a pay it is about, and what may change it.

use crate::kernel::ids::{EventId, SwitchId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

/// Most attempts of one account.
pub const ATTEMPTS_MAX: i64 = 200;

/// Most events of one attempt.
pub const EVENTS_MAX: usize = 100;

/// The third party that carries switches out.
pub const VENDOR: &str = "Atomic";

/// `statusReason` of a new attempt.
pub const STARTED_REASON: &str = "User started vendor flow";

states! {
    /// `amountType`.
    AmountType {
        /// The whole pay.
        All = "All",
        /// A part of each pay, in percent.
        Percent = "Percent",
        /// So many dollars of each pay.
        Amount = "Amount",
    }

    /// `status`.
    SwitchStatus {
        /// The token was given out.
        Started = "Started",
        /// The user has gone through the vendor's flow.
        Submitted = "Submitted",
        /// The user has left it.
        Aborted = "Aborted",
        /// The vendor could not do it.
        Failed = "Failed",
        /// The deposit is switched.
        Completed = "Completed",
        /// The customer has to see to it by hand.
        Manual = "Manual",
    }

    /// What a partner may claim.
    Claim {
        /// The user has gone through the vendor's flow.
        Submitted = "Submitted",
        /// The user has left it.
        Aborted = "Aborted",
    }

    /// What the vendor may report.
    Report {
        /// The user has gone through the flow.
        Submitted = "Submitted",
        /// The deposit is switched.
        Completed = "Completed",
        /// It could not be done.
        Failed = "Failed",
        /// The customer has to see to it by hand.
        Manual = "Manual",
    }
}

/// What may happen to an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The user has gone through the vendor's flow.
    Submit,
    /// The user has left it.
    Abort,
    /// The vendor has switched the deposit.
    Complete,
    /// The vendor could not do it.
    Fail,
    /// The customer has to see to it by hand.
    HandOver,
}

impl Step {
    /// All steps.
    pub const ALL: [Step; 5] =
        [Step::Submit, Step::Abort, Step::Complete, Step::Fail, Step::HandOver];

    /// The status that it leads to.
    pub const fn leads_to(self) -> SwitchStatus {
        match self {
            Step::Submit => SwitchStatus::Submitted,
            Step::Abort => SwitchStatus::Aborted,
            Step::Complete => SwitchStatus::Completed,
            Step::Fail => SwitchStatus::Failed,
            Step::HandOver => SwitchStatus::Manual,
        }
    }
}

impl From<Claim> for Step {
    fn from(claim: Claim) -> Self {
        match claim {
            Claim::Submitted => Step::Submit,
            Claim::Aborted => Step::Abort,
        }
    }
}

impl From<Report> for Step {
    fn from(report: Report) -> Self {
        match report {
            Report::Submitted => Step::Submit,
            Report::Completed => Step::Complete,
            Report::Failed => Step::Fail,
            Report::Manual => Step::HandOver,
        }
    }
}

impl Report {
    /// `statusReason`, where the report gives none.
    pub const fn reason(self) -> &'static str {
        match self {
            Report::Submitted => "User completed vendor flow",
            Report::Completed => "Vendor completed the switch",
            Report::Failed => "Vendor could not complete the switch",
            Report::Manual => "Vendor left the switch to the user",
        }
    }
}

impl SwitchStatus {
    /// Where a step leads from here; `None` if it cannot be taken. The one table of all steps.
    pub fn after(self, step: Step) -> Option<SwitchStatus> {
        use SwitchStatus::{Aborted, Completed, Failed, Manual, Started, Submitted};
        match (self, step) {
            (Started | Submitted | Aborted, Step::Submit | Step::Complete | Step::Fail)
            | (Started | Aborted, Step::Abort)
            | (Started | Submitted | Aborted | Failed, Step::HandOver) => Some(step.leads_to()),
            (Submitted | Failed | Completed | Manual, Step::Abort)
            | (Failed | Completed | Manual, Step::Submit | Step::Complete | Step::Fail)
            | (Completed | Manual, Step::HandOver) => None,
        }
    }

    /// Whether the vendor has done with it.
    pub fn is_decided(self) -> bool {
        matches!(self, SwitchStatus::Failed | SwitchStatus::Completed | SwitchStatus::Manual)
    }
}

/// How much of each pay is to be deposited, as far as it is known: never an amount of all, and
/// never more than 100 percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Portion {
    kind: Option<AmountType>,
    amount: Option<Amount>,
}

/// Why an amount does not go with its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortionProblem {
    /// All is all.
    #[error("must be left out with amountType All")]
    AmountOfAll,
    /// More than there is.
    #[error("must be at most 100 with amountType Percent")]
    BeyondHundred,
}

/// A hundred, of percent.
const HUNDRED: Money = Money::from_e4(1_000_000);

impl Portion {
    /// Type and amount, if they go together.
    pub fn of(kind: Option<AmountType>, amount: Option<Amount>) -> Result<Self, PortionProblem> {
        match (kind, amount) {
            (Some(AmountType::All), Some(_)) => Err(PortionProblem::AmountOfAll),
            (Some(AmountType::Percent), Some(amount)) if amount.money() > HUNDRED => {
                Err(PortionProblem::BeyondHundred)
            }
            _ => Ok(Self { kind, amount }),
        }
    }

    /// `amountType`.
    pub const fn kind(self) -> Option<AmountType> {
        self.kind
    }

    /// `amount`: dollars or percent.
    pub const fn amount(self) -> Option<Amount> {
        self.amount
    }

    /// With what is given laid over it. An amount that was there is dropped where all is meant.
    fn with(
        self,
        kind: Option<AmountType>,
        amount: Option<Amount>,
    ) -> Result<Self, PortionProblem> {
        let kind = kind.or(self.kind);
        let kept = self.amount.filter(|_| kind != Some(AmountType::All));
        Self::of(kind, amount.or(kept))
    }
}

/// A switch attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// `switchId`.
    pub id: SwitchId,
    /// The n-th of its account, from 1.
    pub number: i64,
    /// The vendor's id of it.
    pub vendor_reference: String,
    /// How much of each pay.
    pub portion: Portion,
    /// How it stands.
    pub status: SwitchStatus,
    /// What made it so.
    pub reason: String,
    /// The payroll provider.
    pub depositor: Option<String>,
    /// What the vendor has reported, one id each, oldest first; at most [`EVENTS_MAX`].
    pub event_ids: Vec<EventId>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub last_event_at: Timestamp,
}

/// What is to be changed; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// How much of each pay: dollars or percent.
    pub amount: Option<Amount>,
    /// Which of both.
    pub amount_type: Option<AmountType>,
    /// What has happened.
    pub step: Option<Step>,
    /// What made it so.
    pub reason: Option<String>,
    /// The payroll provider.
    pub depositor: Option<String>,
}

/// Why an attempt is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChangeProblem {
    /// Amount and type do not go together.
    #[error(transparent)]
    Portion(#[from] PortionProblem),
    /// The table has no such step.
    #[error("cannot be {} where it is {from}", .step.leads_to())]
    Status {
        /// Where it stands.
        from: SwitchStatus,
        /// What cannot be done there.
        step: Step,
    },
}

impl Attempt {
    /// The attempt with a change laid over it. One that says nothing leaves it as it is.
    pub fn changed(&self, change: &Change, now: Timestamp) -> Result<Attempt, ChangeProblem> {
        if *change == Change::default() {
            return Ok(self.clone());
        }
        let portion = self.portion.with(change.amount_type, change.amount)?;
        let status = match change.step {
            None => self.status,
            Some(step) => {
                let problem = ChangeProblem::Status { from: self.status, step };
                self.status.after(step).ok_or(problem)?
            }
        };
        Ok(Attempt {
            portion,
            status,
            reason: change.reason.clone().unwrap_or_else(|| self.reason.clone()),
            depositor: change.depositor.clone().or_else(|| self.depositor.clone()),
            last_event_at: now,
            ..self.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn attempt(status: SwitchStatus) -> Attempt {
        Attempt {
            id: "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33".parse().unwrap(),
            number: 1,
            vendor_reference: "0123".to_owned(),
            portion: Portion::default(),
            status,
            reason: STARTED_REASON.to_owned(),
            depositor: None,
            event_ids: Vec::new(),
            created_at: Timestamp::MIN,
            last_event_at: Timestamp::MIN,
        }
    }

    fn amount(text: &str) -> Option<Amount> {
        Some(text.parse().unwrap())
    }

    /// The whole table, written once more: for each status the steps that may be taken.
    #[test]
    fn dds_4_each_status_knows_its_steps() {
        use Step::{Abort, Complete, Fail, HandOver, Submit};
        for (status, steps) in [
            (SwitchStatus::Started, &[Submit, Abort, Complete, Fail, HandOver][..]),
            (SwitchStatus::Submitted, &[Submit, Complete, Fail, HandOver]),
            (SwitchStatus::Aborted, &[Submit, Abort, Complete, Fail, HandOver]),
            (SwitchStatus::Failed, &[HandOver]),
            (SwitchStatus::Completed, &[]),
            (SwitchStatus::Manual, &[]),
        ] {
            for step in Step::ALL {
                let expected = steps.contains(&step).then(|| step.leads_to());
                assert_eq!(status.after(step), expected, "{status} {step:?}");
            }
        }
    }

    #[test]
    fn dds_3_amount_and_type_go_together_or_are_refused() {
        use AmountType::{All, Amount, Percent};
        let fifty = Portion::of(Some(Percent), amount("50")).unwrap();
        assert_eq!(fifty.with(Some(All), None), Portion::of(Some(All), None));
        assert_eq!(fifty.with(None, amount("100")), Portion::of(Some(Percent), amount("100")));
        assert_eq!(fifty.with(None, amount("100.0001")), Err(PortionProblem::BeyondHundred));
        assert_eq!(fifty.with(Some(Amount), None), Portion::of(Some(Amount), amount("50")));
        assert_eq!(fifty.with(Some(All), amount("1")), Err(PortionProblem::AmountOfAll));
        let dollars = Portion::default().with(None, amount("500")).unwrap();
        assert_eq!(dollars.with(Some(Percent), None), Err(PortionProblem::BeyondHundred));
        assert_eq!(dollars.with(Some(Percent), amount("7.5")).unwrap().amount(), amount("7.5"));
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let amount = (1i64..=2_000_000).prop_map(|e4| Amount::of(Money::from_e4(e4)).unwrap());
        let step = prop::sample::select(Step::ALL.to_vec());
        let kind = prop::sample::select(AmountType::ALL.to_vec());
        let text = "[a-z]{1,5}";
        (
            prop::option::of(amount),
            prop::option::of(kind),
            prop::option::of(step),
            prop::option::of(text),
            prop::option::of(text),
        )
            .prop_map(|(amount, amount_type, step, reason, depositor)| Change {
                amount,
                amount_type,
                step,
                reason,
                depositor,
            })
    }

    proptest! {
        #[test]
        fn dds_3_and_dds_4_whatever_is_said_the_table_and_the_portion_hold(
            changes in prop::collection::vec(any_change(), 0..12),
        ) {
            let mut known = attempt(SwitchStatus::Started);
            for (at, change) in (1i64..).zip(&changes) {
                let now = Timestamp::from_millis(at);
                let Ok(after) = known.changed(change, now) else { continue };
                let expected = match change.step {
                    Some(step) => known.status.after(step),
                    None => Some(known.status),
                };
                prop_assert_eq!(Some(after.status), expected);
                let ended = [SwitchStatus::Completed, SwitchStatus::Manual];
                if ended.contains(&known.status) {
                    prop_assert_eq!(after.status, known.status);
                }
                let portion = after.portion;
                prop_assert_eq!(Portion::of(portion.kind(), portion.amount()), Ok(portion));
                let is_said = *change != Change::default();
                prop_assert_eq!(after.last_event_at == now, is_said);
                prop_assert_eq!(&after.event_ids, &known.event_ids);
                known = after;
            }
        }
    }
}
