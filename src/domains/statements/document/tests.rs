//! What is printed where, and that nothing stands on anything else.

use proptest::prelude::*;

use super::*;
use crate::domains::statements::model::{Cover, CoverPurse};
use crate::kernel::ids::PurseId;
use crate::kernel::money::Amount;
use crate::kernel::movements::{Direction, TransactionType};
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;

fn purse_id() -> PurseId {
    Source::new(&[7; 32], &["purse"]).id(PurseId::new)
}

fn statement(holder: &str, line: &str) -> Statement {
    let day = |text: &str| text.parse().unwrap();
    Statement {
        cycle: Cycle { first: day("2031-05-06"), last: day("2031-06-05") },
        after: 0,
        last: 9,
        cover: Cover {
            holders: vec![holder.to_owned()],
            address: vec![line.to_owned(), "Los Angeles CA 90210".to_owned()],
            account_number: "**********1234".to_owned(),
            reference_number: "ABC1234567".to_owned(),
            product: "Demand Deposit Account".to_owned(),
            currency: "USD".to_owned(),
            purses: vec![CoverPurse { id: purse_id(), name: "Primary".to_owned() }],
            zone: "America/Los_Angeles".to_owned(),
        },
    }
}

/// A purse with these movements, in ten-thousandths.
fn purse(name: &str, opening: i64, moved: &[(i64, &str)]) -> PurseContent {
    let (mut balance, mut sums) = (opening, Sums::default());
    let mut entries = Vec::new();
    for (e4, words) in moved {
        balance += e4;
        sums.count += 1;
        let amount = Money::from_e4(e4.abs());
        let side = if *e4 > 0 { &mut sums.credits } else { &mut sums.debits };
        *side = side.checked_add(amount).unwrap();
        entries.push(Entry {
            purse: purse_id(),
            direction: Direction::of_credit(*e4 > 0),
            amount: Amount::of(amount).unwrap(),
            balance: Money::from_e4(balance),
            posted_at: Timestamp::parse("2031-05-20T10:00:00.000Z").unwrap(),
            kind: TransactionType::Other,
            details: Details { type_description: (*words).to_owned(), ..Details::default() },
        });
    }
    let (opening, closing) = (Money::from_e4(opening), Money::from_e4(balance));
    PurseContent { name: name.to_owned(), opening, closing, sums, entries }
}

fn pages(statement: &Statement, purses: Vec<PurseContent>) -> Vec<Vec<Mark>> {
    let program: ProgramCode = "wf".parse().unwrap();
    lay_out(&Content { program: &program, statement, purses })
}

fn texts(page: &[Mark]) -> Vec<String> {
    let text = |mark: &Mark| match mark {
        Mark::Text { text, .. } => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    };
    page.iter().filter_map(text).collect()
}

fn expect_well_set(pages: &[Vec<Mark>]) {
    for page in pages {
        for (at, mark) in page.iter().enumerate() {
            let (left, bottom, right, top) = mark.bounds();
            assert!(left >= LEFT - 0.01 && right <= RIGHT + 0.01, "beyond the margin: {mark:?}");
            assert!(bottom >= 40.0 && top <= TOP, "beyond the margin: {mark:?}");
            let other = page[at + 1..].iter().find(|other| mark.overlaps(other));
            assert!(other.is_none(), "{mark:?} stands on {other:?}");
        }
    }
}

#[test]
fn stm_2_a_long_history_goes_on_over_pages_under_its_head() {
    let moved: Vec<(i64, &str)> = (1..=120).map(|it| (it * 10_000, "Adjustment")).collect();
    let pages = pages(&statement("Ann Lee", "1 Main St"), vec![purse("Primary", 0, &moved)]);
    expect_well_set(&pages);
    assert!((4..=6).contains(&pages.len()), "{} pages", pages.len());
    for (number, page) in (1..).zip(&pages) {
        let words = texts(page);
        assert!(words.contains(&format!("Page {number} of {}", pages.len())), "{words:?}");
        assert_eq!(words.contains(&"Primary (continued)".to_owned()), number > 1);
        assert!(words.contains(&"Description".to_owned()), "page {number} has no head");
    }
    let all: Vec<String> = pages.iter().flat_map(|page| texts(page)).collect();
    assert_eq!(all.iter().filter(|words| *words == "Adjustment").count(), 120);
    assert_eq!(all.iter().filter(|words| *words == "7,260.00").count(), 4);
}

#[test]
fn stm_2_what_is_not_printed_is_summed_up() {
    let mut long = purse("Primary", 0, &[(10_000, "First"), (20_000, "Second")]);
    long.sums.count = 5;
    long.closing = Money::from_e4(100_000);
    let pages = pages(&statement("Ann Lee", "1 Main St"), vec![long]);
    let words = texts(&pages[0]);
    let at = words.iter().position(|it| it == "3 more entries, not printed here").unwrap();
    assert_eq!(words[at + 1..at + 3], ["7.00", "10.00"]);
}

#[test]
fn stm_2_the_widest_values_stay_in_their_places() {
    let widest = 9_999_999_999_999;
    let long = "An unusually long description that goes on and on, ".repeat(5);
    let moved = [(widest, long.as_str()), (-widest + 1, &"W".repeat(255)), (-1, ""), (7, "@")];
    for name in ["Primary", &"W".repeat(120), "Savings: a bicycle, a holiday & more"] {
        let purses = vec![purse(name, -5_000_000_000_000_000, &moved), purse(name, 0, &[])];
        let pages = pages(&statement(&"W".repeat(160), &"@".repeat(40)), purses);
        expect_well_set(&pages);
    }
}

#[test]
fn stm_3_the_same_statement_gives_the_same_bytes() {
    let program: ProgramCode = "wf".parse().unwrap();
    let statement = statement("José Núñez", "1 Main St");
    let bytes = |moved: &[(i64, &str)]| {
        let purses = vec![purse("Primary", 0, moved)];
        pdf(&Content { program: &program, statement: &statement, purses })
    };
    assert_eq!(bytes(&[(5, "A")]), bytes(&[(5, "A")]));
    assert_ne!(bytes(&[(5, "A")]), bytes(&[(6, "A")]));
}

proptest! {
    // Proves STM-2.
    #[test]
    fn whatever_is_printed_nothing_overflows(
        holder in "\\PC{0,80}",
        name in "\\PC{1,60}",
        moved in proptest::collection::vec(
            (prop_oneof![1i64..=10_000_000, -10_000_000i64..=-1], "\\PC{0,120}"), 0..60),
    ) {
        let moved: Vec<(i64, &str)> = moved.iter().map(|(e4, it)| (*e4, it.as_str())).collect();
        let purses = vec![purse(&name, 10_000, &moved), purse("Savings", 0, &[])];
        let pages = pages(&statement(&holder, &name), purses);
        expect_well_set(&pages);
    }
}
