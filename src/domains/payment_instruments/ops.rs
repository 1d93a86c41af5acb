//! The use case of completing a registration after its identity check was cured, and finding cards.

use subtle::ConstantTimeEq;

use super::model::Completion;
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::completion::{self, order_cards};
use crate::domains::accounts::model::{Account, Card, KycGate};
use crate::domains::accounts::ops as accounts;
use crate::domains::accounts::positions::Position;
use crate::domains::enrollments::upgrade;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::{AccountId, PaymentInstrumentId};
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
use crate::programs::ops as worlds;
use crate::programs::world::World;
use crate::schedule;

/// Who calls, where and when.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The program.
    pub world: &'a World,
    /// The world's moment.
    pub now: Timestamp,
    /// Fault rules that speak of the call.
    pub faults: &'a [&'a Fault],
}

/// Completes the registration of an approved account: cards, cycle day, in use. One that is in use,
/// or whose cards have been ordered already, is answered as it is. With the upgrade flag, completes
/// an upgrade instead.
pub async fn complete(
    db: &Db,
    caller: &Caller<'_>,
    id: AccountId,
    wish: &Completion,
) -> Result<Outcome<Account>, DbError> {
    let world = caller.world;
    let mut keys = vec![Key::account(&world.code, id)];
    keys.extend(completion::fault_keys(world, caller.faults));
    let mut unit = db.begin(world.scope(keys)).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    if let Some(refusal) = judge(world, &before, wish) {
        return Ok(Outcome::refused(refusal));
    }
    match (wish.is_upgrade, before.position()) {
        (true, _) => complete_upgrade(unit, caller, before, wish).await,
        (false, Some(Position::Healthy)) => Ok(Outcome::Done(before)),
        (false, Some(Position::Approved)) => order(unit, caller, before, wish).await,
        (false, _) => Ok(refused(&before)),
    }
}

/// Completes an upgrade whose identity check was passed. One that is complete is answered as it is.
async fn complete_upgrade(
    mut unit: Work,
    caller: &Caller<'_>,
    before: Account,
    wish: &Completion,
) -> Result<Outcome<Account>, DbError> {
    let (world, now) = (caller.world, caller.now);
    if before.position() != Some(Position::Healthy) {
        return Ok(refused(&before));
    }
    let Some(gate) = before.upgrade.as_ref().map(|upgrade| upgrade.kyc.gate) else {
        let is_complete = upgrade::is_upgraded(&mut unit, world, before.id).await?;
        return Ok(if is_complete { Outcome::Done(before) } else { no_upgrade(&before) });
    };
    if gate != Some(KycGate::Healthy) {
        let gate = gate.map_or("unset", KycGate::as_str);
        let facts = format!("the upgrade of account {} is at gate {gate}", before.id);
        let refusal = Refusal::of(&codes::GATE_MISMATCH).under("UPG-1").because(facts);
        return Ok(Outcome::refused(refusal));
    }
    let occasion = ["complete-upgrade", &before.id.to_string()];
    let of_processor = |fault: &&&Fault| fault.rule.effect.is_of_processor();
    let faults: Vec<&Fault> = caller.faults.iter().filter(of_processor).copied().collect();
    if worlds::strike(&mut unit, world, &faults, &occasion).await?.is_some() {
        unit.commit().await?;
        let facts = "a fault of the program stopped the card processor";
        let refusal = Refusal::of(&codes::UPGRADE_PROCESSOR_FAILED).because(facts);
        return Ok(Outcome::refused(refusal));
    }
    let mut account = before.clone();
    if let Some(upgrade) = &mut account.upgrade {
        wish.change(&mut upgrade.order);
    }
    if !upgrade::complete(&mut unit, world, &mut account, now) {
        return Ok(no_upgrade(&before));
    }
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

fn no_upgrade(account: &Account) -> Outcome<Account> {
    let facts = format!("account {} has no upgrade to complete", account.id);
    Outcome::refused(Refusal::of(&codes::ACCOUNT_STATE).under("UPG-1").because(facts))
}

async fn order(
    mut unit: Work,
    caller: &Caller<'_>,
    before: Account,
    wish: &Completion,
) -> Result<Outcome<Account>, DbError> {
    let (world, now) = (caller.world, caller.now);
    let again = schedule::AccountWork::OrderCards { attempt: 1 };
    if schedule::ops::is_waiting(&mut unit, world, before.id, again.kind()).await? {
        return Ok(Outcome::Done(before));
    }
    let mut account = before.clone();
    wish.change(&mut account.order);
    if world.settings.product(&account.product_code).is_none() {
        let facts = "the program does not offer the account's product any more";
        return Ok(Outcome::refused(Refusal::of(&codes::UNKNOWN_PRODUCT).because(facts)));
    }
    order_cards(&mut unit, world, caller.faults, &mut account, (1, now)).await?;
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

/// The first thing that is wrong with the wish itself.
fn judge(world: &World, account: &Account, wish: &Completion) -> Option<Refusal> {
    let is_other = |given: &Option<String>, known: &[String]| {
        let given = given.as_ref().map(|text| text.to_ascii_lowercase());
        given.is_some_and(|given| !known.contains(&given))
    };
    if is_other(&wish.account, &[account.id.to_string()]) {
        let says = "accountIdentifier must be the one of the path.";
        return Some(Refusal::of(&codes::MEMBER_INVALID).under("GATE-3").saying(says));
    }
    let users: Vec<String> = account.holders.iter().map(|it| it.user_id.to_string()).collect();
    if is_other(&wish.user, &users) {
        let facts = "userIdentifier is no holder of the account";
        return Some(Refusal::of(&codes::ACCOUNT_NOT_FOUND).because(facts));
    }
    let upgrade = account.upgrade.as_ref().filter(|_| wish.is_upgrade);
    let product = upgrade.map_or(&account.product_code, |upgrade| &upgrade.product_code);
    let materials = world.settings.product(product).map(|it| &it.materials);
    let material = wish.material.as_ref()?;
    let is_offered = materials.is_some_and(|materials| materials.contains(material));
    let facts = "productMaterialType is none of the product's materials";
    (!is_offered).then(|| Refusal::of(&codes::MATERIAL).because(facts))
}

/// The answer from where nothing can be completed.
fn refused(account: &Account) -> Outcome<Account> {
    let gate = account.primary().and_then(|holder| holder.kyc.gate);
    let is_pending = matches!(gate, Some(KycGate::Kyc2 | KycGate::Idv | KycGate::Manual));
    let code: &'static VendorCode =
        if is_pending { &codes::GATE_MISMATCH } else { &codes::ACCOUNT_STATE };
    let (id, standing) = (account.id, account.standing);
    let gate = gate.map_or("unset", KycGate::as_str);
    let facts = format!("account {id} is {} / {}, gate {gate}", standing.status, standing.reason);
    Outcome::refused(Refusal::of(code).under("GATE-3").because(facts))
}

/// The card of that id, or the refusal.
pub fn card_of(account: &Account, id: PaymentInstrumentId) -> Result<&Card, Refusal> {
    let mut cards = account.holders.iter().flat_map(|holder| &holder.cards);
    cards.find(|card| card.id == id).ok_or_else(|| {
        let facts = format!("account {} has no card {id}", account.id);
        Refusal::of(&codes::CARD_NOT_FOUND).because(facts)
    })
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn is_same(one: &str, other: &str) -> bool {
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}
