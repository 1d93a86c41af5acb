//! Business days as the Federal Reserve Banks keep them: Monday to Friday without their eleven
//! holidays. A holiday on a Sunday is kept on the Monday behind it; one on a Saturday is not moved,
//! the Friday before it stays a business day.
//!
//! Today's eleven hold for every year, those before they were made included. Own code, since the
//! calendars of the well-known libraries are those of federal offices and exchanges, which move a
//! Saturday to the Friday; the one library that has this calendar is months old and ends with 2199,
//! where a world's clock goes on to 9999.

use chrono::{Datelike, NaiveDate, Weekday};

/// Days of one month and day, by month and day.
const FIXED: [(u32, u32); 5] = [
    // New Year's Day.
    (1, 1),
    // Juneteenth.
    (6, 19),
    // Independence Day.
    (7, 4),
    // Veterans Day.
    (11, 11),
    // Christmas Day.
    (12, 25),
];

/// The n-th weekday of a month.
const FLOATING: [(u32, u32, Weekday); 5] = [
    // Birthday of Martin Luther King, Jr.
    (1, 3, Weekday::Mon),
    // Washington's Birthday.
    (2, 3, Weekday::Mon),
    // Labor Day.
    (9, 1, Weekday::Mon),
    // Columbus Day.
    (10, 2, Weekday::Mon),
    // Thanksgiving Day.
    (11, 4, Weekday::Thu),
];

/// Whether the Federal Reserve Banks keep a holiday on this day. One that falls on a Saturday is
/// kept by nobody.
pub fn is_holiday(day: NaiveDate) -> bool {
    is_fixed(day) || is_floating(day)
}

/// Whether it is neither a Saturday, a Sunday nor a holiday.
pub fn is_business_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// The business day that is `count` of them behind this day, which need not be one itself. None of
/// them is the day itself.
pub fn add_business_days(day: NaiveDate, count: u32) -> NaiveDate {
    let Some(steps) = count.checked_sub(1) else { return day };
    let mut later = day.iter_days().skip(1).filter(|later| is_business_day(*later));
    later.nth(steps as usize).unwrap_or(NaiveDate::MAX)
}

fn is_fixed(day: NaiveDate) -> bool {
    let is_listed = |day: NaiveDate| FIXED.contains(&(day.month(), day.day()));
    match day.weekday() {
        Weekday::Sat | Weekday::Sun => false,
        // None of the five is the first of a month but New Year, so yesterday may be last year's.
        Weekday::Mon => is_listed(day) || day.pred_opt().is_some_and(is_listed),
        _ => is_listed(day),
    }
}

fn is_floating(day: NaiveDate) -> bool {
    // The last Monday of May is Memorial Day.
    let is_memorial = day.month() == 5 && day.weekday() == Weekday::Mon && day.day() > 24;
    let number = (day.day() - 1) / 7 + 1;
    is_memorial || FLOATING.contains(&(day.month(), number, day.weekday()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap()
    }

    fn holidays(year: i32) -> Vec<String> {
        let days = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days();
        let days = days.take_while(|day| day.year() == year).filter(|day| is_holiday(*day));
        days.map(|day| day.format("%m-%d").to_string()).collect()
    }

    #[test]
    fn the_holidays_of_known_years() {
        // 2023: New Year on a Sunday, Veterans Day on a Saturday.
        let expected = [
            "01-02", "01-16", "02-20", "05-29", "06-19", "07-04", "09-04", "10-09", "11-23",
            "12-25",
        ];
        assert_eq!(holidays(2023), expected);
        let expected = [
            "01-01", "01-20", "02-17", "05-26", "06-19", "07-04", "09-01", "10-13", "11-11",
            "11-27", "12-25",
        ];
        assert_eq!(holidays(2025), expected);
        // 2026: Independence Day on a Saturday.
        let expected = [
            "01-01", "01-19", "02-16", "05-25", "06-19", "09-07", "10-12", "11-11", "11-26",
            "12-25",
        ];
        assert_eq!(holidays(2026), expected);
        // 2027: Juneteenth and Christmas on a Saturday, Independence Day on a Sunday.
        let expected =
            ["01-01", "01-18", "02-15", "05-31", "07-05", "09-06", "10-11", "11-11", "11-25"];
        assert_eq!(holidays(2027), expected);
        // 2028: New Year on a Saturday.
        let expected =
            ["01-17", "02-21", "05-29", "06-19", "07-04", "09-04", "10-09", "11-23", "12-25"];
        assert_eq!(holidays(2028).len(), expected.len());
        assert_eq!(holidays(2028), expected);
    }

    #[test]
    fn a_saturday_is_not_moved_and_a_sunday_is() {
        assert!(is_business_day(day("2026-07-03")));
        assert!(!is_business_day(day("2027-07-05")));
        assert!(!is_business_day(day("2023-01-02")));
        assert!(is_business_day(day("2027-12-31")));
    }

    #[test]
    fn business_days_are_counted_over_weekends_and_holidays() {
        for (from, count, to) in [
            ("2031-07-03", 0, "2031-07-03"),
            ("2031-07-03", 1, "2031-07-07"),
            ("2031-07-03", 2, "2031-07-08"),
            ("2031-07-05", 1, "2031-07-07"),
            ("2031-12-24", 1, "2031-12-26"),
            ("2031-05-06", 10, "2031-05-20"),
            ("2022-12-30", 1, "2023-01-03"),
        ] {
            assert_eq!(add_business_days(day(from), count), day(to), "{from} + {count}");
        }
        assert_eq!(add_business_days(NaiveDate::MAX, 3), NaiveDate::MAX);
    }

    proptest! {
        #[test]
        fn a_year_has_eight_to_eleven_holidays_and_all_are_weekdays(year in 1900i32..=9_999) {
            let days = NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days();
            let kept: Vec<NaiveDate> =
                days.take_while(|day| day.year() == year).filter(|day| is_holiday(*day)).collect();
            // Of the five fixed ones at most three fall on Saturdays of one year.
            prop_assert!((8..=11).contains(&kept.len()), "{kept:?}");
            for day in kept {
                prop_assert!(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun), "{day}");
            }
        }

        #[test]
        fn the_sum_is_a_business_day_with_the_right_number_between(
            number in 700_000i32..3_600_000,
            count in 1u32..60,
        ) {
            let from = NaiveDate::from_num_days_from_ce_opt(number).unwrap();
            let to = add_business_days(from, count);
            prop_assert!(is_business_day(to));
            let between = from.iter_days().skip(1).take_while(|day| *day <= to);
            prop_assert_eq!(between.filter(|day| is_business_day(*day)).count(), count as usize);
        }

        #[test]
        fn counting_on_is_counting_once(
            number in 700_000i32..3_600_000,
            (first, second) in (0u32..30, 0u32..30),
        ) {
            let from = NaiveDate::from_num_days_from_ce_opt(number).unwrap();
            let there = add_business_days(add_business_days(from, first), second);
            prop_assert_eq!(there, add_business_days(from, first + second));
        }

        #[test]
        fn business_is_never_further_than_four_days_away(
            number in 700_000i32..3_600_000,
        ) {
            let from = NaiveDate::from_num_days_from_ce_opt(number).unwrap();
            let within: Vec<NaiveDate> = from.iter_days().take(4).collect();
            prop_assert!(within.iter().any(|day| is_business_day(*day)), "{from}");
        }
    }
}
