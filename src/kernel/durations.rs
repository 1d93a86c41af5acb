//! Lengths of time as ISO 8601 writes them: `PT72H`, `P2D`.

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
    /// It is written otherwise, or far too long.
    #[error("must be an ISO 8601 duration like PT72H or P2D")]
    Unreadable,
    /// Months and years.
    #[error("months and years have no fixed length; use days")]
    Calendar,
    /// Below zero.
    #[error("must not be negative")]
    Negative,
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
        let span: Span = text.parse().map_err(|_| DurationProblem::Unreadable)?;
        let length: SignedDuration = span
            .to_duration(SpanRelativeTo::days_are_24_hours())
            .map_err(|_| DurationProblem::Calendar)?;
        if length.is_negative() {
            return Err(DurationProblem::Negative);
        }
        i64::try_from(length.as_millis()).map(Self).map_err(|_| DurationProblem::Unreadable)
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
            ("", DurationProblem::Unreadable),
        ] {
            assert_eq!(text.parse::<Duration>(), Err(problem), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(millis in 0i64..400_000_000_000) {
            let length = Duration::from_millis(millis);
            prop_assert_eq!(length.to_string().parse(), Ok(length));
        }
    }
}
