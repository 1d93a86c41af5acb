//! Card numbers. They are derived from the world's seed and the card, never stored, and always pass
//! the Luhn check.

use serde::Serialize;

use super::model::{Card, InstrumentType};
use crate::kernel::ids::PaymentId;
use crate::programs::world::World;

/// Digits of a card number.
const PAN_DIGITS: usize = 16;

/// What a sealed `encryptedPrivatePaymentInstrumentData` holds. The CVV only for virtual cards.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PrivateCardData {
    pan: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cvv: Option<String>,
    expiration_month: u32,
    expiration_year: u32,
}

impl PrivateCardData {
    /// The private data of a card.
    pub fn of(world: &World, card: &Card) -> Self {
        let cvv = (card.kind == InstrumentType::Virtual)
            .then(|| world.source(&["cvv", &card.id.to_string()]).digits(3));
        Self {
            pan: pan(world, &card.bin, card.payment_id),
            cvv,
            expiration_month: card.expires_month,
            expiration_year: card.expires_year,
        }
    }
}

/// The card number of a payment identifier, which begins with `bin`.
pub fn pan(world: &World, bin: &str, payment: PaymentId) -> String {
    let serial = world.source(&["pan", &payment.to_string()]).digits(PAN_DIGITS - 1 - bin.len());
    let body = format!("{bin}{serial}");
    let check = luhn_check_digit(&body);
    format!("{body}{check}")
}

/// The last four digits of the card number of a payment identifier.
pub fn last4_pan(world: &World, bin: &str, payment: PaymentId) -> String {
    pan(world, bin, payment)[PAN_DIGITS - 4..].to_owned()
}

/// The digit that makes `body` and itself pass the Luhn check.
fn luhn_check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            let doubled = if at % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::luhn_check_digit;

    #[test]
    fn cry_4_check_digits_are_those_of_known_numbers() {
        for (body, check) in [("7992739871", 3), ("411111111111111", 1), ("555555555555444", 4)] {
            assert_eq!(luhn_check_digit(body), check, "{body}");
        }
    }
}
