//! The proof of a world's books, from what is stored: every posting in its order, every balance,
//! every hold. It trusts nothing that the ledger has computed on the way, and names the first entry
//! that does not fit.

mod store;

use std::collections::BTreeMap;

use crate::db::{Db, DbError, Key, Scope, Work};
use crate::kernel::ids::ProgramCode;
use crate::kernel::money::Money;
use crate::kernel::movements::ProgramBook;
use store::{AuditedPosting, Place};

/// What a proof found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Postings looked at.
    pub postings: u64,
    /// Purses looked at.
    pub purses: u64,
    /// What all purses hold together, by their postings; ten-thousandths of a dollar.
    pub held_by_purses: i128,
    /// What each book of the program holds.
    pub books: BTreeMap<&'static str, i128>,
    /// The first entry that does not fit, if one does not.
    pub problem: Option<Problem>,
}

/// An entry that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The account.
    pub account: String,
    /// The purse, the transaction or the posting.
    pub entry: String,
    /// What is wrong with it.
    pub what: String,
}

impl Problem {
    fn of(account: &str, entry: impl Into<String>, what: impl Into<String>) -> Self {
        Self { account: account.to_owned(), entry: entry.into(), what: what.into() }
    }
}

/// Proves the books of a world. Nothing moves in it meanwhile.
pub async fn audit(db: &Db, program: &ProgramCode) -> Result<Audit, DbError> {
    let mut unit = db.begin(Scope::keys(vec![Key::world(program)])).await?;
    let mut audit = Audit::default();
    follow_postings(&mut unit, program, &mut audit).await?;
    if audit.problem.is_none() {
        compare_balances(&mut unit, program, &mut audit).await?;
    }
    if audit.problem.is_none() {
        audit.problem = store::first_loose_end(&mut unit, program).await?;
    }
    let sum = audit.held_by_purses + audit.books.values().sum::<i128>();
    if audit.problem.is_none() && sum != 0 {
        audit.problem = Some(Problem::of("", "books", format!("they sum to {sum} and not to 0")));
    }
    Ok(audit)
}

/// Follows every posting, account by account, in the order of its making.
async fn follow_postings(
    unit: &mut Work,
    program: &ProgramCode,
    audit: &mut Audit,
) -> Result<(), DbError> {
    let (mut place, mut account) = (Place::default(), String::new());
    let mut balances: BTreeMap<String, i128> = BTreeMap::new();
    loop {
        let page = store::postings(unit, program, &place).await?;
        let Some(last) = page.last() else { return Ok(()) };
        place = Place { account: last.account_id.clone(), sequence: last.sequence };
        for posting in &page {
            if posting.account_id != account {
                account.clone_from(&posting.account_id);
                balances.clear();
            }
            if let Some(what) = follow(posting, &mut balances, audit) {
                let entry = format!("posting {}", posting.sequence);
                audit.problem = Some(Problem::of(&account, entry, what));
                return Ok(());
            }
        }
    }
}

/// Books one posting; what is wrong with it.
fn follow(
    posting: &AuditedPosting,
    balances: &mut BTreeMap<String, i128>,
    audit: &mut Audit,
) -> Option<String> {
    let amount = i128::from(posting.amount_e4);
    let is_credit = posting.credit_book == posting.purse_id;
    let other = if is_credit { &posting.debit_book } else { &posting.credit_book };
    let book = ProgramBook::ALL.iter().find(|book| book.as_str() == other);
    let Some(book) = book else { return Some(format!("{other} is no book of the program")) };
    if amount <= 0 {
        return Some(format!("it moves {}", dollars(posting.amount_e4)));
    }
    let change = if is_credit { amount } else { -amount };
    let balance = balances.entry(posting.purse_id.clone()).or_default();
    *balance += change;
    if *balance != i128::from(posting.balance_e4) {
        let (stored, found) = (dollars(posting.balance_e4), *balance as f64 / 10_000.0);
        return Some(format!("the balance behind it is {stored} and not {found}"));
    }
    audit.postings += 1;
    audit.held_by_purses += change;
    *audit.books.entry(book.as_str()).or_default() -= change;
    posting.transaction_problem(is_credit)
}

/// Stored money in words.
fn dollars(e4: i64) -> Money {
    Money::from_e4(e4)
}

impl AuditedPosting {
    /// What its transaction has otherwise.
    fn transaction_problem(&self, is_credit: bool) -> Option<String> {
        let is_same = self.transaction_state.as_deref() == Some("posted")
            && self.transaction_amount == Some(self.amount_e4)
            && self.transaction_is_credit == Some(is_credit)
            && self.transaction_purse.as_ref() == Some(&self.purse_id)
            && self.transaction_sequence == Some(self.sequence)
            && self.transaction_at == Some(self.posted_at);
        (!is_same)
            .then(|| format!("its transaction {} does not agree with it", self.transaction_id))
    }
}

/// Compares the balances of every purse with its postings and holds.
async fn compare_balances(
    unit: &mut Work,
    program: &ProgramCode,
    audit: &mut Audit,
) -> Result<(), DbError> {
    let mut behind = String::new();
    loop {
        let page = store::purses(unit, program, &behind).await?;
        let Some(last) = page.last() else { return Ok(()) };
        behind.clone_from(&last.purse_id);
        for purse in &page {
            audit.purses += 1;
            let what = if purse.ledger_e4 != purse.posted_e4 {
                format!(
                    "its ledger balance is {}, its postings sum to {}",
                    dollars(purse.ledger_e4),
                    dollars(purse.posted_e4)
                )
            } else if purse.available_e4 != purse.ledger_e4 - purse.held_e4 {
                format!(
                    "its available balance is {}, its ledger balance less holds {}",
                    dollars(purse.available_e4),
                    dollars(purse.ledger_e4 - purse.held_e4)
                )
            } else {
                continue;
            };
            let entry = format!("purse {}", purse.purse_id);
            audit.problem = Some(Problem::of(&purse.account_id, entry, what));
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting(sequence: i64, amount: i64, balance: i64) -> AuditedPosting {
        AuditedPosting {
            account_id: "a".to_owned(),
            sequence,
            transaction_id: "t".to_owned(),
            purse_id: "p".to_owned(),
            debit_book: "funding".to_owned(),
            credit_book: "p".to_owned(),
            amount_e4: amount,
            balance_e4: balance,
            transaction_state: Some("posted".to_owned()),
            transaction_amount: Some(amount),
            transaction_is_credit: Some(true),
            transaction_purse: Some("p".to_owned()),
            transaction_sequence: Some(sequence),
            posted_at: 7,
            transaction_at: Some(7),
        }
    }

    #[test]
    fn a_posting_fits_only_with_its_balance_its_book_and_its_transaction() {
        let fits = |posting: AuditedPosting| {
            follow(&posting, &mut BTreeMap::new(), &mut Audit::default()).is_none()
        };
        assert!(fits(posting(1, 5, 5)));
        for wrong in [
            posting(1, 5, 6),
            posting(1, 0, 0),
            posting(1, -5, -5),
            AuditedPosting { debit_book: "attic".to_owned(), ..posting(1, 5, 5) },
            AuditedPosting { transaction_state: None, ..posting(1, 5, 5) },
            AuditedPosting { transaction_state: Some("pending".to_owned()), ..posting(1, 5, 5) },
            AuditedPosting { transaction_amount: Some(6), ..posting(1, 5, 5) },
            AuditedPosting { transaction_is_credit: Some(false), ..posting(1, 5, 5) },
            AuditedPosting { transaction_purse: Some("q".to_owned()), ..posting(1, 5, 5) },
            AuditedPosting { transaction_sequence: Some(2), ..posting(1, 5, 5) },
            AuditedPosting { transaction_at: Some(8), ..posting(1, 5, 5) },
        ] {
            assert!(!fits(wrong.clone()), "{wrong:?}");
        }
    }
}
