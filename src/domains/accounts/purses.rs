//! The purses of an account taken together: what closing asks of them. Follows the close operation
//! of the Accounts page. Only the primary purse can be made so far; others are treated as they
//! come.

pub(super) mod store;

use super::model::{Purse, PurseType};
use crate::kernel::money::Money;
use crate::kernel::time::Timestamp;

/// The purse that is overdrawn, if one is.
pub fn overdrawn(purses: &[Purse]) -> Option<&Purse> {
    purses.iter().find(|purse| purse.available < Money::ZERO || purse.ledger < Money::ZERO)
}

/// Moves all money into the primary purse. A balance that would not fit stays where it is.
pub fn sweep(purses: &mut [Purse], now: Timestamp) {
    let Some(at) = purses.iter().position(|purse| purse.kind == PurseType::Primary) else { return };
    let (before, others) = purses.split_at_mut(at);
    let Some((primary, behind)) = others.split_first_mut() else { return };
    for purse in before.iter_mut().chain(behind) {
        let sums = (
            primary.available.checked_add(purse.available),
            primary.ledger.checked_add(purse.ledger),
        );
        let (Some(available), Some(ledger)) = sums else { continue };
        if (available, ledger) == (primary.available, primary.ledger) {
            continue;
        }
        (primary.available, primary.ledger) = (available, ledger);
        (purse.available, purse.ledger) = (Money::ZERO, Money::ZERO);
        (primary.balance_at, purse.balance_at) = (now, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::PurseId;
    use crate::kernel::source::Source;

    const BEFORE: Timestamp = Timestamp::from_millis(1_000);
    const NOW: Timestamp = Timestamp::from_millis(2_000);

    fn purse(number: u8, available: i64, ledger: i64) -> Purse {
        Purse {
            id: Source::new(&[number; 32], &["purse"]).id(PurseId::new),
            kind: PurseType::Primary,
            available: Money::from_e4(available),
            ledger: Money::from_e4(ledger),
            balance_at: BEFORE,
            is_hidden: false,
            is_round_up: false,
        }
    }

    #[test]
    fn acc_3_a_sweep_moves_all_money_into_the_first_primary_purse() {
        let mut purses = [purse(1, 50, 60), purse(2, 7, 9), purse(3, 0, 0)];
        sweep(&mut purses, NOW);
        let swept = Purse { balance_at: NOW, ..purse(1, 57, 69) };
        let emptied = Purse { balance_at: NOW, ..purse(2, 0, 0) };
        assert_eq!(purses, [swept, emptied, purse(3, 0, 0)]);
        sweep(&mut purses, BEFORE);
        assert_eq!(purses[0].balance_at, NOW, "a second sweep finds nothing to move");
    }

    #[test]
    fn money_that_would_not_fit_is_not_lost() {
        let mut purses = [purse(1, i64::MAX, 0), purse(2, 1, 1)];
        let as_before = purses.clone();
        sweep(&mut purses, NOW);
        assert_eq!(purses, as_before);
    }

    #[test]
    fn either_balance_may_be_overdrawn() {
        assert_eq!(overdrawn(&[purse(1, 0, 0), purse(2, 5, 5)]), None);
        for wrong in [purse(2, -1, 0), purse(2, 0, -1)] {
            assert_eq!(overdrawn(&[purse(1, 9, 9), wrong.clone()]), Some(&wrong));
        }
    }
}
