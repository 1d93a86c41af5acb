//! Money in ten-thousandths of a dollar, the finest step the vendor prints.
//!
//! Leaves out arithmetic beyond what is used: the ledger brings its own checked operations.
//! Those that are here never wrap.

use serde::{Deserialize, Serialize};

/// An amount in ten-thousandths of a dollar; negative is owed.
/// Stored as the whole number; [`Money::dollars`] is what the wire shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Money = Money(0);

    /// From ten-thousandths of a dollar, the unit of the database.
    pub const fn from_e4(ten_thousandths: i64) -> Self {
        Self(ten_thousandths)
    }

    /// In ten-thousandths of a dollar.
    pub const fn e4(self) -> i64 {
        self.0
    }

    /// The sum, unless it is beyond what can be kept.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// In dollars, for a JSON number. Exact up to 99 billion dollars, far beyond any balance here.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 10_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_json_number_is_the_exact_amount(
            e4 in -999_999_999_999_999i64..=999_999_999_999_999,
        ) {
            let json = serde_json::to_string(&Money::from_e4(e4).dollars()).unwrap();
            let back: f64 = json.parse().unwrap();
            prop_assert_eq!((back * 10_000.0).round() as i64, e4);
        }
    }
}
