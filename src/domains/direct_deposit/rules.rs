//! What may be asked of switches. Follows the page "Direct Deposit Switch"; which accounts may
//! switch is a reading.

use super::model::{ATTEMPTS_MAX, ChangeProblem};
use crate::domains::accounts::model::{AccountStatus, Standing};
use crate::kernel::codes;
use crate::kernel::ids::SwitchId;
use crate::kernel::outcome::Refusal;

/// Why a switch or a form is not made, in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denial {
    /// The account is not in use.
    AccountState(Standing),
    /// The account has as many attempts as it may.
    Full,
}

/// The first rule that a new attempt breaks, if it breaks one; `made` is how many there are.
pub fn judge_new(standing: Standing, made: i64) -> Option<Denial> {
    judge_account(standing).or((made >= ATTEMPTS_MAX).then_some(Denial::Full))
}

/// Whether deposits may be directed to an account: to one that is in use.
pub fn judge_account(standing: Standing) -> Option<Denial> {
    (standing.status != AccountStatus::Normal).then_some(Denial::AccountState(standing))
}

impl Denial {
    /// The vendor's answer.
    pub fn refusal(self) -> Refusal {
        match self {
            Denial::AccountState(Standing { status, reason }) => {
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED)
                    .under("DDS-1")
                    .because(format!("the account is {status} / {reason}"))
            }
            Denial::Full => Refusal::of(&codes::SWITCHES_FULL).because(format!(
                "the account has {ATTEMPTS_MAX} switch attempts, the most it may"
            )),
        }
    }
}

/// The answer to a change that cannot be made; it names the member.
pub fn refused_change(problem: ChangeProblem) -> Refusal {
    let member = match problem {
        ChangeProblem::Portion(_) => "amount",
        ChangeProblem::Status { .. } => "status",
    };
    let says = format!("patchObj.{member}: {problem}");
    Refusal::of(&codes::MEMBER_INVALID).under("DDS-3").saying(says)
}

/// No attempt of the account has this id.
pub fn not_found(id: SwitchId) -> Refusal {
    Refusal::of(&codes::SWITCH_NOT_FOUND).because(format!("the account has no switch attempt {id}"))
}

/// The account has no attempt at all.
pub fn none_yet() -> Refusal {
    Refusal::of(&codes::SWITCH_NONE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::accounts::model::StatusReason;

    #[test]
    fn env_3_the_state_of_the_account_is_judged_before_the_number_of_attempts() {
        let standing = |status| Standing { status, reason: StatusReason::Healthy };
        let normal = standing(AccountStatus::Normal);
        assert_eq!(judge_new(normal, ATTEMPTS_MAX - 1), None);
        assert_eq!(judge_new(normal, ATTEMPTS_MAX), Some(Denial::Full));
        for status in AccountStatus::ALL.iter().filter(|it| **it != AccountStatus::Normal) {
            let other = standing(*status);
            assert_eq!(judge_new(other, ATTEMPTS_MAX), Some(Denial::AccountState(other)));
        }
    }
}
