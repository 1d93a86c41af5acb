//! What may be done to cards. Pure. Follows the Payment Instruments page as far as it is readable:
//! 4/50 and 4/313 are printed, the other refusals are our reading.

use super::model::{CardData, Replacement};
use crate::domains::accounts::model::{
    Account, AccountStatus, Card, InstrumentStatus, InstrumentType, StatusReason,
};
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// Digits of a card number.
const PAN_DIGITS: usize = 16;
/// Digits on the back of a card.
const CVV_DIGITS: usize = 3;
/// Digits of a PIN.
const PIN_DIGITS: usize = 4;
/// Cards that a holder may have had in all before no other one is ordered.
pub const CARDS_MAX: usize = 30;

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn invalid(says: &str) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("CRD-1").saying(says)
}

/// Cards are only changed while the account is in use: it is neither pending nor locked nor closed.
pub fn judge_account(account: &Account) -> Option<Refusal> {
    if matches!(account.standing.status, AccountStatus::Normal | AccountStatus::Restricted) {
        return None;
    }
    let facts = format!("account {} is {}", account.id, account.standing.status);
    Some(Refusal::of(&codes::ACCOUNT_STATE).under("CRD-1").because(facts))
}

/// Before anything else, no card of an account on which fraud is suspected comes into use.
pub fn judge_activation(account: &Account) -> Option<Refusal> {
    if account.standing.reason == StatusReason::PotentialFraud {
        let facts = format!("the reason of account {} is potentialFraud", account.id);
        return Some(Refusal::of(&codes::SUSPECTED_FRAUD).because(facts));
    }
    judge_account(account)
}

/// Judges the form of card data; `wants_all` if nothing may be left out.
pub fn judge_card_data(data: &CardData, wants_all: bool) -> Option<Refusal> {
    let is_wrong = |text: &Option<String>, count: usize| match text {
        Some(text) => !is_digits(text, count),
        None => wants_all,
    };
    let is_expiry_wrong = data.expiry.map_or(wants_all, |(month, _)| !(1..=12).contains(&month));
    if is_wrong(&data.pan, PAN_DIGITS) {
        Some(invalid("pan must have exactly 16 digits."))
    } else if is_wrong(&data.cvv, CVV_DIGITS) {
        Some(invalid("cvv must have 3 digits."))
    } else if is_expiry_wrong {
        Some(invalid("expirationMonth must be 1 to 12, and expirationYear must be there."))
    } else {
        None
    }
}

/// Judges a PIN: four digits.
pub fn judge_pin(pin: Option<&str>) -> Option<Refusal> {
    let is_good = pin.is_some_and(|pin| is_digits(pin, PIN_DIGITS));
    (!is_good).then(|| invalid("encryptedPin must hold {\"pin\":\"NNNN\"}, 4 digits."))
}

/// A card that has ended takes no PIN and is not replaced.
pub fn judge_alive(card: &Card) -> Option<Refusal> {
    let has_ended = matches!(card.status, InstrumentStatus::Closed | InstrumentStatus::Deactivated);
    has_ended.then(|| not_so(card))
}

/// The card's status does not allow what is asked for.
pub fn not_so(card: &Card) -> Refusal {
    let facts = format!("the {} card {} is {}", card.kind, card.id, card.status);
    Refusal::of(&codes::CARD_STATE).because(facts)
}

/// Judges a replacement. `offered` is what the account's product is made of; `None` if the product
/// has no plastic, or if the program does not offer it any more.
pub fn judge_replacement(
    (account, card): (&Account, &Card),
    wanted: &Replacement,
    offered: Option<&[String]>,
) -> Option<Refusal> {
    if let Some(refusal) = judge_account(account).or_else(|| judge_alive(card)) {
        return Some(refusal);
    }
    let is_virtual = card.kind == InstrumentType::Virtual;
    if !wanted.reason.ends_number() && is_virtual {
        let facts = format!("a virtual card is not replaced as {}", wanted.reason);
        return Some(Refusal::of(&codes::CARD_STATE).because(facts));
    }
    let is_offered = |material: &String| offered.is_some_and(|known| known.contains(material));
    if wanted.material.as_ref().is_some_and(|material| !is_offered(material)) {
        let facts = "productMaterialType is none of the product's materials";
        return Some(Refusal::of(&codes::MATERIAL).because(facts));
    }
    if offered.is_none() && !is_virtual {
        let facts = "the program does not offer plastic of the account's product any more";
        return Some(Refusal::of(&codes::UNKNOWN_PRODUCT).because(facts));
    }
    let full =
        |cards: &[Card]| cards.iter().any(|known| known.id == card.id) && cards.len() >= CARDS_MAX;
    account.holders.iter().any(|holder| full(&holder.cards)).then(|| {
        let facts = format!("the holder has had {CARDS_MAX} cards");
        Refusal::of(&codes::CARD_STATE).because(facts)
    })
}
