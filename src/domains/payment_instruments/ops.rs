//! The use case of completing a registration after its identity check was cured.

use super::model::Completion;
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::completion::{self, order_cards};
use crate::domains::accounts::model::{Account, KycGate};
use crate::domains::accounts::ops as accounts;
use crate::domains::accounts::positions::Position;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
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
/// or whose cards have been ordered already, is answered as it is.
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
        (true, _) => Ok(complete_upgrade(&before)),
        (false, Some(Position::Healthy)) => Ok(Outcome::Done(before)),
        (false, Some(Position::Approved)) => order(unit, caller, before, wish).await,
        (false, _) => Ok(refused(&before)),
    }
}

/// Upgrades are not completed here yet.
fn complete_upgrade(account: &Account) -> Outcome<Account> {
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
    let again = schedule::Work::OrderCards { attempt: 1 };
    if schedule::ops::is_waiting(&mut unit, world, before.id, again.kind()).await? {
        return Ok(Outcome::Done(before));
    }
    let mut account = before.clone();
    if let Some(plastic) = wish.wants_plastic {
        account.order.plastic = plastic;
    }
    if let Some(material) = &wish.material {
        account.order.material = Some(material.clone());
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
    let materials = world.settings.product(&account.product_code).map(|it| &it.materials);
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
