//! The use cases that move a card from state to state: activating, pausing, replacing. Each step is
//! one of the table in [`crate::domains::accounts::cards`]; the webhooks that tell of it are the
//! account's.

use super::model::{CardData, CardEvent, ReplaceReason, Replacement};
use super::{ops, rules};
use crate::db::{Db, DbError, Key};
use crate::domains::accounts::cards::{self, CardPlace, CardStep};
use crate::domains::accounts::model::{Account, Card, InstrumentType};
use crate::domains::accounts::ops as accounts;
use crate::domains::mail_tracking::ops as mail;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, PaymentId, PaymentInstrumentId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Where an event happens, and when.
pub struct Occasion<'a> {
    /// The program.
    pub world: &'a World,
    /// The call's request id: the same one replaces a card once.
    pub request_id: &'a str,
    /// The world's moment.
    pub now: Timestamp,
}

/// Has an event happen to a card of an account, and answers the card: after a replacement, the new
/// one. Without an id, the card is the one whose number, expiry and CVV are given.
pub async fn happen(
    db: &Db,
    occasion: &Occasion<'_>,
    (id, card): (AccountId, Option<PaymentInstrumentId>),
    event: &CardEvent,
) -> Result<Outcome<Card>, DbError> {
    let (world, now) = (occasion.world, occasion.now);
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let mut account = before.clone();
    let changed = match (event, card) {
        (CardEvent::Replace(wanted), Some(card)) => replace(occasion, &mut account, card, wanted),
        (CardEvent::Activate(data), card) => activate(occasion, &mut account, card, data.as_ref()),
        (CardEvent::Pause, Some(card)) => pause(&mut account, card, now),
        (CardEvent::Unpause, Some(card)) => unpause(&mut account, card, now),
        (_, None) => Err(Refusal::of(&codes::CARD_NOT_FOUND)),
    };
    let id = match changed {
        Ok(id) => id,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let is_new = |card: &Card| card.activated_at.is_none();
    if matches!(event, CardEvent::Activate(_)) && ops::card_of(&before, id).is_ok_and(is_new) {
        mail::activated(&mut unit, world, (&mut account, id), now).await?;
    }
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(match ops::card_of(&account, id) {
        Ok(card) => Outcome::Done(card.clone()),
        Err(refusal) => Outcome::refused(refusal),
    })
}

/// The reasons for which a card can be replaced now.
pub fn reasons_for(world: &World, account: &Account, card: &Card) -> Vec<ReplaceReason> {
    let product = world.settings.product(&account.product_code).filter(|it| it.physical_card);
    let offered = product.map(|product| product.materials.as_slice());
    let is_free = |reason: &ReplaceReason| {
        let wanted = Replacement { reason: *reason, material: None };
        rules::judge_replacement((account, card), &wanted, offered).is_none()
    };
    ReplaceReason::ALL.iter().copied().filter(is_free).collect()
}

/// Whether the data given is what is printed on the card; what is left out is not compared.
pub fn bears(world: &World, card: &Card, data: &CardData) -> bool {
    let is = |given: &Option<String>, on_card: String| {
        given.as_ref().is_none_or(|given| ops::is_same(given, &on_card))
    };
    let expiry = (card.expires_month, card.expires_year);
    is(&data.pan, cards::pan(world, &card.bin, card.payment_id))
        & is(&data.cvv, cards::cvv(world, card))
        & data.expiry.is_none_or(|given| given == expiry)
}

type Changed = Result<PaymentInstrumentId, Refusal>;

fn activate(
    occasion: &Occasion<'_>,
    account: &mut Account,
    wanted: Option<PaymentInstrumentId>,
    data: Option<&CardData>,
) -> Changed {
    let (world, now) = (occasion.world, occasion.now);
    if let Some(refusal) = rules::judge_activation(account) {
        return Err(refusal);
    }
    let bears = |card: &Card| data.is_none_or(|data| bears(world, card, data));
    let card = match wanted {
        Some(id) => Some(ops::card_of(account, id)?).filter(|card| bears(card)),
        None => account.holders.iter().flat_map(|it| &it.cards).find(|card| bears(card)),
    };
    let card = card.ok_or_else(|| Refusal::of(&codes::CARD_DATA))?.clone();
    if card.place() == CardPlace::InUse {
        return Ok(card.id);
    }
    let holder = account.holders.iter_mut().find(|holder| holder.cards.contains(&card));
    let mut older = true;
    for one in holder.into_iter().flat_map(|holder| &mut holder.cards) {
        if one.id == card.id {
            older = false;
            if !one.take(CardStep::Activate, now) {
                return Err(rules::not_so(one));
            }
        } else if older && is_overtaken(one, &card) {
            one.take(CardStep::Supersede, now);
        }
    }
    Ok(card.id)
}

/// Whether a card gives way when a newer one of its holder comes into use: one that was never
/// activated, and the plastic that the newer one replaces.
fn is_overtaken(card: &Card, by: &Card) -> bool {
    let is_plastic = card.kind == InstrumentType::Emv;
    let was_never_in_use = card.activated_at.is_none();
    was_never_in_use || (is_plastic && by.emboss_type.is_some() && card.payment_id == by.payment_id)
}

/// Pausing stops every card in use of the number: who pays with it does not say which one it is.
fn pause(account: &mut Account, id: PaymentInstrumentId, now: Timestamp) -> Changed {
    if let Some(refusal) = rules::judge_account(account) {
        return Err(refusal);
    }
    let card = ops::card_of(account, id)?;
    if card.place() != CardPlace::InUse {
        let facts = format!("card {id} is {}", card.status);
        return Err(Refusal::of(&codes::CANNOT_PAUSE).because(facts));
    }
    let number = card.payment_id;
    of_number(account, number).for_each(|card| {
        card.take(CardStep::Pause, now);
    });
    Ok(id)
}

/// A card that is not paused is left as it is.
fn unpause(account: &mut Account, id: PaymentInstrumentId, now: Timestamp) -> Changed {
    if let Some(refusal) = rules::judge_account(account) {
        return Err(refusal);
    }
    let number = ops::card_of(account, id)?.payment_id;
    of_number(account, number).for_each(|card| {
        card.take(CardStep::Unpause, now);
    });
    Ok(id)
}

fn of_number(account: &mut Account, number: PaymentId) -> impl Iterator<Item = &mut Card> {
    let cards = account.holders.iter_mut().flat_map(|holder| &mut holder.cards);
    cards.filter(move |card| card.payment_id == number)
}

/// Orders another card. A number that was lost ends with all its cards, and both forms of it are
/// made anew; else the plastic alone, and the old one works until the new one comes into use.
fn replace(
    occasion: &Occasion<'_>,
    account: &mut Account,
    id: PaymentInstrumentId,
    wanted: &Replacement,
) -> Changed {
    let (world, now) = (occasion.world, occasion.now);
    let labels = ["replace-card", occasion.request_id, &account.id.to_string()];
    let mut source = world.source(&labels);
    let (first, second) =
        (source.id(PaymentInstrumentId::new), source.id(PaymentInstrumentId::new));
    if ops::card_of(account, first).is_ok() {
        return Ok(first);
    }
    let old = ops::card_of(account, id)?.clone();
    let product = world.settings.product(&account.product_code).filter(|it| it.physical_card);
    let offered = product.map(|product| product.materials.as_slice());
    if let Some(refusal) = rules::judge_replacement((account, &old), wanted, offered) {
        return Err(refusal);
    }
    let Some(holder) = account.holders.iter_mut().find(|holder| holder.cards.contains(&old)) else {
        return Err(Refusal::of(&codes::CARD_NOT_FOUND));
    };
    let mut forms = vec![old.clone()];
    let mut number = None;
    if wanted.reason.ends_number() {
        number = Some(source.id(PaymentId::new));
        forms = forms_of(&holder.cards, old.payment_id);
        forms.retain(|card| card.kind == InstrumentType::Virtual || product.is_some());
        let gone = holder.cards.iter_mut().filter(|card| card.payment_id == old.payment_id);
        gone.for_each(|card| {
            card.take(CardStep::Close, now);
        });
    }
    if let Some(material) = &wanted.material {
        let plastic = forms.iter_mut().filter(|card| card.kind == InstrumentType::Emv);
        plastic.for_each(|card| card.material = Some(material.clone()));
    }
    let emboss = wanted.reason.emboss_type();
    let new: Vec<Card> = forms
        .iter()
        .zip([first, second])
        .map(|(old, id)| cards::reissue(world, old, (id, number), (emboss, now)))
        .collect();
    // In the list a virtual card stands before its plastic, as when cards are issued.
    holder.cards.extend(new.into_iter().rev());
    Ok(first)
}

/// The newest card of each form that a number has and that has not ended, plastic first.
fn forms_of(cards: &[Card], number: PaymentId) -> Vec<Card> {
    let is_living = |card: &&Card| card.payment_id == number && rules::judge_alive(card).is_none();
    let newest = |kind| cards.iter().filter(is_living).rfind(|card| card.kind == kind).cloned();
    [InstrumentType::Emv, InstrumentType::Virtual].into_iter().filter_map(newest).collect()
}
