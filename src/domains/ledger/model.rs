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

/// One posting, as its customer sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The purse.
    pub purse: PurseId,
    /// In or out.
    pub direction: Direction,
    /// How much.
    pub amount: Amount,
    /// The ledger balance of the purse behind it.
    pub balance: Money,
    /// When.
    pub posted_at: Timestamp,
    /// What its transaction is.
    pub kind: TransactionType,
    /// What else its transaction shows.
    pub details: Details,
}

/// What was moved in a purse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// All that came in.
    pub credits: Money,
    /// All that went out, fees among it.
    pub debits: Money,
    /// What of it went into the program's book of fees.
    pub fees: Money,
    /// Number of postings.
    pub count: i64,
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

/// Money that goes from one purse of the account to another.
#[derive(Debug, Clone, PartialEq)]
pub struct PurseTransfer {
    /// Ids of its two transactions: out of the one purse, into the other.
    pub ids: [TransactionId; 2],
    /// The purse that gives.
    pub from: PurseId,
    /// The purse that takes.
    pub to: PurseId,
    /// How much.
    pub amount: Amount,
    /// What else both transactions show.
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

/// A balance stays within 500 billion dollars either way: two of them are told apart as JSON
/// numbers.
const BALANCE_MAX: Money = Money::from_e4(5_000_000_000_000_000);

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

    /// Moves money from purse to purse, as far as the first one has it: both postings or neither.
    /// They meet in the program's book of transfers, and are told in one message of two events.
    pub fn transfer(&mut self, new: PurseTransfer, now: Timestamp) -> Result<(), MoneyRefusal> {
        let mut moved = self.clone();
        let [id_out, id_in] = new.ids;
        for (id, purse, direction) in
            [(id_out, new.from, Direction::Debit), (id_in, new.to, Direction::Credit)]
        {
            let (kind, details) = (TransactionType::PurseTransfer, new.details.clone());
            let half = NewTransaction { id, purse, kind, direction, amount: new.amount, details };
            moved.post(half, ProgramBook::Transfers, Floor::Zero, now)?;
        }
        moved.tell_together(2);
        *self = moved;
        Ok(())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domains::accounts::model::{
        AccountStatus, PurseDetails, PurseStatus, PurseType, StatusReason,
    };
    use crate::kernel::source::Source;

    const NOW: Timestamp = Timestamp::from_millis(0);

    fn source() -> Source {
        Source::new(&[7; 32], &["books"])
    }

    /// Books with one empty purse, and a cushion.
    fn books(cushion: i64) -> Books {
        let mut source = source();
        let primary = source.id(PurseId::new);
        Books {
            account: source.id(AccountId::new),
            standing: Standing { status: AccountStatus::Normal, reason: StatusReason::Healthy },
            currency: "USD".to_owned(),
            primary,
            purses: vec![Purse {
                id: primary,
                kind: PurseType::Primary,
                available: Money::ZERO,
                ledger: Money::ZERO,
                balance_at: NOW,
                is_hidden: false,
                is_round_up: false,
                status: PurseStatus::Active,
                position: 0,
                created_at: NOW,
                details: PurseDetails::default(),
            }],
            features: Vec::new(),
            message_sequence: 0,
            transaction_sequence: 0,
            listed_transactions: 0,
            cushion: Charge::of(Money::from_e4(cushion)).unwrap(),
            changes: Changes::default(),
        }
    }

    fn moved(books: &Books, number: u64, direction: Direction, amount: Amount) -> NewTransaction {
        NewTransaction {
            id: Source::new(&[9; 32], &[&number.to_string()]).id(TransactionId::new),
            purse: books.primary,
            kind: TransactionType::Other,
            direction,
            amount,
            details: Details::default(),
        }
    }

    /// One thing that a family does with books.
    #[derive(Debug, Clone, Copy)]
    enum Act {
        Credit(Amount),
        Debit(Amount, Floor),
        Hold(Amount, Floor),
        /// Changes the latest hold to this.
        Change(Money, Floor),
    }

    fn any_amount() -> impl Strategy<Value = Amount> {
        (1i64..=2_000_000).prop_map(|e4| Amount::of(Money::from_e4(e4)).unwrap())
    }

    fn any_act(floors: Vec<Floor>) -> impl Strategy<Value = Act> {
        let floor = proptest::sample::select(floors);
        (0..4, any_amount(), floor).prop_map(|(kind, amount, floor)| match kind {
            0 => Act::Credit(amount),
            1 => Act::Debit(amount, floor),
            2 => Act::Hold(amount, floor),
            _ => Act::Change(Money::from_e4(amount.money().e4() - 1), floor),
        })
    }

    /// Does it; whether it was refused.
    fn act(books: &mut Books, (number, one): (u64, Act), last: &mut Option<Hold>) -> bool {
        let purse = books.primary;
        let new = |books: &Books, direction, amount| moved(books, number, direction, amount);
        match one {
            Act::Credit(amount) => {
                let new = new(books, Direction::Credit, amount);
                books.post(new, ProgramBook::Funding, Floor::Zero, NOW).is_err()
            }
            Act::Debit(amount, floor) => {
                let new = new(books, Direction::Debit, amount);
                books.post(new, ProgramBook::Settlement, floor, NOW).is_err()
            }
            Act::Hold(amount, floor) => {
                let id = new(books, Direction::Debit, amount).id;
                let held = books.hold((id, purse), amount, floor, NOW);
                *last = held.ok().or(*last);
                held.is_err()
            }
            Act::Change(amount, floor) => match last {
                Some(hold) => {
                    let changed = books.change_hold(hold, amount, floor, NOW);
                    *last = changed.ok().or(*last);
                    changed.is_err()
                }
                None => false,
            },
        }
    }

    fn available(books: &Books) -> Money {
        books.purses[0].available
    }

    /// Balances follow from what is to be written.
    fn fits(books: &Books) -> bool {
        let Changes { postings, holds, .. } = &books.changes;
        let posted: i64 = postings.iter().map(|it| signed(it.direction, it.amount).e4()).sum();
        let held: i64 = holds.iter().map(|(hold, _)| hold.amount.e4()).sum();
        let purse = &books.purses[0];
        (purse.ledger.e4(), purse.available.e4()) == (posted, posted - held)
    }

    /// Books with three purses.
    fn books_of_three() -> Books {
        let mut books = books(1_000_000);
        let first = books.purses[0].clone();
        let mut source = Source::new(&[8; 32], &["purses"]);
        for position in 1..3 {
            let (id, kind) = (source.id(PurseId::new), PurseType::Savings);
            books.purses.push(Purse { id, kind, position, ..first.clone() });
        }
        books
    }

    #[test]
    fn a_transfer_is_told_in_one_message_of_two_events_or_not_at_all() {
        let mut books = books_of_three();
        let ten = "10".parse().unwrap();
        let credit = moved(&books, 0, Direction::Credit, ten);
        books.post(credit, ProgramBook::Funding, Floor::Zero, NOW).unwrap();
        let ids = ["a", "b"].map(|it| Source::new(&[1; 32], &[it]).id(TransactionId::new));
        let (from, to) = (books.primary, books.purses[1].id);
        let new = PurseTransfer { ids, from, to, amount: ten, details: Details::default() };
        books.transfer(new.clone(), NOW).unwrap();
        let told: Vec<usize> = books.changes.messages.iter().map(Vec::len).collect();
        assert_eq!(told, [1, 2]);
        let before = books.clone();
        assert!(books.transfer(new, NOW).is_err(), "the money has gone");
        let nowhere = Source::new(&[1; 32], &["nowhere"]).id(PurseId::new);
        let amount = "1".parse().unwrap();
        let (from, to) = (to, nowhere);
        let lost = PurseTransfer { ids, from, to, amount, details: Details::default() };
        assert_eq!(books.transfer(lost, NOW), Err(MoneyRefusal::NoPurse(nowhere)));
        assert_eq!(books, before);
    }

    #[test]
    fn a_cushion_is_spent_to_the_last_cent_and_no_further() {
        let mut books = books(1_000_000);
        let amount = |text: &str| text.parse::<Amount>().unwrap();
        let mut last = None;
        let debit = |text: &str, floor| Act::Debit(amount(text), floor);
        assert!(!act(&mut books, (0, Act::Credit(amount("20"))), &mut last));
        assert!(act(&mut books, (1, debit("20.0001", Floor::Zero)), &mut last));
        assert!(act(&mut books, (2, debit("120.0001", Floor::Cushion)), &mut last));
        assert!(!act(&mut books, (3, debit("120", Floor::Cushion)), &mut last));
        assert_eq!(available(&books), Money::from_e4(-1_000_000));
        for floor in [Floor::Zero, Floor::Cushion] {
            assert!(act(&mut books, (4, debit("0.0001", floor)), &mut last));
            assert!(act(&mut books, (5, Act::Hold(amount("0.0001"), floor)), &mut last));
        }
        assert!(!act(&mut books, (6, debit("0.0001", Floor::Open)), &mut last));
    }

    proptest! {
        /// Whatever is transferred, and though the account has a cushion: no purse goes below zero,
        /// nothing is lost, and the book of transfers ends empty.
        #[test]
        fn transfers_move_money_and_neither_make_nor_lose_any(
            steps in proptest::collection::vec((0..3usize, 0..3usize, any_amount()), 0..40),
        ) {
            let mut books = books_of_three();
            let start: Amount = "300".parse().unwrap();
            let credit = moved(&books, 0, Direction::Credit, start);
            books.post(credit, ProgramBook::Funding, Floor::Zero, NOW).unwrap();
            for (number, (from, to, amount)) in (1u64..).zip(steps) {
                let before = books.clone();
                let ids = [number * 2, number * 2 + 1]
                    .map(|it| moved(&books, it, Direction::Credit, amount).id);
                let (from, to) = (books.purses[from].id, books.purses[to].id);
                let new = PurseTransfer { ids, from, to, amount, details: Details::default() };
                let is_covered = before.purse(from).unwrap().available >= amount.money();
                prop_assert_eq!(books.transfer(new, NOW).is_ok(), is_covered);
                prop_assert!(is_covered || books == before);
                prop_assert!(books.purses.iter().all(|purse| purse.available >= Money::ZERO));
                let all: i64 = books.purses.iter().map(|purse| purse.ledger.e4()).sum();
                prop_assert_eq!(all, start.money().e4());
                let between = books.changes.postings.iter();
                let between = between.filter(|it| it.book == ProgramBook::Transfers);
                let left: i64 = between.map(|it| signed(it.direction, it.amount).e4()).sum();
                prop_assert_eq!(left, 0);
            }
        }

        #[test]
        fn under_a_cushion_nothing_is_taken_beyond_it(
            cushion in prop_oneof![Just(0i64), Just(1_000_000), 1i64..3_000_000],
            acts in proptest::collection::vec(any_act(vec![Floor::Zero, Floor::Cushion]), 0..40),
        ) {
            let (mut books, mut last) = (books(cushion), None);
            for one in (0..).zip(acts) {
                let before = books.clone();
                let is_refused = act(&mut books, one, &mut last);
                prop_assert!(!is_refused || books == before, "a refusal changes nothing");
                prop_assert!(available(&books).e4() >= -cushion, "{:?}", available(&books));
                prop_assert!(fits(&books));
            }
        }

        #[test]
        fn under_no_cushion_nothing_goes_below_zero_whatever_the_account_has(
            cushion in 0i64..3_000_000,
            acts in proptest::collection::vec(any_act(vec![Floor::Zero]), 0..40),
        ) {
            let (mut books, mut last) = (books(cushion), None);
            for one in (0..).zip(acts) {
                act(&mut books, one, &mut last);
                prop_assert!(available(&books) >= Money::ZERO, "{:?}", available(&books));
                prop_assert!(fits(&books));
            }
        }
    }
}
