//! A card in the mail: its stages, the one table of steps between them, and its times.

use crate::domains::accounts::model::{Card, EmbossType, InstrumentStatus};
use crate::kernel::ids::{AccountId, PaymentId, PaymentInstrumentId};
use crate::kernel::states::states;
use crate::kernel::time::Timestamp;

const HOUR_MS: i64 = 3_600_000;
/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// How long before it arrives a card is out for delivery.
const LAST_LEG_MS: i64 = 8 * HOUR_MS;
/// How long after a card went to fulfilment its delivery is told.
const TOLD_MS: i64 = 60 * DAY_MS;

states! {
    /// Where a card is that was sent to fulfilment.
    Stage {
        /// It is made.
        Printing = "printing",
        /// Handed over to the post.
        Shipped = "shipped",
        /// Between two places.
        InTransit = "inTransit",
        /// On the last leg.
        OutForDelivery = "outForDelivery",
        /// At its address.
        Delivered = "delivered",
        /// Sent back.
        Returned = "returned",
    }
}

/// What may happen to a card on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MailStep {
    /// It goes to fulfilment.
    Print,
    /// It is handed over to the post.
    Ship,
    /// The post carries it.
    Carry,
    /// It is taken out to its address.
    TakeOut,
    /// It arrives.
    Deliver,
    /// It is sent back.
    Return,
}

impl MailStep {
    /// Every step.
    pub const ALL: [MailStep; 6] = [
        MailStep::Print,
        MailStep::Ship,
        MailStep::Carry,
        MailStep::TakeOut,
        MailStep::Deliver,
        MailStep::Return,
    ];

    /// The step that the clock takes from here; `None` where nothing more comes by itself.
    pub fn next(from: Option<Stage>) -> Option<Self> {
        match from {
            None => Some(MailStep::Print),
            Some(Stage::Printing) => Some(MailStep::Ship),
            Some(Stage::Shipped) => Some(MailStep::Carry),
            Some(Stage::InTransit) => Some(MailStep::TakeOut),
            Some(Stage::OutForDelivery) => Some(MailStep::Deliver),
            Some(Stage::Delivered | Stage::Returned) => None,
        }
    }
}

/// Where a step leads; `None` if it cannot be taken. The one table of all steps; `from` is `None`
/// before the card went to fulfilment.
pub fn after(from: Option<Stage>, step: MailStep) -> Option<Stage> {
    use MailStep as S;
    use Stage::{Delivered, InTransit, OutForDelivery, Printing, Returned, Shipped};
    match (from, step) {
        (None, S::Print) => Some(Printing),
        (None | Some(Printing), S::Ship) => Some(Shipped),
        (Some(Shipped), S::Carry) => Some(InTransit),
        (Some(Shipped | InTransit), S::TakeOut) => Some(OutForDelivery),
        (Some(Shipped | InTransit | OutForDelivery), S::Deliver) => Some(Delivered),
        (Some(Shipped | InTransit | OutForDelivery | Delivered), S::Return) => Some(Returned),
        _ => None,
    }
}

/// As [`after`], for this very card: one in use moves no more, and one that has ended is not made.
pub fn step_of(card: &Card, from: Option<Stage>, step: MailStep) -> Option<Stage> {
    let has_ended = matches!(card.status, InstrumentStatus::Closed | InstrumentStatus::Deactivated);
    if !card.is_mailed() || card.activated_at.is_some() || (from.is_none() && has_ended) {
        return None;
    }
    after(from, step)
}

/// How a card travels, and how long each part of it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// `deliveryMethodCode`.
    pub code: String,
    /// `deliveryMethod`.
    pub name: String,
    /// Days from the post to the address, 1 or more.
    pub transit_days: u32,
}

/// One card that went to fulfilment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// The card.
    pub instrument: PaymentInstrumentId,
    /// Its account.
    pub account: AccountId,
    /// The card number that it bears.
    pub payment: PaymentId,
    /// Where it is.
    pub stage: Stage,
    /// `deliveryMethodCode`.
    pub method_code: String,
    /// `deliveryMethod`.
    pub method_name: String,
    /// Days from the post to the address.
    pub transit_days: u32,
    /// 28 digits.
    pub tracking_number: String,
    /// When it went to fulfilment.
    pub fulfilled_at: Timestamp,
    /// When it went to the post.
    pub shipped_at: Option<Timestamp>,
    /// The first moment in UTC of the day on which it should arrive.
    pub expected_at: Timestamp,
    /// When its stage last changed.
    pub changed_at: Timestamp,
}

impl Mailing {
    /// A card that goes to fulfilment now, to be printed within so many days.
    pub fn begun(
        (account, card): (AccountId, &Card),
        (method, production_days): (Method, u32),
        tracking_number: String,
        now: Timestamp,
    ) -> Self {
        let days = i64::from(production_days) + i64::from(method.transit_days);
        Self {
            instrument: card.id,
            account,
            payment: card.payment_id,
            stage: Stage::Printing,
            method_code: method.code,
            method_name: method.name,
            transit_days: method.transit_days,
            tracking_number,
            fulfilled_at: now,
            shipped_at: None,
            expected_at: Timestamp::of_day(now.plus_millis(days * DAY_MS).date()),
            changed_at: now,
        }
    }

    /// The same a stage further. The day of its arrival is known better once it is in the mail.
    #[must_use]
    pub fn at(mut self, stage: Stage, now: Timestamp) -> Self {
        self.stage = stage;
        self.changed_at = now;
        if stage == Stage::Shipped {
            self.shipped_at = Some(now);
            self.expected_at = Timestamp::of_day(now.plus_millis(self.transit_ms()).date());
        }
        self
    }

    fn transit_ms(&self) -> i64 {
        i64::from(self.transit_days) * DAY_MS
    }

    /// When the clock takes its next step, and which; `None` where nothing more comes by itself.
    pub fn next_at(&self, production_days: u32) -> Option<Timestamp> {
        let printed_at = self.fulfilled_at.plus_millis(i64::from(production_days) * DAY_MS);
        let shipped_at = self.shipped_at.unwrap_or(printed_at);
        let transit = self.transit_ms();
        Some(match MailStep::next(Some(self.stage))? {
            MailStep::Print | MailStep::Ship => printed_at,
            MailStep::Carry => shipped_at.plus_millis(transit / 4),
            MailStep::TakeOut => shipped_at.plus_millis(transit - LAST_LEG_MS),
            MailStep::Deliver | MailStep::Return => shipped_at.plus_millis(transit),
        })
    }

    /// Whether its delivery is still told.
    pub fn is_told(&self, now: Timestamp) -> bool {
        now.millis_since(self.fulfilled_at) < TOLD_MS
    }
}

/// Where a card is, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Made or under way.
    Mailed(Stage),
    /// In its holder's hand and in use.
    Activated,
}

impl Place {
    /// Where a card is that has come so far.
    pub fn of(card: &Card, mailing: &Mailing) -> Self {
        match card.activated_at {
            Some(_) => Place::Activated,
            None => Place::Mailed(mailing.stage),
        }
    }

    /// `deliveryStatusCode`.
    pub fn code(self) -> &'static str {
        match self {
            Place::Mailed(stage) => stage.as_str(),
            Place::Activated => "activated",
        }
    }

    /// `deliveryStatus`. The guide prints the first and the last one.
    pub fn words(self) -> &'static str {
        match self {
            Place::Mailed(Stage::Printing) => "Card In Production",
            Place::Mailed(Stage::Shipped) => "Card Shipped",
            Place::Mailed(Stage::InTransit) => "Card In Transit",
            Place::Mailed(Stage::OutForDelivery) => "Card Out For Delivery",
            Place::Mailed(Stage::Delivered) => "Card Delivered",
            Place::Mailed(Stage::Returned) => "Card Returned",
            Place::Activated => "Card Received and Activated",
        }
    }
}

/// What is told of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The card.
    pub card: Card,
    /// Where it is.
    pub place: Place,
    /// Its way; `None` if it was never mailed, or too long ago.
    pub mailing: Option<Mailing>,
}

impl Report {
    /// When it should arrive; nothing once it is in use.
    pub fn expected_at(&self) -> Option<Timestamp> {
        let mailing = self.mailing.as_ref().filter(|_| self.place != Place::Activated);
        mailing.map(|mailing| mailing.expected_at)
    }

    /// What it was embossed for, if it took the place of another card.
    pub fn emboss_type(&self) -> Option<&'static str> {
        self.card.emboss_type.map(EmbossType::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_steps() {
        use MailStep as S;
        for (from, possible) in [
            (None, vec![S::Print, S::Ship]),
            (Some(Stage::Printing), vec![S::Ship]),
            (Some(Stage::Shipped), vec![S::Carry, S::TakeOut, S::Deliver, S::Return]),
            (Some(Stage::InTransit), vec![S::TakeOut, S::Deliver, S::Return]),
            (Some(Stage::OutForDelivery), vec![S::Deliver, S::Return]),
            (Some(Stage::Delivered), vec![S::Return]),
            (Some(Stage::Returned), vec![]),
        ] {
            let taken: Vec<S> =
                S::ALL.into_iter().filter(|step| after(from, *step).is_some()).collect();
            assert_eq!(taken, possible, "{from:?}");
        }
    }

    #[test]
    fn the_clock_can_take_each_step_that_it_names_and_ends_at_the_address() {
        let mut stage = None;
        let mut seen = Vec::new();
        while let Some(step) = MailStep::next(stage) {
            stage = after(stage, step);
            seen.push(stage.expect("the clock takes only steps of the table"));
        }
        assert_eq!(seen, Stage::ALL[..5]);
    }

    proptest! {
        #[test]
        fn a_card_only_goes_on_and_is_in_the_mail_before_it_arrives(
            steps in proptest::collection::vec(0..MailStep::ALL.len(), 0..20),
        ) {
            let place = |stage: Stage| Stage::ALL.iter().position(|known| *known == stage);
            let order = |stage: Option<Stage>| stage.and_then(place).map_or(0, |at| at + 1);
            let (mut stage, mut was_shipped) = (None, false);
            for step in steps.into_iter().map(|at| MailStep::ALL[at]) {
                let Some(next) = after(stage, step) else { continue };
                prop_assert!(order(Some(next)) > order(stage));
                was_shipped |= next == Stage::Shipped;
                prop_assert!(was_shipped || next == Stage::Printing);
                stage = Some(next);
            }
        }
    }
}
