//! Use cases on cards in the mail: telling where one is, and moving it, by the clock or at a
//! tester's word ([`super::actions`]). Who changes a card's account has its key.

use super::model::{self, DAY_MS, MailStep, Mailing, Method, Place, Report};
use super::{events, rules, store};
use crate::db::{DbError, Read, Work};
use crate::domains::accounts::model::{Account, Card};
use crate::domains::accounts::ops as accounts;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::{AccountId, PaymentInstrumentId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::settings::NoDataCode;
use crate::programs::world::World;
use crate::schedule::{self, MailWork};

/// Digits of a tracking number.
const TRACKING_DIGITS: usize = 28;

/// Tells where a card of an account is, or refuses.
pub async fn get(
    mut read: impl Read,
    world: &World,
    (account, card): (AccountId, PaymentInstrumentId),
    now: Timestamp,
) -> Result<Result<Report, Refusal>, DbError> {
    let found = accounts::get_in(&mut read, world, account).await?;
    if found.world_version != world.edition.version {
        return Err(DbError::WorldMoved);
    }
    let account = match found.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let cards: Vec<&Card> = account.holders.iter().flat_map(|holder| &holder.cards).collect();
    let Some(given) = cards.iter().find(|known| known.id == card) else {
        return Ok(Err(rules::not_found(card)));
    };
    let mailings = store::of_number(&mut read, &world.code, given.payment_id).await?;
    let report = rules::report(given, &cards, mailings, now);
    Ok(report.ok_or_else(|| rules::not_available(no_data(world), given)))
}

fn no_data(world: &World) -> &'static VendorCode {
    match world.settings.mail.no_data_code {
        NoDataCode::Eleven => &codes::DELIVERY_UNKNOWN,
        NoDataCode::OneHundredEleven => &codes::DELIVERY_UNKNOWN_SPLIT,
    }
}

/// A card was made: where cards move by the clock, collects that it goes to fulfilment.
pub fn expect(unit: &mut Work, world: &World, (account, card): (AccountId, &Card), now: Timestamp) {
    if card.is_mailed() && world.settings.mail.automatic {
        let hours = i64::from(world.settings.mail.fulfilment_hours);
        let due = now.plus_millis(hours * DAY_MS / 24);
        put(unit, world, (account, card.id), ("made", now, due));
    }
}

fn put(
    unit: &mut Work,
    world: &World,
    (account, card): (AccountId, PaymentInstrumentId),
    (stage, now, due): (&str, Timestamp, Timestamp),
) {
    let task = MailWork::MoveCard { instrument: card };
    let occasion = format!("{card} {stage}");
    schedule::ops::put(unit, world, (account, task), &occasion, (now, due));
}

fn drop_task(unit: &mut Work, world: &World, account: AccountId, card: PaymentInstrumentId) {
    let task = MailWork::MoveCard { instrument: card };
    schedule::ops::cancel_one(unit, world, account, task);
}

fn card_of(account: &Account, card: PaymentInstrumentId) -> Option<Card> {
    account.holders.iter().flat_map(|it| &it.cards).find(|known| known.id == card).cloned()
}

/// The way of a card, if it went to fulfilment.
pub(super) async fn of_card(
    unit: &mut Work,
    world: &World,
    card: PaymentInstrumentId,
) -> Result<Option<Mailing>, DbError> {
    store::of_card(unit, &world.code, card).await
}

/// Takes a step if it can be taken from here, tells the partner, and has the clock go on from
/// there; tells where the card then is. The task that was to take it is the caller's to drop.
fn take(
    unit: &mut Work,
    world: &World,
    (account, card): (&mut Account, &Card),
    (known, step): (Option<Mailing>, MailStep),
    now: Timestamp,
) -> Option<Mailing> {
    let stage = model::step_of(card, known.as_ref().map(|known| known.stage), step)?;
    let is_new = known.is_none();
    let mailing = known.unwrap_or_else(|| begun(world, (account.id, card), now)).at(stage, now);
    if is_new {
        store::insert(unit, &world.code, &mailing);
    } else {
        store::update(unit, &world.code, &mailing);
    }
    let (card, place) = (card.clone(), Place::Mailed(stage));
    let report = Report { card, place, mailing: Some(mailing.clone()) };
    let message = |account: &Account| events::moved(world, account, &report, now);
    accounts::tell(unit, world, account, message);
    let settings = &world.settings.mail;
    if let Some(due) = mailing.next_at(settings.production_days).filter(|_| settings.automatic) {
        let task = (stage.as_str(), now, due.max(now));
        put(unit, world, (account.id, mailing.instrument), task);
    }
    Some(mailing)
}

fn begun(world: &World, (account, card): (AccountId, &Card), now: Timestamp) -> Mailing {
    let settings = &world.settings.mail;
    let (code, name, transit_days) = match settings.chosen() {
        Some(chosen) => (chosen.code.clone(), chosen.name.clone(), chosen.transit_days),
        None => (settings.method.clone(), settings.method.clone(), 1),
    };
    let method = Method { code, name, transit_days };
    let number = world.source(&["tracking", &card.id.to_string()]).digits(TRACKING_DIGITS);
    Mailing::begun((account, card), (method, settings.production_days), number, now)
}

/// As [`take`], in place of the clock: what the clock was to do from here is dropped.
pub(super) fn take_instead(
    unit: &mut Work,
    world: &World,
    (account, card): (&mut Account, &Card),
    (known, step): (Option<Mailing>, MailStep),
    now: Timestamp,
) -> Option<Mailing> {
    model::step_of(card, known.as_ref().map(|known| known.stage), step)?;
    drop_task(unit, world, account.id, card.id);
    take(unit, world, (account, card), (known, step), now)
}

/// Moves a card on, as a task that has fallen due. The unit must hold the key of the account. Tells
/// what came of it.
pub async fn move_later(
    unit: &mut Work,
    world: &World,
    (account, card): (AccountId, PaymentInstrumentId),
    now: Timestamp,
) -> Result<&'static str, DbError> {
    let Some(before) = accounts::get_in(unit, world, account).await?.account else {
        return Ok("the account is gone");
    };
    let Some(card) = card_of(&before, card) else { return Ok("the card is gone") };
    let known = of_card(unit, world, card.id).await?;
    let Some(step) = MailStep::next(known.as_ref().map(|known| known.stage)) else {
        return Ok("the card has come to its end");
    };
    let mut account = before.clone();
    let taken = take(unit, world, (&mut account, &card), (known, step), now);
    accounts::save(unit, world, (&before, &mut account), &[], now);
    Ok(taken
        .map_or("the card is in use or has ended", |mailing| Place::Mailed(mailing.stage).words()))
}

/// A card was activated: the one call that whoever activates a card makes, with the account as it
/// then is and before it is saved. The card moves no more, and if its delivery is still told, the
/// partner hears that it was received.
pub async fn activated(
    unit: &mut Work,
    world: &World,
    (account, card): (&mut Account, PaymentInstrumentId),
    now: Timestamp,
) -> Result<(), DbError> {
    let Some(card) = card_of(account, card).filter(Card::is_mailed) else { return Ok(()) };
    drop_task(unit, world, account.id, card.id);
    let known = of_card(unit, world, card.id).await?;
    if let Some(mailing) = known.filter(|mailing| mailing.is_told(now)) {
        let report = Report { place: Place::Activated, card, mailing: Some(mailing) };
        let message = |account: &Account| events::moved(world, account, &report, now);
        accounts::tell(unit, world, account, message);
    }
    Ok(())
}
