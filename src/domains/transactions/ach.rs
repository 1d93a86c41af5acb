//! What other banks send over ACH: credits, debits, and entries that go back. Both directions are
//! `achIn`, since this side is the one that receives. Follows the ACH and Transactions pages.

use super::actions::{Desk, not_here, refused};
use super::model::{AchCategory, BankData, Details, InternalData, Transaction, TransactionState};
use super::ops;
use super::requests::{AchWish, ReturnAchWish};
use super::rules::cards as rules;
use crate::domains::accounts::actions::ActionError;
use crate::domains::ledger::model::{Floor, NewTransaction};
use crate::domains::ledger::ops as ledger;
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};

/// Digits of the account at the other bank.
const ACCOUNT_DIGITS: usize = 10;
/// Districts that a routing number begins with: 01 to this one.
const DISTRICTS: u64 = 12;

/// A credit arrives. An account that is not in use sends it back.
pub(super) fn deposit(desk: &mut Desk<'_>, wish: AchWish) -> Result<Vec<Transaction>, ActionError> {
    receive(desk, wish, (Direction::Credit, AchCategory::Payroll, "Deposit"))
}

/// A debit arrives. It takes what is available and no more.
pub(super) fn debit(desk: &mut Desk<'_>, wish: AchWish) -> Result<Vec<Transaction>, ActionError> {
    receive(desk, wish, (Direction::Debit, AchCategory::Unknown, "ACH Debit"))
}

fn receive(
    desk: &mut Desk<'_>,
    wish: AchWish,
    (direction, category, description): (Direction, AchCategory, &str),
) -> Result<Vec<Transaction>, ActionError> {
    let standing = desk.account.standing;
    if !rules::takes_ach(standing.status) {
        let words = format!("the account is {} / {}", standing.status, standing.reason);
        return Err(ActionError::Impossible(format!("{words}: the entry is returned")));
    }
    let AchWish { amount, originator, category: given, description: said } = wish;
    let internal = InternalData {
        ach_category: Some(given.unwrap_or(category).to_string()),
        bank: Some(bank_of(desk, &originator.0)),
        description: Some(said.map_or(originator.0, |words| words.0)),
        ..InternalData::default()
    };
    let details = Details {
        type_description: description.to_owned(),
        internal: Some(internal),
        ..Details::default()
    };
    let (id, purse, kind) = (desk.next_id(), desk.books.primary, TransactionType::AchIn);
    let new = NewTransaction { id, purse, kind, direction, amount, details };
    let posted = desk.books.post(new, ProgramBook::Settlement, Floor::Zero, desk.now);
    Ok(vec![posted.map_err(refused)?])
}

/// The bank of an originator: always the same one.
fn bank_of(desk: &Desk<'_>, originator: &str) -> BankData {
    let mut source = desk.world.source(&["originator", originator]);
    let district = source.below(DISTRICTS) + 1;
    let first = format!("{district:02}{}", source.digits(6));
    BankData {
        routing_number: format!("{first}{}", check_digit(&first)),
        account_number: source.digits(ACCOUNT_DIGITS),
        bank_name: originator.to_owned(),
        account_type: "checking".to_owned(),
    }
}

/// The ninth digit of a routing number: with the weights 3, 7 and 1 all digits sum to tens.
fn check_digit(first: &str) -> u32 {
    let digits = first.chars().filter_map(|digit| digit.to_digit(10));
    let sum: u32 = digits.zip([3, 7, 1].into_iter().cycle()).map(|(digit, by)| digit * by).sum();
    (10 - sum % 10) % 10
}

/// An entry goes back, once: the opposite posting. The other bank asks for its money whatever is
/// there, so what was credited may take the account below zero (TXN-3).
pub(super) async fn send_back(
    desk: &mut Desk<'_>,
    ReturnAchWish { transaction_identifier: id, description }: ReturnAchWish,
) -> Result<Vec<Transaction>, ActionError> {
    super::cards::expect_postings(desk)?;
    let entry = desk.expect(id).await?;
    let internal = entry.details.internal.unwrap_or_default();
    let is_entry = entry.kind == TransactionType::AchIn
        && entry.state == TransactionState::Posted
        && internal.adjustment.is_none()
        && internal.transfer.is_none();
    if !is_entry || internal.returns.is_some() {
        return Err(not_here(id, "is no ACH entry that came in"));
    }
    // An id of its own for each entry: a second return would be the same row.
    let own = ledger::transaction_id(desk.world, desk.account.id, &format!("return of {id}"));
    if ops::find(desk.unit, desk.world, desk.account.id, own).await?.is_some() {
        return Err(not_here(id, format!("was returned already, by {own}")));
    }
    let direction = Direction::of_credit(!entry.direction.is_credit());
    let internal = InternalData {
        description: description.map(|words| words.0).or(internal.description),
        returns: Some(id),
        ..internal
    };
    let details = Details {
        type_description: "ACH Return".to_owned(),
        internal: Some(internal),
        ..Details::default()
    };
    let (purse, kind, amount) = (entry.purse, entry.kind, entry.amount);
    let new = NewTransaction { id: own, purse, kind, direction, amount, details };
    let posted = desk.books.post(new, ProgramBook::Settlement, Floor::Open, desk.now);
    Ok(vec![posted.map_err(refused)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_routing_number_passes_its_checksum() {
        for (first, last) in [("02100002", 1), ("11100002", 5), ("12100024", 8), ("00000000", 0)] {
            assert_eq!(check_digit(first), last, "{first}");
        }
    }
}
