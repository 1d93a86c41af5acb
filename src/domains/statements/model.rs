//! Statement cycles, and the statements drawn of them.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domains::accounts::model::{PurseDetails, PurseType};
use crate::domains::users::model::Person;
use crate::kernel::ids::PurseId;

/// Statements that an account has at most, seven years of them: older cycles are not drawn, and
/// older statements not listed.
pub const KEPT_MAX: usize = 84;
/// A first cycle has at least this many days.
const FIRST_DAYS_MIN: u64 = 28;
/// The last year of a period, where clocks end.
const YEAR_MAX: i32 = 9_999;

/// The month that names a statement: that in which its cycle ended. Written `203106`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    year: i32,
    month: u32,
}

/// Why a text is no period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a year and a month like 203106, from 197001 to 999912")]
pub struct PeriodProblem;

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}{:02}", self.year, self.month)
    }
}

impl FromStr for Period {
    type Err = PeriodProblem;

    /// `YYYYMM`, or `YYYY-MM`.
    fn from_str(text: &str) -> Result<Self, PeriodProblem> {
        let (year, rest) = text.split_at_checked(4).ok_or(PeriodProblem)?;
        let month = rest.strip_prefix('-').unwrap_or(rest);
        let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if month.len() != 2 || !is_digits(year) || !is_digits(month) {
            return Err(PeriodProblem);
        }
        let year: i32 = year.parse().map_err(|_| PeriodProblem)?;
        let month: u32 = month.parse().map_err(|_| PeriodProblem)?;
        let is_within = (1_970..=YEAR_MAX).contains(&year) && (1..=12).contains(&month);
        if is_within { Ok(Self { year, month }) } else { Err(PeriodProblem) }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One statement cycle of an account: days of the calendar, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycle {
    /// Its first day.
    pub first: NaiveDate,
    /// Its last day.
    pub last: NaiveDate,
}

impl Cycle {
    /// The day behind it, with which it has ended.
    pub fn end(self) -> NaiveDate {
        self.last.succ_opt().unwrap_or(NaiveDate::MAX)
    }

    /// What names its statement.
    pub fn period(self) -> Period {
        Period { year: self.last.year(), month: self.last.month() }
    }

    /// The cycle behind it; `None` beyond the end of all clocks.
    fn following(self) -> Option<Self> {
        let first = self.end();
        Self::between(first, first.checked_add_months(Months::new(1))?)
    }

    fn between(first: NaiveDate, next: NaiveDate) -> Option<Self> {
        let last = next.pred_opt()?;
        (last.year() <= YEAR_MAX).then_some(Self { first, last })
    }
}

/// The cycles that an account goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cycles {
    /// The day on which registration was completed: the first of the first cycle.
    pub opened: NaiveDate,
    /// The first day of all others, 1 to 28.
    pub day: u32,
    /// The day on which the account was closed: the cycle around it is the last one.
    pub closed: Option<NaiveDate>,
}

impl Cycles {
    /// All of them, oldest first. The first one ends with the day before the first cycle day that
    /// is at least 28 days away.
    pub fn all(self) -> impl Iterator<Item = Cycle> {
        let is_alive = move |cycle: &Cycle| self.closed.is_none_or(|day| cycle.first <= day);
        std::iter::successors(self.first(), |cycle| cycle.following()).take_while(is_alive)
    }

    fn first(self) -> Option<Cycle> {
        let earliest = self.opened.checked_add_days(Days::new(FIRST_DAYS_MIN))?;
        let this_month = earliest.with_day(self.day)?;
        let next = if this_month >= earliest {
            this_month
        } else {
            this_month.checked_add_months(Months::new(1))?
        };
        Cycle::between(self.opened, next)
    }

    /// Those that have ended when this day has begun, oldest first, the last [`KEPT_MAX`] of them.
    pub fn ended(self, today: NaiveDate) -> Vec<Cycle> {
        let mut ended: Vec<Cycle> = self.all().take_while(|cycle| cycle.end() <= today).collect();
        ended.split_off(ended.len().saturating_sub(KEPT_MAX))
    }

    /// The cycle that is closed after this one: the following one, or the first that is drawn at
    /// all where the clock has left more than that behind.
    pub fn next_to_close(self, closed: Cycle, today: NaiveDate) -> Option<Cycle> {
        let oldest = self.ended(today).first().map_or(NaiveDate::MIN, |cycle| cycle.first);
        self.all().find(|cycle| cycle.first > closed.first && cycle.first >= oldest)
    }
}

/// A statement: a cycle that has ended, what belongs to it, and whom it is addressed to.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its cycle.
    pub cycle: Cycle,
    /// Number of the last transaction before it.
    pub after: i64,
    /// Number of the last transaction within it.
    pub last: i64,
    /// What stands above its entries.
    pub cover: Cover,
}

impl Statement {
    /// What names it.
    pub fn period(&self) -> Period {
        self.cycle.period()
    }
}

/// What stands above the entries of a statement, as it was when the statement was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cover {
    /// Names of the holders, the primary one first.
    pub holders: Vec<String>,
    /// The primary holder's default address, line by line.
    pub address: Vec<String>,
    /// Its last four digits behind stars.
    pub account_number: String,
    /// For people.
    pub reference_number: String,
    /// The product's name, or its code where the program does not offer it any more.
    pub product: String,
    /// ISO 4217.
    pub currency: String,
    /// Purses that are open, or that money was moved in.
    pub purses: Vec<CoverPurse>,
    /// IANA name of the zone that days are counted in.
    pub zone: String,
}

/// A purse on a cover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CoverPurse {
    /// Its id.
    pub id: PurseId,
    /// What it is called.
    pub name: String,
}

impl CoverPurse {
    /// A purse as it is called in a statement: by its type and what the partner says of it.
    pub fn named(id: PurseId, kind: PurseType, details: &PurseDetails) -> Self {
        let kind = match kind {
            PurseType::Primary => "Primary",
            PurseType::Savings => "Savings",
            PurseType::General => "General",
        };
        let name = match &details.description {
            Some(description) => format!("{kind}: {description}"),
            None => kind.to_owned(),
        };
        Self { id, name }
    }
}

/// A number of which only the last four digits may be seen.
pub fn masked(number: &str) -> String {
    let shown = number.len().saturating_sub(4);
    let star = |(at, c)| if at < shown { '*' } else { c };
    number.chars().enumerate().map(star).collect()
}

/// Names of the holders, and the primary one's default address line by line.
pub fn addressed(people: &[Person]) -> (Vec<String>, Vec<String>) {
    let joined = |words: &[Option<&str>]| -> String {
        let words: Vec<&str> =
            words.iter().flatten().filter(|it| !it.is_empty()).copied().collect();
        words.join(" ")
    };
    let name = |Person { holder, profile, .. }: &Person| {
        let (first, last) = (holder.first_name.as_str(), holder.last_name.as_str());
        joined(&[Some(first), profile.middle_name.as_deref(), Some(last)])
    };
    let addresses = people.first().map_or(&[][..], |person| &person.profile.addresses);
    let address = addresses.iter().find(|it| it.is_default).or(addresses.first());
    let lines = address.map_or(Vec::new(), |address| {
        let place = [&address.city, &address.state, &address.zip_code].map(Option::as_deref);
        let country = Some(address.country_code.as_str()).filter(|code| *code != "USA");
        let lines = [
            joined(&[address.address_line1.as_deref()]),
            joined(&[address.address_line2.as_deref()]),
            joined(&place),
            joined(&[country]),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect()
    });
    (people.iter().map(name).collect(), lines)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn cycles(opened: &str, day_of_month: u32) -> Cycles {
        Cycles { opened: day(opened), day: day_of_month, closed: None }
    }

    fn written(cycle: Cycle) -> String {
        format!("{} {}..{}", cycle.period(), cycle.first, cycle.last)
    }

    #[test]
    fn stm_1_cycles_run_from_the_cycle_day_to_the_day_before_it() {
        for (opened, day_of_month, expected) in [
            ("2031-05-06", 6, ["203106 2031-05-06..2031-06-05", "203107 2031-06-06..2031-07-05"]),
            ("2031-02-01", 1, ["203102 2031-02-01..2031-02-28", "203103 2031-03-01..2031-03-31"]),
            // Opened behind the 28th: the first cycle runs over the short rest of the month.
            ("2030-12-29", 1, ["203101 2030-12-29..2031-01-31", "203102 2031-02-01..2031-02-28"]),
            ("2031-01-31", 1, ["203102 2031-01-31..2031-02-28", "203103 2031-03-01..2031-03-31"]),
            ("2031-12-28", 28, ["203201 2031-12-28..2032-01-27", "203202 2032-01-28..2032-02-27"]),
        ] {
            let shown: Vec<String> =
                cycles(opened, day_of_month).all().take(2).map(written).collect();
            assert_eq!(shown, expected, "{opened}");
        }
        let last = cycles("9999-11-05", 5).all().map(written).last().unwrap();
        assert_eq!(last, "999912 9999-11-05..9999-12-04");
    }

    #[test]
    fn stm_1_a_closed_account_has_one_last_cycle() {
        let closed = |text| Cycles { closed: Some(day(text)), ..cycles("2031-05-06", 6) };
        let count = |text| closed(text).ended(day("2032-05-06")).len();
        assert_eq!((count("2031-05-06"), count("2031-06-05")), (1, 1));
        assert_eq!((count("2031-06-06"), count("2031-07-06")), (2, 3));
        let only = closed("2031-05-20").ended(day("2031-06-06"))[0];
        assert_eq!(closed("2031-05-20").next_to_close(only, day("2031-06-06")), None);
    }

    #[test]
    fn a_clock_that_jumps_far_leaves_the_oldest_cycles_behind() {
        let all = cycles("1970-01-01", 1);
        let ended = all.ended(day("2032-01-01"));
        assert_eq!(ended.len(), KEPT_MAX);
        assert_eq!(written(ended[0]), "202501 2025-01-01..2025-01-31");
        let next = |today: &str| all.next_to_close(all.all().next().unwrap(), day(today));
        assert_eq!(next("1970-02-01").map(written).unwrap(), "197002 1970-02-01..1970-02-28");
        assert_eq!(next("2032-01-01"), Some(ended[0]));
    }

    #[test]
    fn stm_5_a_period_is_a_year_and_a_month() {
        for text in ["203106", "2031-06"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), "203106");
        }
        for text in [
            "",
            "2031",
            "20316",
            "203113",
            "203100",
            "196912",
            "2031-6",
            "2031/06",
            "2031061",
            "+03106",
            "2031-+6",
            "２０３１06",
            "2031--06",
            "é03106",
        ] {
            assert_eq!(text.parse::<Period>(), Err(PeriodProblem), "{text}");
        }
    }

    #[test]
    fn only_the_last_four_digits_are_seen() {
        assert_eq!(masked("12345678901234"), "**********1234");
        assert_eq!((masked("123"), masked("")), ("123".to_owned(), String::new()));
    }

    proptest! {
        // Proves STM-1.
        #[test]
        fn cycles_follow_one_another_without_gap_and_have_a_period_each(
            number in 719_163i32..3_652_000,
            day_of_month in 1u32..=28,
        ) {
            let opened = NaiveDate::from_num_days_from_ce_opt(number).unwrap();
            let cycles = Cycles { opened, day: day_of_month, closed: None };
            let mut expected = opened;
            let mut period = None;
            for cycle in cycles.all().take(30) {
                prop_assert_eq!(cycle.first, expected);
                let days = (cycle.end() - cycle.first).num_days();
                let most = if cycle.first == opened { 58 } else { 31 };
                prop_assert!((28..=most).contains(&days), "{days} days");
                prop_assert_eq!(cycle.end().day(), day_of_month);
                prop_assert!(period < Some(cycle.period()));
                (expected, period) = (cycle.end(), Some(cycle.period()));
            }
        }
    }
}
