//! What may be asked of an account's history: days, filters, pages. Follows the Transactions page.
//! Days are those of UTC, as all moments of the vendor's.

pub mod cards;

use chrono::{Days, NaiveDate};

use super::model::TransactionState;
use crate::kernel::codes;
use crate::kernel::ids::PurseId;
use crate::kernel::movements::TransactionType;
use crate::kernel::outcome::Refusal;
use crate::kernel::page::{LIMIT_MAX, Page};
use crate::kernel::time::{Timestamp, parse_day};

/// The filters as they were given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// First day.
    pub start_date: Option<String>,
    /// Last day, included.
    pub end_date: Option<String>,
    /// Rows to pass over.
    pub offset: Option<String>,
    /// Rows of the page.
    pub limit: Option<String>,
    /// The page, from 1; in place of an offset.
    pub page_number: Option<String>,
    /// Only this type.
    pub kind: Option<String>,
    /// Only this status.
    pub status: Option<String>,
    /// Only this purse.
    pub purse: Option<String>,
    /// Declined and cleared authorizations as well.
    pub all_authorizations: Option<String>,
}

/// What a program lets ask, and when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The world's moment.
    pub now: Timestamp,
    /// Most days between the first and the last one.
    pub window_days: u32,
    /// Rows of a page when nothing is said.
    pub page_rows: u32,
}

/// The rows that are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// From this moment on.
    pub from: Timestamp,
    /// Before this moment.
    pub until: Timestamp,
    /// Pending rows as well: the range reaches today.
    pub with_pending: bool,
    /// Declined and cleared authorizations as well.
    pub all_authorizations: bool,
    /// Only this type.
    pub kind: Option<TransactionType>,
    /// Only these states; empty is every one.
    pub states: Vec<TransactionState>,
    /// Only this purse.
    pub purse: Option<PurseId>,
    /// Which of them.
    pub page: Page,
}

impl Wanted {
    /// Nothing is asked for but a page of all.
    pub fn is_unfiltered(&self) -> bool {
        let Self { from, until, with_pending, kind, states, purse, .. } = self;
        let is_ever = (*from, *until) == (Timestamp::MIN, Timestamp::MAX);
        is_ever && *with_pending && kind.is_none() && states.is_empty() && purse.is_none()
    }
}

fn invalid(words: String) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("TXN-1").saying(words)
}

/// The rows that a filter asks for, or the first thing that is wrong with it.
pub fn read(filter: &Filter, bounds: &Bounds) -> Result<Wanted, Refusal> {
    let today = bounds.now.date();
    let start = filter.start_date.as_deref().map(|text| day("startDate", text)).transpose()?;
    let end = filter.end_date.as_deref().map(|text| day("endDate", text)).transpose()?;
    expect_window((start, end), today, bounds.window_days)?;
    let reaches = Days::new(u64::from(bounds.window_days));
    let start = start.or_else(|| end.map(|end| end.checked_sub_days(reaches).unwrap_or(end)));
    let limit = filter.limit.as_deref();
    let limit = limit.map(|text| number("limit (or pageSize)", text, 1, LIMIT_MAX));
    let limit = limit.transpose()?.unwrap_or(bounds.page_rows);
    Ok(Wanted {
        from: start.map_or(Timestamp::MIN, Timestamp::of_day),
        until: end.and_then(|end| end.succ_opt()).map_or(Timestamp::MAX, Timestamp::of_day),
        with_pending: end.is_none_or(|end| end >= today),
        all_authorizations: flag("includeAllAuthorizations", filter.all_authorizations.as_deref())?,
        kind: filter.kind.as_deref().map(kind).transpose()?,
        states: filter.status.as_deref().map_or(Ok(Vec::new()), states)?,
        purse: filter.purse.as_deref().map(purse).transpose()?,
        page: Page { limit: i64::from(limit), offset: offset(filter, limit)? },
    })
}

fn day(member: &str, text: &str) -> Result<NaiveDate, Refusal> {
    parse_day(text)
        .ok_or_else(|| invalid(format!("{member}: must be a day in the form YYYY-MM-DD")))
}

fn expect_window(
    (start, end): (Option<NaiveDate>, Option<NaiveDate>),
    today: NaiveDate,
    window_days: u32,
) -> Result<(), Refusal> {
    let Some(start) = start else { return Ok(()) };
    let last = end.unwrap_or_else(|| today.max(start));
    if last < start {
        return Err(invalid("endDate: must not be before startDate".to_owned()));
    }
    if (last - start).num_days() > i64::from(window_days) {
        return Err(invalid(format!(
            "startDate: must be at most {window_days} days before endDate, or before today \
             without one"
        )));
    }
    Ok(())
}

fn number(member: &str, text: &str, least: u32, most: u32) -> Result<u32, Refusal> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let read = text.parse().ok().filter(|number| is_plain && (least..=most).contains(number));
    read.ok_or_else(|| invalid(format!("{member}: must be a whole number, {least} to {most}")))
}

fn offset(filter: &Filter, limit: u32) -> Result<i64, Refusal> {
    if let Some(text) = &filter.page_number {
        let page = number("pageNumber", text, 1, u32::MAX)?;
        return Ok((i64::from(page) - 1) * i64::from(limit));
    }
    let offset = filter.offset.as_deref().map(|text| number("offset", text, 0, u32::MAX));
    Ok(offset.transpose()?.map_or(0, i64::from))
}

fn flag(member: &str, text: Option<&str>) -> Result<bool, Refusal> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(invalid(format!("{member}: must be true or false"))),
    }
}

fn kind(text: &str) -> Result<TransactionType, Refusal> {
    let known = TransactionType::ALL.iter().find(|kind| kind.as_str().eq_ignore_ascii_case(text));
    let names = || TransactionType::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>();
    let problem = || invalid(format!("transactionType: must be one of {}", names().join(", ")));
    known.copied().ok_or_else(problem)
}

fn states(text: &str) -> Result<Vec<TransactionState>, Refusal> {
    use TransactionState as S;
    match text.to_ascii_lowercase().as_str() {
        "pending" => Ok(vec![S::Pending]),
        "completed" => Ok(vec![S::Posted, S::Cleared]),
        "reversed" => Ok(vec![S::Reversed, S::Expired]),
        "declined" => Ok(vec![S::Declined]),
        "posted" => Ok(vec![S::Posted, S::Reversed, S::Expired]),
        _ => Err(invalid(
            "transactionStatus: must be pending, completed, reversed, posted or declined"
                .to_owned(),
        )),
    }
}

fn purse(text: &str) -> Result<PurseId, Refusal> {
    text.parse().map_err(|problem| invalid(format!("purseIdentifier: {problem}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds() -> Bounds {
        let now = Timestamp::parse("2031-05-06T10:00:00Z").unwrap();
        Bounds { now, window_days: 92, page_rows: 100 }
    }

    fn days(start: Option<&str>, end: Option<&str>) -> Filter {
        let text = |day: Option<&str>| day.map(str::to_owned);
        Filter { start_date: text(start), end_date: text(end), ..Filter::default() }
    }

    #[test]
    fn txn_1_a_range_has_92_days_at_most_and_pending_rows_only_if_it_reaches_today() {
        let wanted = |start, end| read(&days(start, end), &bounds());
        let widest = wanted(Some("2031-02-03"), Some("2031-05-06")).unwrap();
        assert_eq!(widest.from.to_string(), "2031-02-03T00:00:00.000Z");
        assert_eq!(widest.until.to_string(), "2031-05-07T00:00:00.000Z");
        assert!(widest.with_pending);
        assert!(!wanted(Some("2031-02-03"), Some("2031-05-05")).unwrap().with_pending);
        assert!(wanted(None, None).unwrap().with_pending);
        for (start, end, member) in [
            (Some("2031-02-02"), Some("2031-05-06"), "startDate"),
            (Some("2031-02-02"), None, "startDate"),
            (Some("2031-05-06"), Some("2031-05-05"), "endDate"),
            (Some("2031-02-30"), None, "startDate"),
            (Some("2031-2-3"), None, "startDate"),
            (Some("02/03/2031"), None, "startDate"),
            (None, Some("2031-05-06T10:00:00Z"), "endDate"),
            (None, Some("+031-05-06"), "endDate"),
        ] {
            let refusal = wanted(start, end).unwrap_err();
            assert!(refusal.description.starts_with(member), "{}", refusal.description);
            assert_eq!(refusal.code.http, 400);
        }
    }

    #[test]
    fn txn_1_a_status_is_the_vendors_and_posted_is_completed_or_reversed() {
        for (text, states) in [
            ("Pending", vec![TransactionState::Pending]),
            (
                "posted",
                vec![
                    TransactionState::Posted,
                    TransactionState::Reversed,
                    TransactionState::Expired,
                ],
            ),
        ] {
            let filter = Filter { status: Some(text.to_owned()), ..Filter::default() };
            assert_eq!(read(&filter, &bounds()).unwrap().states, states);
        }
    }

    proptest! {
        #[test]
        fn no_filter_makes_reading_panic(
            text in proptest::collection::vec("\\PC{0,12}", 9),
        ) {
            let mut given = text.into_iter().map(Some);
            let mut next = || given.next().flatten();
            let filter = Filter {
                start_date: next(),
                end_date: next(),
                offset: next(),
                limit: next(),
                page_number: next(),
                kind: next(),
                status: next(),
                purse: next(),
                all_authorizations: next(),
            };
            let _ = read(&filter, &bounds());
        }
    }
}
