//! Moments in UTC milliseconds, and the one door to the machine's clock.
//!
//! A [`Timestamp`] is all the domain ever sees. Which clock it came from (the machine's, or a
//! world's own) is decided at the border.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment, in whole milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest moment a world's clock may show: 1970-01-01T00:00:00Z.
    pub const MIN: Timestamp = Timestamp(0);
    /// The latest moment a world's clock may show: 9999-12-31T23:59:59.999Z.
    pub const MAX: Timestamp = Timestamp(253_402_300_799_999);

    /// From milliseconds since the epoch, the unit of the database; clamped to the allowed range.
    pub const fn from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This moment moved by a span of milliseconds, held within the allowed range.
    #[must_use]
    pub const fn plus_millis(self, span_ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(span_ms))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is later.
    pub const fn millis_since(self, earlier: Timestamp) -> i64 {
        self.0 - earlier.0
    }

    /// Reads an RFC 3339 moment with 0 to 9 fraction digits; finer than a millisecond is cut.
    /// `None` if it is no such text or outside 1970 to 9999.
    pub fn parse(text: &str) -> Option<Self> {
        let millis = DateTime::parse_from_rfc3339(text).ok()?.timestamp_millis();
        (Self::MIN.0..=Self::MAX.0).contains(&millis).then_some(Self(millis))
    }

    /// The day of the month that this moment falls on in `zone`, 1 to 31.
    pub fn day_of_month(self, zone: Tz) -> u32 {
        self.to_utc().with_timezone(&zone).day()
    }

    /// Year and month (1 to 12) in UTC.
    pub fn year_and_month(self) -> (u32, u32) {
        let utc = self.to_utc();
        (utc.year().unsigned_abs(), utc.month())
    }

    /// The day of the calendar in UTC.
    pub fn date(self) -> NaiveDate {
        self.to_utc().date_naive()
    }

    /// The day of the calendar in `zone`.
    pub fn date_in(self, zone: Tz) -> NaiveDate {
        self.to_utc().with_timezone(&zone).date_naive()
    }

    /// When a day begins in `zone`: at midnight or, where the clocks skip it, at the first full
    /// hour that there is.
    pub fn start_of(day: NaiveDate, zone: Tz) -> Self {
        let at = |hour| zone.from_local_datetime(&day.and_hms_opt(hour, 0, 0)?).earliest();
        let millis = (0..24).find_map(at).map(|begin| begin.timestamp_millis());
        millis.map_or_else(|| Self::of_day(day), Self::from_millis)
    }

    /// The first moment of a day in UTC.
    pub fn of_day(day: NaiveDate) -> Self {
        Self::from_millis(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
    }

    fn to_utc(self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(self.0)
    }
}

/// Reads a day in the form `YYYY-MM-DD`, all ten characters of it; `None` if it is none.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    is_form.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

impl fmt::Display for Timestamp {
    /// `2031-05-06T10:00:00.000Z`, the vendor's target form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::parse(&text).ok_or_else(|| {
            de::Error::custom("must be a UTC moment like 2031-05-06T10:00:00.000Z, 1970 to 9999")
        })
    }
}

/// Where the wall time comes from. Worlds derive their own time from it.
pub trait WallClock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl WallClock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one door to the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(Utc::now().timestamp_millis())
    }
}

/// A clock that stands still until it is moved; for tests.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Stands at `start`.
    pub fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.millis()))
    }

    /// Moves on by `span_ms` milliseconds.
    pub fn advance(&self, span_ms: i64) {
        self.0.fetch_add(span_ms, Ordering::SeqCst);
    }
}

impl WallClock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fractions_of_zero_to_three_digits_are_read_and_three_are_written() {
        for (text, written) in [
            ("2020-04-02T16:46:19Z", "2020-04-02T16:46:19.000Z"),
            ("2020-04-02T16:46:20.13Z", "2020-04-02T16:46:20.130Z"),
            ("2020-04-02T18:46:20.123+02:00", "2020-04-02T16:46:20.123Z"),
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn a_day_begins_at_midnight_of_its_zone_or_where_the_clock_goes_on() {
        for (zone, day, begin) in [
            ("America/New_York", "2031-07-07", "2031-07-07T04:00:00.000Z"),
            ("America/New_York", "2031-12-08", "2031-12-08T05:00:00.000Z"),
            // Midnight is skipped there when summer time begins.
            ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00.000Z"),
            ("UTC", "9999-12-31", "9999-12-31T00:00:00.000Z"),
        ] {
            let (zone, day): (Tz, NaiveDate) = (zone.parse().unwrap(), day.parse().unwrap());
            let moment = Timestamp::start_of(day, zone);
            assert_eq!(moment.to_string(), begin, "{zone}");
            assert_eq!(moment.date_in(zone), day, "{zone}");
            assert_eq!(moment.plus_millis(-1).date_in(zone), day.pred_opt().unwrap(), "{zone}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(millis in 0i64..=253_402_300_799_999) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(Timestamp::parse(&moment.to_string()), Some(moment));
        }
    }
}
