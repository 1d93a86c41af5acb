//! Money in ten-thousandths of a dollar, the finest step the vendor prints.
//!
//! [`Money`] is a balance or a difference and may be negative; [`Amount`] is what a movement moves,
//! always above zero and never beyond [`Amount::MAX`]. Both are read from JSON numbers and from
//! texts, since the vendor's samples have both. Arithmetic never wraps.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// Ten-thousandths in a dollar.
const PER_DOLLAR: i64 = 10_000;
/// Digits behind the point.
const DECIMALS: usize = 4;

/// An amount in ten-thousandths of a dollar; negative is owed.
/// Stored as the whole number; [`Money::dollars`] is what the wire shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

/// Why a text is no money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyProblem {
    /// Not digits with at most one point among them.
    #[error("must be a plain decimal number like 12.86, without exponent, sign or blank")]
    Form,
    /// Finer than a ten-thousandth.
    #[error("must have at most 4 decimals")]
    Decimals,
    /// Nothing, or less.
    #[error("must be above zero")]
    NotAboveZero,
    /// Less than nothing.
    #[error("must not be negative")]
    Negative,
    /// Beyond [`Amount::MAX`].
    #[error("must not be beyond 999999999.9999")]
    TooLarge,
}

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

    /// The difference, unless it is beyond what can be kept.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The same owed instead of owned, and the other way round.
    #[must_use]
    pub const fn negated(self) -> Self {
        Self(self.0.saturating_neg())
    }

    /// In dollars, for a JSON number. Reads back exactly up to 500 billion dollars, where balances
    /// end.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / PER_DOLLAR as f64
    }
}

impl fmt::Display for Money {
    /// In dollars with two decimals, or four where they are needed: `-3.50`, `9.4125`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.unsigned_abs() / 10_000, self.0.unsigned_abs() % 10_000);
        match part % 100 {
            0 => write!(f, "{sign}{whole}.{:02}", part / 100),
            _ => write!(f, "{sign}{whole}.{part:04}"),
        }
    }
}

/// What a movement moves: above zero, at most [`Amount::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(Money);

impl Amount {
    /// The largest amount of one movement: 999,999,999.9999 dollars.
    pub const MAX: Amount = Amount(Money(9_999_999_999_999));

    /// Money as an amount, if it can be one.
    pub fn of(money: Money) -> Result<Self, MoneyProblem> {
        match money {
            money if money <= Money::ZERO => Err(MoneyProblem::NotAboveZero),
            money if money > Self::MAX.0 => Err(MoneyProblem::TooLarge),
            money => Ok(Self(money)),
        }
    }

    /// As money.
    pub const fn money(self) -> Money {
        self.0
    }

    /// In dollars, for a JSON number.
    pub fn dollars(self) -> f64 {
        self.0.dollars()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = MoneyProblem;

    fn from_str(text: &str) -> Result<Self, MoneyProblem> {
        Self::of(decimal(text)?)
    }
}

/// An amount that may be nothing at all: a fee, a cushion. `""` reads as nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Charge(Money);

impl Charge {
    /// Nothing.
    pub const NONE: Charge = Charge(Money::ZERO);

    /// Money as a charge, if it can be one.
    pub fn of(money: Money) -> Result<Self, MoneyProblem> {
        match money {
            money if money < Money::ZERO => Err(MoneyProblem::Negative),
            money if money > Amount::MAX.0 => Err(MoneyProblem::TooLarge),
            money => Ok(Self(money)),
        }
    }

    /// As money, never negative.
    pub const fn money(self) -> Money {
        self.0
    }

    /// As an amount; `None` if there is nothing to move.
    pub fn amount(self) -> Option<Amount> {
        Amount::of(self.0).ok()
    }
}

impl FromStr for Charge {
    type Err = MoneyProblem;

    fn from_str(text: &str) -> Result<Self, MoneyProblem> {
        if text.is_empty() {
            return Ok(Self::NONE);
        }
        Self::of(decimal(text)?)
    }
}

/// Reads `12.86`: digits, and at most four behind a point. A minus sign is understood, so that its
/// owner can say what is wrong with it.
fn decimal(text: &str) -> Result<Money, MoneyProblem> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(part) {
        return Err(MoneyProblem::Form);
    }
    if part.len() > DECIMALS {
        return Err(MoneyProblem::Decimals);
    }
    let too_large = |_| MoneyProblem::TooLarge;
    let whole: i64 = whole.parse().map_err(too_large)?;
    let part: i64 = format!("{part:0<DECIMALS$}").parse().map_err(too_large)?;
    let all = whole.checked_mul(PER_DOLLAR).and_then(|e4| e4.checked_add(part));
    all.map(|e4| Money(sign * e4)).ok_or(MoneyProblem::TooLarge)
}

macro_rules! read_from_numbers_and_texts {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Decimal;

                impl Visitor<'_> for Decimal {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a decimal number or its text")
                    }

                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$name, E> {
                        self.visit_str(&number.to_string())
                    }

                    fn visit_f64<E: de::Error>(self, number: f64) -> Result<$name, E> {
                        // The shortest text that reads back as this number: the one that was sent.
                        self.visit_str(&number.to_string())
                    }
                }

                deserializer.deserialize_any(Decimal)
            }
        }

        impl Serialize for $name {
            /// As a JSON number of dollars.
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.money().dollars())
            }
        }
    )+};
}

read_from_numbers_and_texts!(Amount, Charge);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hdr_4_an_amount_is_a_number_or_its_text() {
        for (json, e4) in
            [("12.86", 128_600), ("\"12.86\"", 128_600), ("5", 50_000), ("\"9.4000\"", 94_000)]
        {
            let read: Amount = serde_json::from_str(json).unwrap();
            assert_eq!(read.money().e4(), e4, "{json}");
        }
        for (json, e4) in [("\"\"", 0), ("\"0\"", 0), ("0", 0), ("5.00", 50_000)] {
            assert_eq!(serde_json::from_str::<Charge>(json).unwrap().money().e4(), e4, "{json}");
        }
    }

    #[test]
    fn what_is_no_amount_is_told_apart() {
        use MoneyProblem as P;
        for (text, problem) in [
            ("0", P::NotAboveZero),
            ("-1", P::NotAboveZero),
            ("0.00001", P::Decimals),
            ("1.00000", P::Decimals),
            ("1e2", P::Form),
            ("", P::Form),
            (".5", P::Form),
            ("5.", P::Form),
            ("+5", P::Form),
            (" 5", P::Form),
            ("1,000", P::Form),
            ("NaN", P::Form),
            ("1000000000", P::TooLarge),
            ("99999999999999999999", P::TooLarge),
            ("9223372036854775807", P::TooLarge),
        ] {
            assert_eq!(text.parse::<Amount>(), Err(problem), "{text:?}");
        }
        assert_eq!("-0.01".parse::<Charge>(), Err(P::Negative));
        assert_eq!("999999999.9999".parse::<Amount>(), Ok(Amount::MAX));
    }

    #[test]
    fn money_is_shown_with_the_decimals_it_needs() {
        for (e4, shown) in
            [(0, "0.00"), (128_600, "12.86"), (-35_000, "-3.50"), (94_125, "9.4125"), (1, "0.0001")]
        {
            assert_eq!(Money::from_e4(e4).to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn the_json_number_is_the_exact_amount(
            e4 in -5_000_000_000_000_000i64..=5_000_000_000_000_000,
        ) {
            let json = serde_json::to_string(&Money::from_e4(e4).dollars()).unwrap();
            let back: f64 = json.parse().unwrap();
            let digits = format!("{back:.4}").replace('.', "");
            prop_assert_eq!(digits.parse::<i64>().unwrap(), e4);
        }

        #[test]
        fn an_amount_reads_back_from_number_and_text(e4 in 1i64..=9_999_999_999_999) {
            let amount = Amount::of(Money::from_e4(e4)).unwrap();
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Amount>(&json).unwrap(), amount);
            prop_assert_eq!(amount.to_string().parse::<Amount>().unwrap(), amount);
        }

        #[test]
        fn no_text_makes_reading_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<Amount>();
            let _ = text.parse::<Charge>();
        }
    }
}
