//! Completing a registration: the cycle day, the cards, and what happens if the card processor does
//! not go along. Follows the Enrollments page on card-processor retries and, for the cycle day,
//! "Bill Cycle Date" of Enrollments API Endpoints.

use super::cards;
use super::model::Account;
use super::positions::{Position, Step};
use crate::db::{DbError, Key, Work};
use crate::kernel::time::Timestamp;
use crate::programs::faults::{Fault, FaultTarget};
use crate::programs::ops as worlds;
use crate::programs::world::World;
use crate::schedule;

const MINUTE_MS: i64 = 60_000;

/// The operation that orders cards, as fault rules see it when nobody calls: after a review, or
/// when an order is tried again.
const ORDER: FaultTarget<'static> = FaultTarget {
    method: "POST",
    template: "/programs/{programCode}/enrollments",
    path: "",
    operation: "enrollments_post_createenrollment",
    caller: "",
};

/// Fault rules that speak of a card order nobody calls for.
pub fn order_faults(world: &World) -> Vec<&Fault> {
    world.faults_for(&ORDER).filter(|fault| fault.rule.effect.is_of_processor()).collect()
}

/// The keys of these rules, to be held by the unit that orders cards.
pub fn fault_keys(world: &World, faults: &[&Fault]) -> Vec<Key> {
    faults.iter().map(|fault| Key::fault(&world.code, fault.fault_id)).collect()
}

/// Orders the cards of an approved account, for the `attempt`-th time. If the processor goes along
/// the account is complete; if not, a later try is scheduled, and after the last one it has failed
/// for good. Tells which.
pub async fn order_cards(
    unit: &mut Work,
    world: &World,
    faults: &[&Fault],
    account: &mut Account,
    (attempt, now): (u32, Timestamp),
) -> Result<&'static str, DbError> {
    let of_processor: Vec<&Fault> =
        faults.iter().copied().filter(|fault| fault.rule.effect.is_of_processor()).collect();
    let occasion = ["order-cards", &account.id.to_string(), &attempt.to_string()];
    if worlds::strike(unit, world, &of_processor, &occasion).await?.is_none() {
        return Ok(match complete(world, account, now) {
            true => "cards made",
            false => "the program does not offer the product any more",
        });
    }
    let settings = &world.settings.card_processor;
    if attempt >= settings.order_tries {
        return Ok(match account.take(Step::ProcessorGaveUp, now) {
            Some(_) => "the card processor failed for good",
            None => "the account does not wait for cards",
        });
    }
    let task = schedule::AccountWork::OrderCards { attempt: attempt + 1 };
    let due = now.plus_millis(i64::from(settings.order_interval_minutes) * MINUTE_MS);
    let occasion = format!("attempt {attempt}");
    schedule::ops::put(unit, world, (account.id, task), &occasion, (now, due));
    Ok("the card processor did not go along, to be tried again")
}

/// The second half of a registration: cycle day and cards. False, and nothing changed, if the
/// account is not waiting for them, or if its product was taken out of the settings: once it is
/// back, the account can be completed.
pub fn complete(world: &World, account: &mut Account, now: Timestamp) -> bool {
    let Some(product) = world.settings.product(&account.product_code) else { return false };
    if account.position().and_then(|position| position.after(Step::Completed)).is_none() {
        return false;
    }
    if account.cycle_day.is_none() {
        let cycle = &world.settings.cycle_day;
        let day = now.day_of_month(world.cycle_zone());
        account.cycle_day = Some(cycle_day(day, cycle.last_day, cycle.overflow_day));
        account.completed_at = Some(now);
    }
    let mut source = world.source(&["cards", &account.id.to_string()]);
    for holder in account.holders.iter_mut().filter(|holder| holder.cards.is_empty()) {
        let occasion = (&*holder, &mut source, now);
        holder.cards = cards::issue(world, product, &account.order, occasion);
    }
    account.stand_at(Position::Healthy, now);
    true
}

/// The cycle day of an account opened on this day of the month: days past `last_day` become
/// `overflow_day`.
pub fn cycle_day(day_of_month: u32, last_day: u32, overflow_day: u32) -> u32 {
    if day_of_month <= last_day { day_of_month } else { overflow_day }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn enr_42_a_cycle_day_is_1_to_28(day in 1u32..=31, last in 1u32..=28, over in 1u32..=28) {
            let cycle = cycle_day(day, last, over);
            prop_assert!((1..=28).contains(&cycle));
            prop_assert!(cycle == day || (day > last && cycle == over));
        }
    }
}
