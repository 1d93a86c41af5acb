//! SQL of what is kept of cards beside the account object.

use sqlx::FromRow;

use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, PaymentId, PaymentInstrumentId, ProgramCode};
use crate::kernel::time::Timestamp;

const SET_PIN: &str = "INSERT INTO card_pins (program_code, payment_id, account_id, pin_hash, \
    changed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (program_code, payment_id) \
    DO UPDATE SET pin_hash = excluded.pin_hash, changed_at = excluded.changed_at";

/// Collects the PIN of a card number.
pub(super) fn set_pin(
    work: &mut Work,
    program: &ProgramCode,
    (account, number): (AccountId, PaymentId),
    (hash, now): (&str, Timestamp),
) {
    work.write(sql(SET_PIN).bind(program).bind(number).bind(account).bind(hash).bind(now));
}

/// The PIN set for the number; without one, that of the holder, if the card was issued with it.
const PIN_HASH: &str = "SELECT COALESCE(p.pin_hash, CASE WHEN c.is_pin_set THEN u.pin_hash END) \
    AS pin_hash FROM payment_instruments c \
    JOIN users u ON u.program_code = c.program_code AND u.user_id = c.user_id \
    LEFT JOIN card_pins p ON p.program_code = c.program_code AND p.payment_id = c.payment_id \
    WHERE c.program_code = $1 AND c.payment_instrument_id = $2";

#[derive(Debug, FromRow)]
struct PinRow {
    pin_hash: Option<String>,
}

/// The keyed hash of a card's PIN; `None` if it has none.
pub(super) async fn pin_hash(
    read: &mut impl Read,
    program: &ProgramCode,
    card: PaymentInstrumentId,
) -> Result<Option<String>, DbError> {
    let row: Option<PinRow> = read.first(sql(PIN_HASH).bind(program).bind(card)).await?;
    Ok(row.and_then(|row| row.pin_hash))
}
