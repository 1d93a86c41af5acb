//! Cards: how they are issued, their steps from state to state, and their numbers. Numbers are
//! derived from the world's seed and the card, never stored, and always pass the Luhn check.

use serde::Serialize;

use super::model::{
    Card, CardOrder, Holder, InstrumentStatus, InstrumentStatusReason, InstrumentType,
};
use crate::domains::users::embossing::embossed_name;
use crate::kernel::ids::{PaymentId, PaymentInstrumentId};
use crate::kernel::source::Source;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Product;
use crate::programs::world::World;

/// Digits of a card number.
const PAN_DIGITS: usize = 16;
/// Years from issue until a card expires.
const CARD_YEARS: u32 = 4;

/// What may happen to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardStep {
    /// The holder takes it into use.
    Activate,
    /// Its account is blocked.
    Block,
    /// The block of its account is lifted.
    Unblock,
    /// A newer card takes its place.
    Supersede,
    /// Its account ends.
    Close,
}

impl CardStep {
    /// Every step.
    pub const ALL: [CardStep; 5] = [
        CardStep::Activate,
        CardStep::Block,
        CardStep::Unblock,
        CardStep::Supersede,
        CardStep::Close,
    ];
}

/// Where a step leads a card; `None` if it cannot be taken. The one table of all steps.
/// `was_active` tells where the end of a block leads back to.
pub fn after(
    status: InstrumentStatus,
    step: CardStep,
    was_active: bool,
) -> Option<InstrumentStatus> {
    use InstrumentStatus as S;
    match (status, step) {
        (S::NotActivated, CardStep::Activate) => Some(S::Activated),
        (S::NotActivated | S::Activated, CardStep::Block) => Some(S::Blocked),
        (S::Blocked, CardStep::Unblock) if was_active => Some(S::Activated),
        (S::Blocked, CardStep::Unblock) => Some(S::NotActivated),
        (S::NotActivated | S::Activated | S::Blocked, CardStep::Supersede) => Some(S::Deactivated),
        (S::NotActivated | S::Activated | S::Blocked | S::Deactivated, CardStep::Close) => {
            Some(S::Closed)
        }
        _ => None,
    }
}

impl Card {
    /// Takes a step if it can be taken from here; tells whether it was.
    pub fn take(&mut self, step: CardStep, now: Timestamp) -> bool {
        let Some(status) = after(self.status, step, self.activated_at.is_some()) else {
            return false;
        };
        self.status = status;
        self.status_reason =
            (step == CardStep::Block).then_some(InstrumentStatusReason::AccountBlock);
        if step == CardStep::Activate {
            self.activated_at = Some(now);
        }
        true
    }
}

/// A virtual card, active at once, and its plastic if it was asked for and the product has it. Both
/// bear the name of their holder as it is embossed.
pub fn issue(
    world: &World,
    product: &Product,
    order: &CardOrder,
    (holder, source, now): (&Holder, &mut Source, Timestamp),
) -> Vec<Card> {
    let payment_id = source.id(PaymentId::new);
    let (year, month) = now.year_and_month();
    let bin = &world.settings.card.bin;
    let virtual_card = Card {
        id: source.id(PaymentInstrumentId::new),
        payment_id,
        kind: InstrumentType::Virtual,
        status: InstrumentStatus::Activated,
        status_reason: None,
        is_pin_set: order.pin,
        embossed_name: embossed_name(&holder.first_name, &holder.last_name),
        last4_pan: last4_pan(world, bin, payment_id),
        bin: bin.clone(),
        expires_year: year + CARD_YEARS,
        expires_month: month,
        material: None,
        issue_source: None,
        issued_at: now,
        activated_at: Some(now),
    };
    let plastic = Card {
        id: source.id(PaymentInstrumentId::new),
        kind: InstrumentType::Emv,
        status: InstrumentStatus::NotActivated,
        material: order.material.clone().or_else(|| product.materials.first().cloned()),
        issue_source: Some(order.issue_source().to_owned()),
        activated_at: None,
        ..virtual_card.clone()
    };
    let has_plastic = (order.plastic && product.physical_card) || order.in_hand;
    std::iter::once(virtual_card).chain(has_plastic.then_some(plastic)).collect()
}

impl CardOrder {
    /// How the plastic reaches its holder.
    fn issue_source(&self) -> &'static str {
        if self.in_hand { "instantIssue" } else { Card::MAILER }
    }
}

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
    use super::*;
    use proptest::prelude::*;

    fn any_step() -> impl Strategy<Value = CardStep> {
        proptest::sample::select(CardStep::ALL.to_vec())
    }

    proptest! {
        #[test]
        fn a_blocked_card_comes_back_to_where_it_was_and_a_closed_one_stays_closed(
            steps in proptest::collection::vec(any_step(), 0..30),
        ) {
            let mut status = InstrumentStatus::NotActivated;
            let mut was_active = false;
            for step in steps {
                let next = after(status, step, was_active);
                prop_assert!(status != InstrumentStatus::Closed || next.is_none());
                if status == InstrumentStatus::Blocked && step == CardStep::Unblock {
                    prop_assert_eq!(next == Some(InstrumentStatus::Activated), was_active);
                }
                was_active |= next == Some(InstrumentStatus::Activated);
                status = next.unwrap_or(status);
            }
        }
    }

    #[test]
    fn cry_4_check_digits_are_those_of_known_numbers() {
        for (body, check) in [("7992739871", 3), ("411111111111111", 1), ("555555555555444", 4)] {
            assert_eq!(luhn_check_digit(body), check, "{body}");
        }
    }
}
