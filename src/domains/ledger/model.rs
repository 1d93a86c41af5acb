//! The books of one account, as a use case changes them: balances, and what is to be written. Pure:
//! time and ids are handed in, and nothing is stored before [`super::ops::save`].

use crate::domains::accounts::model::{Purse, Standing};
use crate::domains::transactions::model::{Details, Transaction, TransactionState};
use crate::kernel::ids::{AccountId, PurseId, TransactionId};
use crate::kernel::money::{Amount, Charge, Money};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::kernel::time::Timestamp;

/// One movement of money between a purse and a book of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    /// The number of its transaction.
    pub sequence: i64,
    /// Its transaction.
    pub transaction: TransactionId,
    /// The purse.
    pub purse: PurseId,
    /// Into the purse or out of it.
    pub direction: Direction,
    /// The other side.
    pub book: ProgramBook,
    /// How much.
    pub amount: Amount,
    /// The ledger balance of the purse behind it.
    pub balance: Money,
    /// When.
    pub posted_at: Timestamp,
}

/// Money of a purse that may not be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hold {
    /// The transaction that it belongs to.
    pub transaction: TransactionId,
    /// The purse.
    pub purse: PurseId,
    /// What is held still, not negative.
    pub amount: Money,
    /// Since when.
    pub created_at: Timestamp,
}

/// A transaction before it has its number.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTransaction {
    /// Its id, drawn by [`super::ops::transaction_id`].
    pub id: TransactionId,
    /// The purse that it is about.
    pub purse: PurseId,
    /// What it is.
    pub kind: TransactionType,
    /// In or out.
    pub direction: Direction,
    /// How much.
    pub amount: Amount,
    /// What else is shown.
    pub details: Details,
}

/// How far a debit or a hold may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// To nothing: only what is available.
    Zero,
    /// As far below as a feature of the account allows: card and fee debits.
    Cushion,
    /// As far as it takes: a rule says that it is posted whatever is there.
    Open,
}

/// Why money was not moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyRefusal {
    /// It is not there.
    #[error("{wanted} is wanted and {available} is available")]
    Insufficient {
        /// What was to be taken.
        wanted: Amount,
        /// What may be taken.
        available: Money,
    },
    /// The purse is not one of the account.
    #[error("the account has no purse {0}")]
    NoPurse(PurseId),
    /// The balance would be beyond what can be kept.
    #[error("the balance would be beyond what can be kept")]
    TooLarge,
}

/// A balance stays within 900 billion dollars either way: exact as a JSON number.
const BALANCE_MAX: Money = Money::from_e4(9_000_000_000_000_000);

/// The books of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Books {
    /// The account.
    pub account: AccountId,
    /// Its status and reason.
    pub standing: Standing,
    /// ISO 4217.
    pub currency: String,
    /// The purse that credits land in and cards spend from.
    pub primary: PurseId,
    /// Its purses, primary first, as they now are.
    pub purses: Vec<Purse>,
    /// Ids of the features it is enrolled in, as configured.
    pub features: Vec<String>,
    /// Number of the last message sent about the account.
    pub message_sequence: i64,
    /// Number of the last transaction of the account.
    pub transaction_sequence: i64,
    /// How many transactions of the account are listed unasked.
    pub listed_transactions: i64,
    /// How far card and fee debits may go below zero.
    pub cushion: Charge,
    /// What is to be written.
    pub(super) changes: Changes,
}

/// What a use case has changed and not yet written.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Changes {
    /// New transactions.
    pub transactions: Vec<Transaction>,
    /// Transactions that were there and are changed.
    pub changed: Vec<Transaction>,
    /// New postings.
    pub postings: Vec<Posting>,
    /// Holds, and whether each is new.
    pub holds: Vec<(Hold, bool)>,
    /// Purses whose balance has changed.
    pub purses: Vec<PurseId>,
    /// Messages to the partner: the transactions that each tells of.
    pub messages: Vec<Vec<Transaction>>,
    /// A message of another kind has taken a number.
    pub is_numbered: bool,
}

impl Changes {
    /// By how much the number of listed transactions changes. What was there and is changed was
    /// pending before, and so listed.
    pub fn listed(&self) -> i64 {
        let is_listed = |transaction: &&Transaction| transaction.state.is_listed();
        let new = self.transactions.iter().filter(is_listed).count();
        let gone = self.changed.len() - self.changed.iter().filter(is_listed).count();
        i64::try_from(new).unwrap_or(i64::MAX) - i64::try_from(gone).unwrap_or(i64::MAX)
    }
}

impl Books {
    /// A purse by its id.
    pub fn purse(&self, id: PurseId) -> Option<&Purse> {
        self.purses.iter().find(|purse| purse.id == id)
    }

    /// Whether anything is to be written.
    pub fn is_changed(&self) -> bool {
        self.changes != Changes::default()
    }

    /// What a debit under this floor may take; never negative.
    pub fn spendable(&self, purse: PurseId, floor: Floor) -> Money {
        let available = self.purse(purse).map_or(Money::ZERO, |purse| purse.available);
        let below = if floor == Floor::Cushion { self.cushion.money() } else { Money::ZERO };
        available.checked_add(below).unwrap_or(available).max(Money::ZERO)
    }

    /// Moves money between a purse and a book of the program, records it as a transaction, and has
    /// the partner told. Nothing is changed where it is refused.
    pub fn post(
        &mut self,
        new: NewTransaction,
        book: ProgramBook,
        floor: Floor,
        now: Timestamp,
    ) -> Result<Transaction, MoneyRefusal> {
        if !new.direction.is_credit() {
            self.expect_spendable(new.purse, new.amount, floor)?;
        }
        let change = signed(new.direction, new.amount);
        let balance = self.shift(new.purse, change, change, now)?;
        let transaction = self.number(new, TransactionState::Posted, now);
        self.changes.postings.push(Posting {
            sequence: transaction.sequence,
            transaction: transaction.id,
            purse: transaction.purse,
            direction: transaction.direction,
            book,
            amount: transaction.amount,
            balance,
            posted_at: now,
        });
        self.record(transaction.clone());
        Ok(transaction)
    }

    /// Records an authorization, which posts nothing, and has the partner told. What it holds is
    /// said by [`Books::hold`].
    pub fn authorize(
        &mut self,
        new: NewTransaction,
        state: TransactionState,
        now: Timestamp,
    ) -> Transaction {
        let transaction = self.number(new, state, now);
        self.record(transaction.clone());
        transaction
    }

    /// Takes money from what is available, for a transaction of this unit or an earlier one.
    pub fn hold(
        &mut self,
        (transaction, purse): (TransactionId, PurseId),
        amount: Amount,
        floor: Floor,
        now: Timestamp,
    ) -> Result<Hold, MoneyRefusal> {
        self.expect_spendable(purse, amount, floor)?;
        self.shift(purse, amount.money().negated(), Money::ZERO, now)?;
        let hold = Hold { transaction, purse, amount: amount.money(), created_at: now };
        self.changes.holds.push((hold, true));
        Ok(hold)
    }

    /// Changes what an earlier hold takes from what is available: down to nothing releases it.
    /// Holding more wants what is spendable under the floor.
    pub fn change_hold(
        &mut self,
        hold: &Hold,
        amount: Money,
        floor: Floor,
        now: Timestamp,
    ) -> Result<Hold, MoneyRefusal> {
        let amount = amount.max(Money::ZERO);
        let freed = hold.amount.checked_sub(amount).ok_or(MoneyRefusal::TooLarge)?;
        if let Ok(more) = Amount::of(freed.negated()) {
            self.expect_spendable(hold.purse, more, floor)?;
        }
        self.shift(hold.purse, freed, Money::ZERO, now)?;
        let changed = Hold { amount, ..*hold };
        let known =
            self.changes.holds.iter_mut().find(|(known, _)| known.transaction == hold.transaction);
        match known {
            Some((known, _)) => *known = changed,
            None => self.changes.holds.push((changed, false)),
        }
        Ok(changed)
    }

    /// Changes a transaction that was there, and has the partner told.
    pub fn change(&mut self, transaction: Transaction) {
        self.changes.messages.push(vec![transaction.clone()]);
        self.changes.changed.retain(|known| known.id != transaction.id);
        self.changes.changed.push(transaction);
    }

    /// As [`Books::change`], and the partner hears nothing of it.
    pub fn change_silently(&mut self, transaction: Transaction) {
        self.changes.changed.retain(|known| known.id != transaction.id);
        self.changes.changed.push(transaction);
    }

    /// Has the last `count` messages travel as one, with an event for each transaction: a clearing
    /// in several parts.
    pub fn tell_together(&mut self, count: usize) {
        let from = self.changes.messages.len().saturating_sub(count);
        let together = self.changes.messages.split_off(from).into_iter().flatten().collect();
        self.changes.messages.push(together);
    }

    fn expect_spendable(
        &self,
        purse: PurseId,
        wanted: Amount,
        floor: Floor,
    ) -> Result<(), MoneyRefusal> {
        let available = self.spendable(purse, floor);
        if floor == Floor::Open || wanted.money() <= available {
            return Ok(());
        }
        Err(MoneyRefusal::Insufficient { wanted, available })
    }

    /// Changes both balances of a purse; the ledger balance behind it.
    fn shift(
        &mut self,
        id: PurseId,
        available: Money,
        ledger: Money,
        now: Timestamp,
    ) -> Result<Money, MoneyRefusal> {
        let purse = self.purses.iter_mut().find(|purse| purse.id == id);
        let purse = purse.ok_or(MoneyRefusal::NoPurse(id))?;
        let within = |sum: Option<Money>| {
            let bounds = BALANCE_MAX.negated()..=BALANCE_MAX;
            sum.filter(|sum| bounds.contains(sum)).ok_or(MoneyRefusal::TooLarge)
        };
        let available = within(purse.available.checked_add(available))?;
        let ledger = within(purse.ledger.checked_add(ledger))?;
        (purse.available, purse.ledger, purse.balance_at) = (available, ledger, now);
        if !self.changes.purses.contains(&id) {
            self.changes.purses.push(id);
        }
        Ok(ledger)
    }

    fn number(
        &mut self,
        new: NewTransaction,
        state: TransactionState,
        now: Timestamp,
    ) -> Transaction {
        self.transaction_sequence += 1;
        let NewTransaction { id, purse, kind, direction, amount, details } = new;
        let sequence = self.transaction_sequence;
        let happened_at = now;
        Transaction { id, sequence, purse, kind, state, direction, amount, happened_at, details }
    }

    fn record(&mut self, transaction: Transaction) {
        self.changes.messages.push(vec![transaction.clone()]);
        self.changes.transactions.push(transaction);
    }
}

fn signed(direction: Direction, amount: Amount) -> Money {
    match direction {
        Direction::Credit => amount.money(),
        Direction::Debit => amount.money().negated(),
    }
}
