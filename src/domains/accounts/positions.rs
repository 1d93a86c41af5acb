//! Where an account stands, and how it gets from one place to the next.
//!
//! A [`Position`] is one row of the vendor's status matrix: account status and reason, the results
//! of both screenings and the pending gate of the primary holder. They move together, so they are
//! one state, and [`Position::after`] is the one table of its steps. What the tests walk and the
//! diagram in `docs/states.md` shows is made from it. Follows the KYC page, the Accounts page and
//! the samples of Enrollments API Endpoints; rows and steps that are our reading are named in
//! `docs/quirks.md`.

use super::cards::CardStep;
use super::model::{
    Account, AccountStatus, CheckStatus, KycGate, KycState, Standing, StatusReason, Upgrade,
};
use crate::kernel::time::Timestamp;

use AccountStatus::{Closed, Locked, Normal, Pending, Restricted};
use CheckStatus::{Failed, Passed};
use KycGate::{Healthy as HealthyGate, Idv, Kyc2, Manual, None as NoGate};

/// One row of the status matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// The enrollment stopped half-way; the same call completes it.
    Unfinished,
    /// Both screenings are passed; cards and cycle day are still to come.
    Approved,
    /// Enrolled and in use.
    Healthy,
    /// The full identity number is wanted; sanctions are not decided.
    Kyc2Needed,
    /// Documents are wanted; sanctions are not decided.
    IdvNeededOfacPending,
    /// Documents are wanted.
    IdvNeeded,
    /// Documents are wanted, and a sanctions match is to be reviewed after them.
    IdvNeededOfacMatched,
    /// A sanctions match is under review; shown as pending.
    OfacReview,
    /// A sanctions match is under review; shown as locked.
    OfacReviewLocked,
    /// A sanctions match is under review; shown as failed, as the older table has it.
    OfacReviewFailed,
    /// Both screenings failed, a review may follow; the older table.
    BothFailed,
    /// The identity check failed for good.
    KycFailed,
    /// The sanctions match was confirmed.
    OfacDeclined,
    /// Both screenings failed for good.
    BothDeclined,
    /// The card processor could not make the cards.
    ProcessorFailed,
    /// The cards stayed blocked after a fraud block was lifted; the care team looks at it.
    UnderReview,
    /// Held back by the bank, the partner or a fraud rule.
    Held(Hold),
    /// The customer is closing the account.
    SpendDown,
    /// Ended.
    Ended,
}

/// How an account is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hold {
    /// How firmly.
    pub grip: Grip,
    /// Why.
    pub cause: Cause,
    /// What the partner can do about it.
    pub cure: Cure,
}

/// How firmly an account is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grip {
    /// Partly usable.
    Restricted,
    /// Not usable; its cards are blocked.
    Locked,
}

/// Why an account is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Fraud is suspected.
    PotentialFraud,
    /// Fraud was found.
    ConfirmedFraud,
    /// Somebody else may have got hold of the account.
    PotentialAccountTakeover,
    /// Documents must be verified.
    VerificationNeeded,
}

/// What ends a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cure {
    /// Nothing that the partner could do.
    None,
    /// Documents.
    Idv,
    /// A review.
    Manual,
}

/// What may happen to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Cards and cycle day are made.
    Completed,
    /// The card processor has failed for good.
    ProcessorGaveUp,
    /// The pending identity gate was passed.
    KycPassed,
    /// No try at the identity number is left, and documents may help.
    TriesUsedUp,
    /// The identity check failed for good.
    KycFailed,
    /// The sanctions review found nothing.
    OfacCleared,
    /// The sanctions review confirmed the match.
    OfacFailed,
    /// The bank, the partner or a fraud rule holds the account back.
    Hold(Hold),
    /// The hold is lifted.
    Release,
    /// The cards could not be unblocked.
    CardsStayedBlocked,
    /// The care team has settled the review.
    ReviewPassed,
    /// The customer asks to close the account.
    SpendDown,
    /// The account is closed.
    Close,
}

impl Position {
    /// Every row, holds included, in the order of an account's life.
    pub fn all() -> impl Iterator<Item = Position> {
        use Position as P;
        let plain = [
            P::Unfinished,
            P::Approved,
            P::Healthy,
            P::Kyc2Needed,
            P::IdvNeededOfacPending,
            P::IdvNeeded,
            P::IdvNeededOfacMatched,
            P::OfacReview,
            P::OfacReviewLocked,
            P::OfacReviewFailed,
            P::BothFailed,
            P::KycFailed,
            P::OfacDeclined,
            P::BothDeclined,
            P::ProcessorFailed,
            P::UnderReview,
            P::SpendDown,
            P::Ended,
        ];
        plain.into_iter().chain(Hold::all().map(P::Held))
    }

    /// Its name in `docs/states.md` and in the control API.
    pub fn name(self) -> &'static str {
        match self {
            Position::Unfinished => "Unfinished",
            Position::Approved => "Approved",
            Position::Healthy => "Healthy",
            Position::Kyc2Needed => "Kyc2Needed",
            Position::IdvNeededOfacPending => "IdvNeededOfacPending",
            Position::IdvNeeded => "IdvNeeded",
            Position::IdvNeededOfacMatched => "IdvNeededOfacMatched",
            Position::OfacReview => "OfacReview",
            Position::OfacReviewLocked => "OfacReviewLocked",
            Position::OfacReviewFailed => "OfacReviewFailed",
            Position::BothFailed => "BothFailed",
            Position::KycFailed => "KycFailed",
            Position::OfacDeclined => "OfacDeclined",
            Position::BothDeclined => "BothDeclined",
            Position::ProcessorFailed => "ProcessorFailed",
            Position::UnderReview => "UnderReview",
            Position::Held(_) => "Held",
            Position::SpendDown => "SpendDown",
            Position::Ended => "Ended",
        }
    }

    /// The row as the account object shows it.
    pub fn shown(self) -> (Standing, KycState) {
        use StatusReason as R;
        let (status, reason, ofac, kyc, gate) = match self {
            Position::Unfinished => (Pending, R::RegistrationNotComplete, Passed, Passed, None),
            Position::Approved => {
                (Pending, R::RegistrationNotComplete, Passed, Passed, Some(HealthyGate))
            }
            Position::Healthy => (Normal, R::Healthy, Passed, Passed, Some(HealthyGate)),
            Position::Kyc2Needed => {
                (Pending, R::RegistrationNotComplete, CheckStatus::Pending, Failed, Some(Kyc2))
            }
            Position::IdvNeededOfacPending => {
                (Pending, R::RegistrationNotComplete, CheckStatus::Pending, Failed, Some(Idv))
            }
            Position::IdvNeeded => (Pending, R::RegistrationNotComplete, Passed, Failed, Some(Idv)),
            Position::IdvNeededOfacMatched => {
                (Locked, R::RegistrationNotComplete, Failed, Failed, Some(Idv))
            }
            Position::OfacReview => {
                (Pending, R::RegistrationNotComplete, CheckStatus::Pending, Passed, Some(Manual))
            }
            Position::OfacReviewLocked => {
                (Locked, R::RegistrationNotComplete, Failed, Passed, Some(Manual))
            }
            Position::OfacReviewFailed => {
                (Locked, R::RegistrationFailed, Failed, Passed, Some(Manual))
            }
            Position::BothFailed => (Locked, R::RegistrationFailed, Failed, Failed, Some(Manual)),
            Position::KycFailed => (Locked, R::RegistrationFailed, Passed, Failed, Some(NoGate)),
            Position::OfacDeclined => (Locked, R::RegistrationFailed, Failed, Passed, Some(NoGate)),
            Position::BothDeclined => (Locked, R::RegistrationFailed, Failed, Failed, Some(NoGate)),
            Position::ProcessorFailed => {
                (Locked, R::RegistrationFailed, Passed, Passed, Some(NoGate))
            }
            Position::UnderReview => (Locked, R::UnderReview, Passed, Passed, Some(Manual)),
            Position::Held(hold) => {
                (hold.grip.status(), hold.cause.reason(), Passed, Passed, Some(hold.cure.gate()))
            }
            Position::SpendDown => {
                (Restricted, R::CustomerInitiatedSpendDown, Passed, Passed, Some(NoGate))
            }
            Position::Ended => (Closed, R::ClosedWithZeroBalance, Passed, Passed, Some(NoGate)),
        };
        (Standing { status, reason }, KycState { ofac, kyc, gate })
    }

    /// The row that an account object shows, if it is one.
    pub fn read(standing: Standing, kyc: KycState) -> Option<Position> {
        Position::all().find(|position| position.shown() == (standing, kyc))
    }

    /// Where a step leads from here; `None` if it cannot be taken. The one table of all steps.
    pub fn after(self, step: Step) -> Option<Position> {
        use Position as P;
        Some(match (self, step) {
            (P::Approved, Step::Completed) => P::Healthy,
            (P::Approved, Step::ProcessorGaveUp) => P::ProcessorFailed,

            (P::Kyc2Needed | P::IdvNeededOfacPending, Step::KycPassed) => P::OfacReview,
            (P::IdvNeeded, Step::KycPassed) => P::Approved,
            (P::IdvNeededOfacMatched, Step::KycPassed) => P::OfacReviewLocked,
            (P::Kyc2Needed, Step::TriesUsedUp) => P::IdvNeededOfacPending,
            (P::Kyc2Needed | P::IdvNeededOfacPending | P::IdvNeeded, Step::KycFailed) => {
                P::KycFailed
            }
            (P::IdvNeededOfacMatched, Step::KycFailed) => P::BothDeclined,

            (P::OfacReview | P::OfacReviewLocked | P::OfacReviewFailed, Step::OfacCleared) => {
                P::Approved
            }
            (P::BothFailed, Step::OfacCleared) => P::KycFailed,
            (P::IdvNeededOfacMatched, Step::OfacCleared) => P::IdvNeeded,
            (P::OfacReview | P::OfacReviewLocked | P::OfacReviewFailed, Step::OfacFailed) => {
                P::OfacDeclined
            }
            (P::BothFailed | P::IdvNeededOfacMatched, Step::OfacFailed) => P::BothDeclined,

            (P::Healthy | P::Held(_), Step::Hold(hold)) => P::Held(hold),
            (P::Held(_), Step::Release) => P::Healthy,
            // Documents end a hold that asks for them, or make it one without a cure.
            (P::Held(Hold { cure: Cure::Idv, .. }), Step::KycPassed) => P::Healthy,
            (P::Held(hold @ Hold { cure: Cure::Idv, .. }), Step::KycFailed) => {
                P::Held(Hold { grip: Grip::Locked, cure: Cure::None, ..hold })
            }
            (P::Healthy, Step::CardsStayedBlocked) => P::UnderReview,
            (P::UnderReview, Step::ReviewPassed) => P::Healthy,

            (P::Healthy, Step::SpendDown) => P::SpendDown,
            (P::SpendDown | P::Held(_) | P::UnderReview, Step::Close) => P::Ended,
            _ => return None,
        })
    }

    /// Whether an account here takes one of the places that limits leave: it is in use, or a cure
    /// is open. Follows "Active Consumer Account Limits".
    pub fn is_active(self) -> bool {
        let (standing, kyc) = self.shown();
        standing.status == Normal || kyc.gate != Some(NoGate)
    }

    /// Whether a sanctions match is to be reviewed now.
    pub fn awaits_review(self) -> bool {
        self.is_ofac_review() || self == Position::BothFailed
    }

    /// Whether a sanctions match is under review and nothing else is open.
    pub fn is_ofac_review(self) -> bool {
        use Position as P;
        matches!(self, P::OfacReview | P::OfacReviewLocked | P::OfacReviewFailed)
    }

    /// Whether cards of an account here are blocked with it.
    pub fn blocks_cards(self) -> bool {
        match self {
            Position::Held(hold) => hold.grip == Grip::Locked,
            Position::UnderReview => true,
            _ => false,
        }
    }
}

impl Hold {
    /// Every way to be held.
    pub fn all() -> impl Iterator<Item = Hold> {
        let causes = Cause::ALL.into_iter().flat_map(|cause| Cure::ALL.map(|cure| (cause, cure)));
        causes.flat_map(|(cause, cure)| Grip::ALL.map(|grip| Hold { grip, cause, cure }))
    }
}

impl Grip {
    /// Both, the lighter one first.
    pub const ALL: [Grip; 2] = [Grip::Restricted, Grip::Locked];

    /// As the account shows it.
    pub fn status(self) -> AccountStatus {
        match self {
            Grip::Restricted => Restricted,
            Grip::Locked => Locked,
        }
    }
}

impl Cause {
    /// All causes.
    pub const ALL: [Cause; 4] = [
        Cause::PotentialFraud,
        Cause::ConfirmedFraud,
        Cause::PotentialAccountTakeover,
        Cause::VerificationNeeded,
    ];

    /// As the account shows it.
    pub fn reason(self) -> StatusReason {
        match self {
            Cause::PotentialFraud => StatusReason::PotentialFraud,
            Cause::ConfirmedFraud => StatusReason::ConfirmedFraud,
            Cause::PotentialAccountTakeover => StatusReason::PotentialAccountTakeover,
            Cause::VerificationNeeded => StatusReason::VerificationNeeded,
        }
    }
}

impl Cure {
    /// All cures.
    pub const ALL: [Cure; 3] = [Cure::None, Cure::Idv, Cure::Manual];

    /// As the account shows it.
    pub fn gate(self) -> KycGate {
        match self {
            Cure::None => NoGate,
            Cure::Idv => Idv,
            Cure::Manual => Manual,
        }
    }
}

impl Step {
    /// Every step, holds included.
    pub fn all() -> impl Iterator<Item = Step> {
        let plain = [
            Step::Completed,
            Step::ProcessorGaveUp,
            Step::KycPassed,
            Step::TriesUsedUp,
            Step::KycFailed,
            Step::OfacCleared,
            Step::OfacFailed,
            Step::Release,
            Step::CardsStayedBlocked,
            Step::ReviewPassed,
            Step::SpendDown,
            Step::Close,
        ];
        plain.into_iter().chain(Hold::all().map(Step::Hold))
    }
}

impl Upgrade {
    /// Takes a step of the screening for an upgrade, which has a small table of its own: the
    /// account itself stays where it is. False, and nothing changed, if it cannot be taken.
    #[must_use]
    pub fn take(&mut self, step: Step) -> bool {
        let KycState { ofac, kyc, gate } = self.kyc;
        self.kyc = match (gate, step) {
            (Some(Idv), Step::KycPassed) => {
                // A sanctions match stands in the way until a review of it ends.
                let gate = if ofac == Passed { HealthyGate } else { Manual };
                KycState { ofac, kyc: Passed, gate: Some(gate) }
            }
            (Some(Idv), Step::KycFailed) => KycState { ofac, kyc: Failed, gate: Some(NoGate) },
            (Some(Manual), Step::OfacCleared) => {
                KycState { ofac: Passed, kyc, gate: Some(HealthyGate) }
            }
            (Some(Manual), Step::OfacFailed) => KycState { ofac: Failed, kyc, gate: Some(NoGate) },
            _ => return false,
        };
        true
    }
}

impl Account {
    /// Where the account stands; `None` if its members do not go together, which nothing here
    /// writes.
    pub fn position(&self) -> Option<Position> {
        Position::read(self.standing, self.primary()?.kyc)
    }

    /// Puts the account at a position: status, screening of the primary holder, place among the
    /// active ones, and cards that are blocked or closed with it. Cards are unblocked by a step of
    /// their own, since that may fail.
    pub fn stand_at(&mut self, position: Position, now: Timestamp) {
        let (standing, kyc) = position.shown();
        if self.standing != standing {
            self.standing = standing;
            self.status_changed_at = now;
        }
        if position.is_active() && self.first_active_at.is_none() {
            self.first_active_at = Some(now);
        }
        for holder in &mut self.holders {
            if holder.is_primary {
                holder.kyc = kyc;
            }
            for card in &mut holder.cards {
                if position == Position::Ended {
                    card.take(CardStep::Close, now);
                } else if position.blocks_cards() {
                    card.take(CardStep::Block, now);
                }
            }
        }
    }

    /// Takes a step. `None`, and nothing changed, if it cannot be taken from here. Blocked cards
    /// come back with any step to where cards are not blocked, but for a release: there the
    /// processor may have to be asked more than once.
    #[must_use]
    pub fn take(&mut self, step: Step, now: Timestamp) -> Option<Position> {
        let position = self.position()?.after(step)?;
        self.stand_at(position, now);
        if step != Step::Release && !position.blocks_cards() {
            self.unblock_cards(now);
        }
        if matches!(step, Step::SpendDown | Step::Close) {
            self.upgrade = None;
        }
        Some(position)
    }

    /// Gives blocked cards back to their holders.
    pub fn unblock_cards(&mut self, now: Timestamp) {
        for card in self.holders.iter_mut().flat_map(|holder| &mut holder.cards) {
            card.take(CardStep::Unblock, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_two_positions_look_alike() {
        for position in Position::all() {
            let (standing, kyc) = position.shown();
            assert_eq!(Position::read(standing, kyc), Some(position));
        }
    }

    #[test]
    fn every_position_can_be_left_or_is_an_end() {
        // What stopped half-way is screened when the call comes again, whatever that comes to.
        let is_end = |p: &Position| Step::all().all(|step| p.after(step).is_none());
        let ends: Vec<_> =
            Position::all().filter(|p| *p != Position::Unfinished && is_end(p)).collect();
        assert_eq!(
            ends,
            [
                Position::KycFailed,
                Position::OfacDeclined,
                Position::BothDeclined,
                Position::ProcessorFailed,
                Position::Ended,
            ]
        );
        assert!(ends.iter().all(|end| !end.is_active()));
    }

    #[test]
    fn only_a_complete_account_is_normal_and_only_normal_ones_are_held_or_closed() {
        for (from, step) in Position::all().flat_map(|p| Step::all().map(move |step| (p, step))) {
            let Some(to) = from.after(step) else { continue };
            let in_use = |p: Position| {
                matches!(
                    p,
                    Position::Healthy
                        | Position::Held(_)
                        | Position::UnderReview
                        | Position::SpendDown
                        | Position::Ended
                )
            };
            assert!(!in_use(to) || in_use(from) || step == Step::Completed, "{from:?} {step:?}");
            assert!(!in_use(from) || in_use(to), "{from:?} {step:?}");
        }
    }

    fn any_step() -> impl Strategy<Value = Step> {
        proptest::sample::select(Step::all().collect::<Vec<_>>())
    }

    proptest! {
        #[test]
        fn a_walk_of_any_steps_stays_in_the_matrix(
            steps in proptest::collection::vec(any_step(), 0..40),
        ) {
            let mut position = Position::IdvNeededOfacMatched;
            for step in steps {
                let before = position;
                position = position.after(step).unwrap_or(position);
                prop_assert!(Position::all().any(|known| known == position));
                // What has ended stays ended.
                prop_assert!(before != Position::Ended || position == Position::Ended);
            }
        }
    }
}
