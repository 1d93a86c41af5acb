//! Cards: how they are issued, their steps from state to state, and their numbers. Numbers are
//! derived from the world's seed and the card, never stored, and always pass the Luhn check.

use serde::Serialize;

use super::model::{
    Card, CardOrder, EmbossType, Holder, InstrumentStatus, InstrumentStatusReason, InstrumentType,
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
/// How plastic that is ordered reaches its holder.
pub const MAILER: &str = "mailer";

/// What may happen to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardStep {
    /// The holder takes it into use.
    Activate,
    /// The holder stops it for a while.
    Pause,
    /// The holder goes on with it.
    Unpause,
    /// Its account is blocked.
    Block,
    /// The block of its account is lifted.
    Unblock,
    /// A newer card takes its place.
    Supersede,
    /// Its account ends, or its number is lost.
    Close,
}

impl CardStep {
    /// Every step.
    pub const ALL: [CardStep; 7] = [
        CardStep::Activate,
        CardStep::Pause,
        CardStep::Unpause,
        CardStep::Block,
        CardStep::Unblock,
        CardStep::Supersede,
        CardStep::Close,
    ];
}

/// Where a card stands: its status, and what it comes back to when a stop ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CardPlace {
    /// Issued, not yet in use.
    New,
    /// In use.
    InUse,
    /// In use, and stopped by its holder.
    Paused,
    /// Blocked with its account before it came into use.
    BlockedNew,
    /// Blocked with its account while in use.
    BlockedInUse,
    /// Blocked with its account while paused.
    BlockedPaused,
    /// Superseded.
    Deactivated,
    /// Ended.
    Closed,
}

impl CardPlace {
    /// Every place.
    pub const ALL: [CardPlace; 8] = [
        CardPlace::New,
        CardPlace::InUse,
        CardPlace::Paused,
        CardPlace::BlockedNew,
        CardPlace::BlockedInUse,
        CardPlace::BlockedPaused,
        CardPlace::Deactivated,
        CardPlace::Closed,
    ];

    /// As the card shows it.
    pub fn shown(self) -> (InstrumentStatus, Option<InstrumentStatusReason>) {
        use InstrumentStatus as S;
        match self {
            CardPlace::New => (S::NotActivated, None),
            CardPlace::InUse => (S::Activated, None),
            CardPlace::Paused => (S::Blocked, Some(InstrumentStatusReason::CustomerInitiatedHold)),
            CardPlace::BlockedNew | CardPlace::BlockedInUse | CardPlace::BlockedPaused => {
                (S::Blocked, Some(InstrumentStatusReason::AccountBlock))
            }
            CardPlace::Deactivated => (S::Deactivated, None),
            CardPlace::Closed => (S::Closed, None),
        }
    }

    /// Whether the holder has it paused.
    pub fn is_paused(self) -> bool {
        matches!(self, CardPlace::Paused | CardPlace::BlockedPaused)
    }
}

/// Where a step leads a card; `None` if it cannot be taken. The one table of all steps.
pub fn after(place: CardPlace, step: CardStep) -> Option<CardPlace> {
    use CardPlace as P;
    Some(match (place, step) {
        (P::New, CardStep::Activate) => P::InUse,
        (P::InUse, CardStep::Pause) => P::Paused,
        (P::Paused, CardStep::Unpause) => P::InUse,
        (P::New, CardStep::Block) => P::BlockedNew,
        (P::InUse, CardStep::Block) => P::BlockedInUse,
        (P::Paused, CardStep::Block) => P::BlockedPaused,
        (P::BlockedNew, CardStep::Unblock) => P::New,
        (P::BlockedInUse, CardStep::Unblock) => P::InUse,
        (P::BlockedPaused, CardStep::Unblock) => P::Paused,
        (P::Deactivated | P::Closed, CardStep::Supersede) => return None,
        (_, CardStep::Supersede) => P::Deactivated,
        (P::Closed, CardStep::Close) => return None,
        (_, CardStep::Close) => P::Closed,
        _ => return None,
    })
}

impl Card {
    /// Where it stands.
    pub fn place(&self) -> CardPlace {
        use InstrumentStatus as S;
        match self.status {
            S::NotActivated => CardPlace::New,
            S::Activated => CardPlace::InUse,
            S::Deactivated => CardPlace::Deactivated,
            S::Closed => CardPlace::Closed,
            S::Blocked => match (self.status_reason, self.paused_at, self.activated_at) {
                (Some(InstrumentStatusReason::CustomerInitiatedHold), ..) => CardPlace::Paused,
                (_, Some(_), _) => CardPlace::BlockedPaused,
                (_, None, Some(_)) => CardPlace::BlockedInUse,
                (_, None, None) => CardPlace::BlockedNew,
            },
        }
    }

    /// Takes a step if it can be taken from here; tells whether it was.
    pub fn take(&mut self, step: CardStep, now: Timestamp) -> bool {
        let Some(place) = after(self.place(), step) else { return false };
        (self.status, self.status_reason) = place.shown();
        if step == CardStep::Activate {
            self.activated_at = Some(now);
        }
        self.paused_at = place.is_paused().then(|| self.paused_at.unwrap_or(now));
        true
    }

    /// Whether it is plastic that is made and mailed, not handed over in a package.
    pub fn is_mailed(&self) -> bool {
        self.kind == InstrumentType::Emv && self.issue_source.as_deref() == Some(MAILER)
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
    let (year, month) = expiry(now);
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
        expires_year: year,
        expires_month: month,
        material: None,
        issue_source: None,
        issued_at: now,
        activated_at: Some(now),
        paused_at: None,
        emboss_type: None,
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

/// A card in the place of `old`: of the same number, plastic that is yet to be activated; of a new
/// one, without the PIN of the old one, and active at once if it is virtual.
pub fn reissue(
    world: &World,
    old: &Card,
    (id, number): (PaymentInstrumentId, Option<PaymentId>),
    (emboss, now): (EmbossType, Timestamp),
) -> Card {
    let is_virtual = old.kind == InstrumentType::Virtual;
    let (expires_year, expires_month) = expiry(now);
    let fresh = CardPlace::shown(if is_virtual { CardPlace::InUse } else { CardPlace::New });
    let same = Card {
        id,
        status: fresh.0,
        status_reason: fresh.1,
        expires_year,
        expires_month,
        issue_source: (!is_virtual).then(|| MAILER.to_owned()),
        issued_at: now,
        activated_at: is_virtual.then_some(now),
        paused_at: None,
        emboss_type: (!is_virtual).then_some(emboss),
        ..old.clone()
    };
    let Some(payment_id) = number else { return same };
    let bin = world.settings.card.bin.clone();
    let last4_pan = last4_pan(world, &bin, payment_id);
    Card { payment_id, is_pin_set: false, bin, last4_pan, ..same }
}

impl CardOrder {
    /// How the plastic reaches its holder.
    fn issue_source(&self) -> &'static str {
        if self.in_hand { "instantIssue" } else { MAILER }
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
        let cvv = (card.kind == InstrumentType::Virtual).then(|| cvv(world, card));
        Self {
            pan: pan(world, &card.bin, card.payment_id),
            cvv,
            expiration_month: card.expires_month,
            expiration_year: card.expires_year,
        }
    }
}

/// The three digits on the back of a card: each card has its own, also of one number.
pub fn cvv(world: &World, card: &Card) -> String {
    world.source(&["cvv", &card.id.to_string()]).digits(3)
}

/// Year and month in which a card expires that is issued now.
pub fn expiry(now: Timestamp) -> (u32, u32) {
    let (year, month) = now.year_and_month();
    (year + CARD_YEARS, month)
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

    fn a_card() -> Card {
        let mut source = Source::new(&[1; 32], &["card"]);
        Card {
            id: source.id(PaymentInstrumentId::new),
            payment_id: source.id(PaymentId::new),
            kind: InstrumentType::Emv,
            status: InstrumentStatus::NotActivated,
            status_reason: None,
            is_pin_set: false,
            embossed_name: String::new(),
            bin: "414720".to_owned(),
            last4_pan: "0000".to_owned(),
            expires_year: 2035,
            expires_month: 5,
            material: None,
            issue_source: None,
            issued_at: Timestamp::MIN,
            activated_at: None,
            paused_at: None,
            emboss_type: None,
        }
    }

    proptest! {
        // Proves CRD-1.
        #[test]
        fn a_card_walks_the_table_and_its_members_tell_where_it_stands(
            steps in proptest::collection::vec(any_step(), 0..40),
        ) {
            let (mut card, mut place) = (a_card(), CardPlace::New);
            let mut before_block = CardPlace::New;
            for step in steps {
                let next = after(place, step);
                prop_assert!(place != CardPlace::Closed || next.is_none());
                prop_assert!(next != Some(CardPlace::Paused) || card.activated_at.is_some());
                if let (CardStep::Unblock, Some(next)) = (step, next) {
                    prop_assert_eq!(next, before_block);
                }
                if step == CardStep::Block && next.is_some() {
                    before_block = place;
                }
                prop_assert_eq!(card.take(step, Timestamp::MIN), next.is_some());
                place = next.unwrap_or(place);
                prop_assert_eq!(card.place(), place);
                prop_assert_eq!((card.status, card.status_reason), place.shown());
                prop_assert_eq!(card.paused_at.is_some(), place.is_paused());
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
