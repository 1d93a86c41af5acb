//! What the card network may do to an account: when an attempt is refused, and what a clearing or a
//! reversal leaves of an authorization. Pure.

use crate::domains::accounts::model::{AccountStatus, InstrumentStatus};
use crate::domains::transactions::model::{AuthorizationStep, DeclineReason};
use crate::kernel::money::{Amount, Money};

/// What is known when a card asks for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The account's status.
    pub account: AccountStatus,
    /// The card's status.
    pub card: InstrumentStatus,
    /// What it asks for, fees included.
    pub wanted: Money,
    /// What card debits may take.
    pub spendable: Money,
}

/// The first rule that an attempt breaks, if it breaks one. Cards of a restricted account work on.
pub fn judge(attempt: &Attempt) -> Option<DeclineReason> {
    match attempt.account {
        AccountStatus::Pending => return Some(DeclineReason::AccountNotActive),
        AccountStatus::Locked => return Some(DeclineReason::AccountLocked),
        AccountStatus::Closed => return Some(DeclineReason::AccountClosed),
        AccountStatus::Normal | AccountStatus::Restricted => {}
    }
    match attempt.card {
        InstrumentStatus::NotActivated => Some(DeclineReason::CardNotActivated),
        InstrumentStatus::Blocked => Some(DeclineReason::CardBlocked),
        InstrumentStatus::Deactivated => Some(DeclineReason::CardDeactivated),
        InstrumentStatus::Closed => Some(DeclineReason::CardClosed),
        InstrumentStatus::Activated if attempt.wanted > attempt.spendable => {
            Some(DeclineReason::InsufficientFunds)
        }
        InstrumentStatus::Activated => None,
    }
}

/// Whether ACH entries are taken: the account is in use, restricted or not.
pub fn takes_ach(status: AccountStatus) -> bool {
    matches!(status, AccountStatus::Normal | AccountStatus::Restricted)
}

/// Whether anything is posted at all that was not asked for before: the account was complete once
/// and is not closed.
pub fn takes_postings(status: AccountStatus) -> bool {
    !matches!(status, AccountStatus::Pending | AccountStatus::Closed)
}

/// What a clearing does to the hold of its authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearing {
    /// What is held on.
    pub left: Money,
    /// What was not held and must be available.
    pub beyond: Money,
    /// The step that the authorization takes.
    pub step: AuthorizationStep,
}

/// What a clearing of so much leaves. The last one lets go of all that is left, and so does one
/// that uses it up.
pub fn clear(held: Money, cleared: Money, is_last: bool) -> Clearing {
    let rest = difference(held, cleared);
    let left = if is_last { Money::ZERO } else { rest };
    let step = match left {
        Money::ZERO => AuthorizationStep::ClearLast,
        _ => AuthorizationStep::ClearPart,
    };
    Clearing { left, beyond: difference(cleared, held), step }
}

/// What a reversal leaves, and the step that the authorization takes; `None` if there is not so
/// much. Without an amount it is all that is left.
pub fn reverse(left: Money, amount: Option<Amount>) -> Option<(Money, AuthorizationStep)> {
    match amount.map(Amount::money) {
        Some(amount) if amount > left => None,
        Some(amount) if amount < left => {
            Some((difference(left, amount), AuthorizationStep::ReversePart))
        }
        _ => Some((Money::ZERO, AuthorizationStep::Reverse)),
    }
}

/// The difference of what is not negative; nothing if it would be negative.
fn difference(from: Money, less: Money) -> Money {
    from.checked_sub(less).unwrap_or(Money::ZERO).max(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Proves TXN-3.
    #[test]
    fn the_account_refuses_before_the_card_and_the_card_before_the_money() {
        use AccountStatus as A;
        use DeclineReason as D;
        use InstrumentStatus as I;
        let judged = |account, card, wanted| {
            let (wanted, spendable) = (Money::from_e4(wanted), Money::from_e4(10));
            judge(&Attempt { account, card, wanted, spendable })
        };
        for (account, card, wanted, reason) in [
            (A::Pending, I::Blocked, 11, Some(D::AccountNotActive)),
            (A::Locked, I::Blocked, 11, Some(D::AccountLocked)),
            (A::Closed, I::Closed, 11, Some(D::AccountClosed)),
            (A::Normal, I::NotActivated, 11, Some(D::CardNotActivated)),
            (A::Restricted, I::Blocked, 11, Some(D::CardBlocked)),
            (A::Normal, I::Deactivated, 11, Some(D::CardDeactivated)),
            (A::Normal, I::Closed, 11, Some(D::CardClosed)),
            (A::Normal, I::Activated, 11, Some(D::InsufficientFunds)),
            (A::Restricted, I::Activated, 11, Some(D::InsufficientFunds)),
            (A::Normal, I::Activated, 10, None),
            (A::Restricted, I::Activated, 10, None),
        ] {
            assert_eq!(judged(account, card, wanted), reason, "{account} {card} {wanted}");
        }
    }

    #[derive(Debug, Clone)]
    enum Move {
        Clear(i64, bool),
        Reverse(Option<i64>),
    }

    fn moves() -> impl Strategy<Value = Vec<Move>> {
        let amount = 1i64..60;
        let one = prop_oneof![
            (amount.clone(), any::<bool>()).prop_map(|(sum, last)| Move::Clear(sum, last)),
            proptest::option::of(amount).prop_map(Move::Reverse),
        ];
        proptest::collection::vec(one, 0..12)
    }

    proptest! {
        // Proves TXN-3.
        #[test]
        fn what_was_held_is_cleared_or_let_go_and_never_more(held in 1i64..100, moves in moves()) {
            let (mut left, mut within, mut freed) = (Money::from_e4(held), 0, 0);
            for one in moves {
                let (after, step) = match one {
                    Move::Clear(sum, is_last) => {
                        let clearing = clear(left, Money::from_e4(sum), is_last);
                        let none = Money::ZERO;
                        prop_assert!(clearing.beyond == none || clearing.left == none);
                        let held = sum - clearing.beyond.e4();
                        prop_assert!(held <= left.e4());
                        within += held;
                        freed += left.e4() - held - clearing.left.e4();
                        (clearing.left, clearing.step)
                    }
                    Move::Reverse(sum) => {
                        let amount = sum.map(|sum| Amount::of(Money::from_e4(sum)).unwrap());
                        let Some((after, step)) = reverse(left, amount) else {
                            prop_assert!(sum.is_some_and(|sum| sum > left.e4()));
                            continue;
                        };
                        freed += left.e4() - after.e4();
                        (after, step)
                    }
                };
                let is_part =
                    matches!(step, AuthorizationStep::ClearPart | AuthorizationStep::ReversePart);
                prop_assert!(after >= Money::ZERO && after <= left);
                prop_assert_eq!(is_part, after > Money::ZERO);
                prop_assert_eq!(within + freed + after.e4(), held);
                left = after;
                if !is_part {
                    break;
                }
            }
        }
    }
}
