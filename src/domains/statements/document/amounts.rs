//! Amounts as statements print them.

use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::Direction;
use crate::paper::page::{Font, Mark};

/// The largest amounts are drawn no smaller.
const SMALLEST: f32 = 4.0;

/// What a movement adds to a purse.
pub(super) fn signed(direction: Direction, amount: Amount) -> Money {
    if direction.is_credit() { amount.money() } else { amount.money().negated() }
}

/// With commas between thousands: `-1,234.50`; four decimals where they are needed.
pub(super) fn shown(amount: Money) -> String {
    let plain = amount.to_string();
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain.as_str()), |rest| ("-", rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{part}")
}

/// An amount that ends here, in a smaller font where it would not fit.
pub(super) fn fitted((end, y): (f32, f32), font: Font, amount: &str, room: f32) -> Mark {
    let text = amount.as_bytes().to_vec();
    let full = font.width(&text);
    let size = if full > room { (font.size * room / full).max(SMALLEST) } else { font.size };
    let font = Font { size, ..font };
    Mark::Text { at: (end - font.width(&text), y), font, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_by_commas() {
        for (e4, text) in [
            (0, "0.00"),
            (9_900, "0.99"),
            (-35_000, "-3.50"),
            (9_999_900, "999.99"),
            (10_000_000, "1,000.00"),
            (-12_345_678_900, "-1,234,567.89"),
            (10_000_001, "1,000.0001"),
            (5_000_000_000_000_000, "500,000,000,000.00"),
        ] {
            assert_eq!(shown(Money::from_e4(e4)), text);
        }
    }
}
