//! The use cases about PINs. A PIN belongs to a card number; only a keyed hash of it is kept, and
//! it is compared in constant time. It never shows in an answer, a message or a log.

use super::{events, ops, rules, store};
use crate::db::{Db, DbError, Key};
use crate::domains::accounts::model::Card;
use crate::domains::accounts::ops as accounts;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, PaymentInstrumentId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// The kind of hash that PINs are kept as, given when enrolling or later.
const KIND: &str = "pin";

/// Gives all cards of a number a PIN, and tells the partner.
pub async fn set(
    db: &Db,
    world: &World,
    (id, card): (AccountId, PaymentInstrumentId),
    (pin, now): (Option<&str>, Timestamp),
) -> Result<Outcome<Card>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let chosen = match ops::card_of(&before, card) {
        Ok(card) => card.clone(),
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let refused = rules::judge_pin(pin)
        .or_else(|| rules::judge_account(&before))
        .or_else(|| rules::judge_alive(&chosen));
    let (None, Some(pin)) = (&refused, pin) else {
        let refusal = refused.unwrap_or_else(|| Refusal::of(&codes::MEMBER_INVALID));
        return Ok(Outcome::refused(refusal));
    };
    let mut account = before.clone();
    let cards = account.holders.iter_mut().flat_map(|holder| &mut holder.cards);
    let of_number = cards.filter(|card| card.payment_id == chosen.payment_id);
    of_number.filter(|card| rules::judge_alive(card).is_none()).for_each(|card| {
        card.is_pin_set = true;
    });
    let hash = world.keyed_hash(KIND, pin);
    store::set_pin(&mut unit, &world.code, (id, chosen.payment_id), (&hash, now));
    let message = |account: &_| events::pin_updated(world, account, &chosen, now);
    accounts::tell(&mut unit, world, &mut account, message);
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(Card { is_pin_set: true, ..chosen }))
}

/// Whether this is the PIN of the card. However often it is asked, nothing changes.
pub async fn verify(
    db: &Db,
    world: &World,
    (id, card): (AccountId, PaymentInstrumentId),
    pin: Option<&str>,
) -> Result<Outcome<bool>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let found = accounts::get_in(&mut unit, world, id).await?.expect();
    let chosen = match found.and_then(|account| ops::card_of(&account, card).cloned()) {
        Ok(card) => card,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let refused = rules::judge_pin(pin).or_else(|| rules::judge_alive(&chosen));
    let (None, Some(pin)) = (&refused, pin) else {
        let refusal = refused.unwrap_or_else(|| Refusal::of(&codes::MEMBER_INVALID));
        return Ok(Outcome::refused(refusal));
    };
    let Some(kept) = store::pin_hash(&mut unit, &world.code, card).await? else {
        let facts = format!("card {card} has no PIN");
        return Ok(Outcome::refused(Refusal::of(&codes::CARD_STATE).because(facts)));
    };
    Ok(Outcome::Done(ops::is_same(&kept, &world.keyed_hash(KIND, pin))))
}
