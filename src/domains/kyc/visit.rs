//! A holder at the gates: who it is, where the account stands, what is to change, and the answer.
//! What every gate has in common.

use super::model::{GateState, Subject};
use super::screening;
use crate::db::{DbError, Work};
use crate::domains::accounts::later;
use crate::domains::accounts::model::{Account, Holder, KycGate, KycState, Upgrade};
use crate::domains::accounts::ops::{self as accounts, Private, PrivateChange};
use crate::domains::accounts::positions::{Position, Step};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Who calls, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The program.
    pub world: &'a World,
    /// The world's moment.
    pub now: Timestamp,
}

/// A holder at the gates, inside a unit of work that holds the key of the account.
#[derive(Debug)]
pub(super) struct Visit {
    before: Account,
    /// The account, as it is to be.
    pub account: Account,
    /// Who is at the gate.
    pub user: UserId,
    /// What is kept of the person.
    pub private: Private,
    /// What of that changes.
    pub change: PrivateChange,
}

impl Visit {
    /// Reads account and holder. `None` if there is no such account, or the user is not on it.
    pub async fn find(
        unit: &mut Work,
        world: &World,
        (account, user): (AccountId, UserId),
    ) -> Result<Option<Self>, DbError> {
        let Some(before) = accounts::get_in(unit, world, account).await?.account else {
            return Ok(None);
        };
        if !before.holders.iter().any(|holder| holder.user_id == user) {
            return Ok(None);
        }
        let Some(private) = accounts::private(unit, world, user).await? else { return Ok(None) };
        let (account, change) = (before.clone(), PrivateChange::default());
        Ok(Some(Self { before, account, user, private, change }))
    }

    /// The holder, as it is to be.
    pub fn holder(&mut self) -> Option<&mut Holder> {
        let user = self.user;
        self.account.holders.iter_mut().find(|holder| holder.user_id == user)
    }

    /// Where the account stands; `None` for a holder by whom it is not screened.
    pub fn position(&self) -> Option<Position> {
        let primary = self.account.primary()?;
        (primary.user_id == self.user).then(|| self.account.position()).flatten()
    }

    /// The screening in question; `None` if there is none for this holder.
    pub fn screening(&self, subject: Subject) -> Option<KycState> {
        let own = self.position().map(|position| position.shown().1)?;
        match subject {
            Subject::Account => Some(own),
            // An account that is held back, closing or closed is not upgraded.
            Subject::Upgrade if self.position() != Some(Position::Healthy) => None,
            Subject::Upgrade => self.account.upgrade.as_ref().map(|upgrade| upgrade.kyc),
        }
    }

    /// Whether this gate is the pending one.
    pub fn awaits(&self, gate: KycGate, subject: Subject) -> bool {
        self.screening(subject).is_some_and(|kyc| kyc.gate == Some(gate))
    }

    /// The identity check was passed. Blocked cards come back with the account, and a sanctions
    /// match that was waiting for this goes to its review.
    pub fn pass(&mut self, unit: &mut Work, caller: &Caller<'_>, subject: Subject) {
        match (subject, &mut self.account.upgrade) {
            (Subject::Account, _) => {
                // Where the step cannot be taken nothing changes: the gate was judged before.
                let _ = self.account.take(Step::KycPassed, caller.now);
                later::schedule_review(unit, caller.world, &self.account, caller.now);
            }
            (Subject::Upgrade, Some(upgrade)) => step_on(upgrade, Step::KycPassed),
            (Subject::Upgrade, None) => {}
        }
        self.change.gate_tries = Some(0);
        // What was said of the next document was said of this gate.
        self.change.next_document = Some(String::new());
    }

    /// The identity check failed for good.
    pub fn fail(&mut self, caller: &Caller<'_>, subject: Subject) {
        match (subject, &mut self.account.upgrade) {
            // Where the step cannot be taken nothing changes: the gate was judged before.
            (Subject::Account, _) => drop(self.account.take(Step::KycFailed, caller.now)),
            (Subject::Upgrade, Some(upgrade)) => step_on(upgrade, Step::KycFailed),
            (Subject::Upgrade, None) => {}
        }
        self.change.next_document = Some(String::new());
    }

    /// Tries at the full number that were used up, this call's included.
    pub fn tries(&self) -> i64 {
        self.change.gate_tries.unwrap_or(self.private.gate_tries)
    }

    /// Where the holder stands now.
    pub fn state(&self, world: &World, subject: Subject) -> Option<GateState> {
        let kyc = self.screening(subject)?;
        let left = i64::from(world.settings.kyc.tries).saturating_sub(self.tries());
        let is_open = kyc.gate == Some(KycGate::Kyc2);
        let attempts_remaining = is_open.then(|| u32::try_from(left).unwrap_or_default());
        Some(GateState { kyc, attempts_remaining })
    }

    /// The answer in the code of where the account stands.
    pub fn answer(&self, world: &World, subject: Subject) -> Outcome<GateState> {
        let code = match subject {
            Subject::Account => self.position().and_then(screening::code_of),
            Subject::Upgrade => None,
        };
        match (code, self.state(world, subject)) {
            (Some(code), _) => self.answer_with(world, subject, self.told(world, code)),
            (None, Some(state)) => Outcome::Done(state),
            (None, None) => self.wrong_gate(),
        }
    }

    /// The answer with a refusal of its own.
    pub fn answer_with(&self, world: &World, subject: Subject, why: Refusal) -> Outcome<GateState> {
        Outcome::Refused { why, shown: self.state(world, subject) }
    }

    /// A code of screening with the facts of the account.
    pub fn told(&self, world: &World, code: &'static VendorCode) -> Refusal {
        screening::refusal(&world.settings, code, "GATE-2").because(self.facts())
    }

    /// The answer at another gate than the pending one.
    pub fn wrong_gate<T>(&self) -> Outcome<T> {
        Outcome::refused(Refusal::of(&codes::GATE_MISMATCH).because(self.facts()))
    }

    fn facts(&self) -> String {
        let (account, standing) = (self.account.id, self.account.standing);
        let holder = self.account.holders.iter().find(|holder| holder.user_id == self.user);
        let gate = holder.and_then(|holder| holder.kyc.gate).map_or("unset", KycGate::as_str);
        let place = if self.position().is_some() { "" } else { ", the holder joined later" };
        format!(
            "account {account} is {} / {}, gate {gate}{place}",
            standing.status, standing.reason
        )
    }

    /// Collects what has changed.
    pub fn save(mut self, unit: &mut Work, caller: &Caller<'_>) {
        // A gate that was left forgets its tries.
        if self.change.gate_tries == Some(self.private.gate_tries) {
            self.change.gate_tries = None;
        }
        let change = [(self.user, self.change)];
        accounts::save(unit, caller.world, (&self.before, &mut self.account), &change, caller.now);
    }
}

/// Where the step cannot be taken nothing changes: the gate was judged before.
fn step_on(upgrade: &mut Upgrade, step: Step) {
    let _ = upgrade.take(step);
}

/// The answer where there is no such account, or the user is not on it.
pub(super) fn nobody<T>() -> Outcome<T> {
    Outcome::refused(Refusal::of(&codes::ACCOUNT_NOT_FOUND))
}
