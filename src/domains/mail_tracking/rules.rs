//! Which card's way is told of a given card, and the refusals.

use super::model::{Mailing, Place, Report};
use crate::domains::accounts::model::{Card, InstrumentType};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::PaymentInstrumentId;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// What is told of a card: where the card is that was mailed last with its number. Nothing from
/// before the given card was issued, nothing 60 days after fulfilment; but a plastic card that is
/// activated is so whatever became of it in the mail. `mailings` are those of its number, the
/// newest first; `None` where there is nothing to tell.
pub fn report(
    given: &Card,
    cards: &[&Card],
    mailings: Vec<Mailing>,
    now: Timestamp,
) -> Option<Report> {
    let is_fresh =
        |mailing: &Mailing| mailing.fulfilled_at >= given.issued_at && mailing.is_told(now);
    let mailing = mailings.into_iter().find(is_fresh);
    let mailed =
        mailing.as_ref().and_then(|it| cards.iter().find(|card| card.id == it.instrument)).copied();
    let plastic = plastic_of(given, cards);
    let in_use = plastic.filter(|card| card.activated_at.is_some());
    match (in_use, mailing.zip(mailed)) {
        (Some(card), told) => {
            let card = told.as_ref().map_or(card, |(_, mailed)| mailed).clone();
            let mailing = told.map(|(mailing, _)| mailing);
            Some(Report { card, place: Place::Activated, mailing })
        }
        (None, Some((mailing, card))) => {
            let place = Place::of(card, &mailing);
            Some(Report { card: card.clone(), place, mailing: Some(mailing) })
        }
        (None, None) => None,
    }
}

/// The given card if it is plastic, else the newest plastic one of its number.
fn plastic_of<'a>(given: &'a Card, cards: &[&'a Card]) -> Option<&'a Card> {
    if given.kind != InstrumentType::Virtual {
        return Some(given);
    }
    let of_number = cards
        .iter()
        .filter(|card| card.payment_id == given.payment_id && card.kind != InstrumentType::Virtual);
    of_number.max_by_key(|card| card.issued_at).copied()
}

/// Nothing is known of a card's delivery; `code` says how the vendor's digits split.
pub fn not_available(code: &'static VendorCode, card: &Card) -> Refusal {
    let facts = format!(
        "card {} is {} and not mailed since it was issued, or 60 days and more ago",
        card.id, card.status
    );
    Refusal::of(code).because(facts)
}

/// The account has no such card.
pub fn not_found(card: PaymentInstrumentId) -> Refusal {
    Refusal::of(&codes::CARD_NOT_FOUND).because(format!("the account has no card {card}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::accounts::model::InstrumentStatus;
    use crate::domains::mail_tracking::model::{DAY_MS, Method, Stage};
    use crate::kernel::ids::{AccountId, PaymentId};
    use crate::kernel::source::Source;

    fn moment(day: i64) -> Timestamp {
        Timestamp::from_millis(day * DAY_MS)
    }

    fn source(number: u8) -> Source {
        Source::new(&[number; 32], &["card"])
    }

    /// A card that was issued on this day.
    fn card(number: u8, kind: InstrumentType, day: i64) -> Card {
        Card {
            id: source(number).id(PaymentInstrumentId::new),
            payment_id: source(0).id(PaymentId::new),
            kind,
            status: InstrumentStatus::NotActivated,
            status_reason: None,
            is_pin_set: false,
            embossed_name: "JACK WHITE".to_owned(),
            bin: "499998".to_owned(),
            last4_pan: "7040".to_owned(),
            expires_year: 2035,
            expires_month: 5,
            material: Some("pvc".to_owned()),
            issue_source: Some("mailer".to_owned()),
            issued_at: moment(day),
            activated_at: None,
            paused_at: None,
            emboss_type: None,
        }
    }

    fn mailed(card: &Card, day: i64) -> Mailing {
        let method = Method { code: "reg".into(), name: "Regular".into(), transit_days: 7 };
        let account = source(0).id(AccountId::new);
        Mailing::begun((account, card), (method, 3), "0".repeat(28), moment(day))
    }

    #[test]
    fn dlv_2_the_newest_card_of_a_number_is_told_and_nothing_from_before_the_issue() {
        let shown = InstrumentType::Virtual;
        let (screen, old) = (card(1, shown, 10), card(2, InstrumentType::Emv, 10));
        let new = card(3, InstrumentType::Emv, 40);
        let cards = [&screen, &old, &new];
        let told = |given: &Card, mailings: &[Mailing], day: i64| {
            report(given, &cards, mailings.to_vec(), moment(day)).map(|it| it.card.id)
        };
        let first = [mailed(&old, 11)];
        assert_eq!(told(&old, &first, 41), Some(old.id));
        assert_eq!(told(&screen, &first, 41), Some(old.id));
        assert_eq!(told(&new, &first, 41), None, "from before it was issued");
        let both = [mailed(&new, 42), mailed(&old, 11)];
        for given in cards {
            assert_eq!(told(given, &both, 50), Some(new.id), "{}", given.id);
            assert_eq!(told(given, &both, 42 + 60), None, "{}", given.id);
        }
    }

    #[test]
    fn dlv_2_activated_wins_over_all_else_and_takes_the_day_of_arrival_away() {
        let screen = card(1, InstrumentType::Virtual, 10);
        let plastic = card(2, InstrumentType::Emv, 10);
        let in_use = Card { activated_at: Some(moment(20)), ..plastic.clone() };
        let mailing = || vec![mailed(&plastic, 11)];
        for (mailings, day, is_mailed) in
            [(mailing(), 21, true), (mailing(), 100, false), (Vec::new(), 21, false)]
        {
            for given in [&screen, &in_use] {
                let cards = [&screen, &in_use];
                let told = report(given, &cards, mailings.clone(), moment(day)).unwrap();
                assert_eq!(told.place, Place::Activated);
                assert_eq!(told.expected_at(), None);
                assert_eq!(told.mailing.is_some(), is_mailed);
            }
        }
        let screen = Card { activated_at: Some(moment(10)), ..screen };
        let told = report(&screen, &[&screen, &plastic], mailing(), moment(21)).unwrap();
        assert_eq!(told.place, Place::Mailed(Stage::Printing), "a card on the screen is no mail");
        assert_eq!(report(&screen, &[&screen], Vec::new(), moment(21)), None);
    }
}
