//! Which statements are refused. The page prints a code for one that cannot be made; none for one
//! that is not there.

use chrono::NaiveDate;

use super::model::{Cycles, Period, PeriodProblem};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// The period of the path does not read.
pub fn no_period(problem: PeriodProblem) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("STM-5").saying(format!("statementPeriod {problem}"))
}

/// The account has no statement of this period, and why.
pub fn not_found(period: Period, cycles: Option<Cycles>, today: NaiveDate) -> Refusal {
    let refusal = Refusal::of(&codes::STATEMENT_NOT_FOUND);
    let Some(cycles) = cycles else {
        return refusal.because("the registration of the account is not complete");
    };
    let of_period = cycles.all().take_while(|cycle| cycle.period() <= period).last();
    let facts = match of_period.filter(|cycle| cycle.period() == period) {
        Some(cycle) if cycle.end() > today => format!(
            "the cycle {} to {} ends with its last day, and today is {today}",
            cycle.first, cycle.last
        ),
        Some(_) => format!("the statement of {period} is no longer kept"),
        None => format!("no cycle of the account ends in {period}"),
    };
    refusal.because(facts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stm_5_a_refusal_says_why_there_is_no_statement() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let cycles = Cycles { opened: day("2031-05-06"), day: 6, closed: None };
        let facts = |period: &str, cycles| {
            let refusal = not_found(period.parse().unwrap(), cycles, day("2031-07-01"));
            refusal.facts.unwrap_or_default()
        };
        assert!(facts("203105", Some(cycles)).contains("no cycle"));
        assert!(facts("203107", Some(cycles)).contains("2031-06-06 to 2031-07-05"));
        let closed = Cycles { closed: Some(day("2031-05-07")), ..cycles };
        assert!(facts("203107", Some(closed)).contains("no cycle"));
        assert!(facts("203107", None).contains("registration"));
    }
}
