//! Lengths of time as ISO 8601 writes them: `PT72H`, `P2D`; and how long a call may wait.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A length of time in whole milliseconds, never negative; a day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(i64);

/// Why a text is no length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DurationProblem {
    /// It is written otherwise.
    #[error("must be an ISO 8601 duration like PT72H or P2D")]
    Unreadable,
    /// It would lead beyond all calendars.
    #[error("is too long: clocks end with the year 9999")]
    TooLong,
    /// Months and years.
    #[error("months and years have no fixed length; use days")]
    Calendar,
    /// Below zero.
    #[error("must not be negative")]
    Negative,
}

/// How long a call may wait for something, by the clock on the wall: shorter than a server that
/// stops waits for the calls under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Within(std::time::Duration);

/// Why a text says no time to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 8601 duration up to PT25S")]
pub struct WithinProblem;

impl Within {
    /// Not at all.
    pub const NONE: Self = Self(std::time::Duration::ZERO);
    /// The longest wait.
    pub const MOST: Self = Self(std::time::Duration::from_secs(25));

    /// So many seconds, or the longest wait if that is shorter.
    pub const fn of_secs(secs: u64) -> Self {
        let most = Self::MOST.0.as_secs();
        Self(std::time::Duration::from_secs(if secs < most { secs } else { most }))
    }

    /// So long, or the longest wait if that is shorter.
    pub fn up_to(span: std::time::Duration) -> Self {
        Self(span.min(Self::MOST.0))
    }

    /// As the machine measures time.
    pub const fn span(self) -> std::time::Duration {
        self.0
    }
}

impl FromStr for Within {
    type Err = WithinProblem;

    fn from_str(text: &str) -> Result<Self, WithinProblem> {
        let length: Duration = text.parse().map_err(|_| WithinProblem)?;
        let span = std::time::Duration::from_millis(length.0.unsigned_abs());
        if span > Self::MOST.0 { Err(WithinProblem) } else { Ok(Self(span)) }
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Duration(i64::try_from(self.0.as_millis()).unwrap_or(i64::MAX)).fmt(f)
    }
}

impl<'de> Deserialize<'de> for Within {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl Duration {
    /// From milliseconds; below zero is zero.
    pub const fn from_millis(millis: i64) -> Self {
        Self(if millis < 0 { 0 } else { millis })
    }

    /// In milliseconds.
    pub const fn millis(self) -> i64 {
        self.0
    }
}

impl FromStr for Duration {
    type Err = DurationProblem;

    fn from_str(text: &str) -> Result<Self, DurationProblem> {
        let span: Span = text.parse().map_err(|_| unread(text))?;
        let length: SignedDuration = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| DurationProblem::Calendar)?;
        if length.is_negative() {
            return Err(DurationProblem::Negative);
        }
        i64::try_from(length.as_millis()).map(Self).map_err(|_| DurationProblem::TooLong)
    }
}

/// Why a text was not read: with small numbers in the place of its own it may well be.
fn unread(text: &str) -> DurationProblem {
    let mut small = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' if small.ends_with('1') => {}
            '0'..='9' => small.push('1'),
            other => small.push(other),
        }
    }
    match small.parse::<Span>() {
        Ok(_) => DurationProblem::TooLong,
        Err(_) => DurationProblem::Unreadable,
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", SignedDuration::from_millis(self.0))
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_are_read_and_what_is_none_is_refused() {
        for (text, millis) in [("PT0S", 0), ("PT1.5S", 1_500), ("PT72H", 259_200_000)] {
            assert_eq!(text.parse(), Ok(Duration(millis)), "{text}");
        }
        assert_eq!("P2DT1H".parse::<Duration>(), Ok(Duration(176_400_000)));
        for (text, problem) in [
            ("P1M", DurationProblem::Calendar),
            ("-PT1S", DurationProblem::Negative),
            ("soon", DurationProblem::Unreadable),
            ("P1.5D", DurationProblem::Unreadable),
            ("99999999", DurationProblem::Unreadable),
            ("P99999999D", DurationProblem::TooLong),
            ("PT99999999999999999999S", DurationProblem::TooLong),
            ("", DurationProblem::Unreadable),
        ] {
            assert_eq!(text.parse::<Duration>(), Err(problem), "{text:?}");
        }
    }

    #[test]
    fn a_wait_is_at_most_as_long_as_its_problem_says() {
        let most = Within::MOST.to_string();
        assert_eq!(most.parse(), Ok(Within::MOST));
        assert_eq!(WithinProblem.to_string(), format!("must be an ISO 8601 duration up to {most}"));
        for wrong in ["PT25.001S", "P1D", "P1M", "-PT1S", "soon", ""] {
            assert_eq!(wrong.parse::<Within>(), Err(WithinProblem), "{wrong:?}");
        }
        let half = Within::up_to(std::time::Duration::from_millis(500));
        assert_eq!("PT0.5S".parse(), Ok(half));
        assert_eq!(half.to_string(), "PT0.5S");
        assert_eq!((Within::of_secs(26), Within::of_secs(0)), (Within::MOST, Within::NONE));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(millis in 0i64..400_000_000_000) {
            let length = Duration::from_millis(millis);
            prop_assert_eq!(length.to_string().parse(), Ok(length));
        }
    }
}
