//! Fees that are due by themselves. Those of adjustments and cash machines are posted with them.

use super::actions::{Desk, refused};
use super::cards::expect_postings;
use super::model::{Details, InternalData, Transaction};
use super::requests::FeeWish;
use crate::domains::accounts::actions::ActionError;
use crate::domains::ledger::model::{Floor, NewTransaction};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};

/// A fee is due: as far below zero as a feature allows, and no further.
pub(super) fn charge(
    desk: &mut Desk<'_>,
    FeeWish { amount, description }: FeeWish,
) -> Result<Vec<Transaction>, ActionError> {
    expect_postings(desk)?;
    let internal = InternalData { description: Some(description.0), ..InternalData::default() };
    let details = Details {
        type_description: "Fee".to_owned(),
        internal: Some(internal),
        ..Details::default()
    };
    let new = NewTransaction {
        id: desk.next_id(),
        purse: desk.books.primary,
        kind: TransactionType::Fee,
        direction: Direction::Debit,
        amount,
        details,
    };
    let posted = desk.books.post(new, ProgramBook::Fees, Floor::Cushion, desk.now);
    Ok(vec![posted.map_err(refused)?])
}
