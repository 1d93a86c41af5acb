//! The use case of upgrading: an account gets another product, such as a prepaid one that becomes a
//! demand deposit account. Follows the upgrade part of POST enrollments; person, number and cards
//! of the account stay.
//!
//! Invariants: one account gets one product at most once, however often and however parallel it is
//! asked for; a refusal changes nothing and tells nobody. Limits do not apply: no account is made.
//! An upgrade whose screening was not passed at once is cured at the gates and completed by the
//! family of payment instruments.

mod profile;
mod rules;
mod store;

use self::rules::{UpgradeDenial, UpgradeFacts};
use super::model::NewUpgrade;
use super::ops::{self, Caller};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::accounts::cards;
use crate::domains::accounts::completion::fault_keys;
use crate::domains::accounts::model::{
    Account, CardOrder, CheckStatus, InstrumentType, KycGate, KycState, Upgrade,
};
use crate::domains::accounts::ops::{self as accounts, PrivateChange};
use crate::domains::accounts::positions::Position;
use crate::domains::accounts::{rules as account_rules, terms};
use crate::domains::kyc::screening;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Outcome;
use crate::kernel::time::Timestamp;
use crate::programs::faults::Fault;
use crate::programs::ops as worlds;
use crate::programs::settings::UpgradeWords;
use crate::programs::world::World;

/// Upgrades an account, once: the same request again is answered by how the account now stands.
pub async fn upgrade(
    db: &Db,
    caller: &Caller<'_>,
    new: &NewUpgrade,
) -> Result<Outcome<Account>, DbError> {
    let (world, id) = (caller.world, new.account_id());
    let of_processor = |fault: &&&Fault| fault.rule.effect.is_of_processor();
    let faults: Vec<&Fault> = caller.faults.iter().filter(of_processor).copied().collect();
    let mut keys = fault_keys(world, &faults);
    keys.push(Key::request(&world.code, caller.request_id));
    keys.extend(id.map(|id| Key::account(&world.code, id)));
    let mut unit = db.begin(world.scope(keys)).await?;
    let caller = Caller { faults: &faults, ..*caller };
    let outcome = match id {
        Some(id) => begin(&mut unit, &caller, new, id).await?,
        None => refused(world, UpgradeDenial::AccountInvalid),
    };
    unit.commit().await?;
    Ok(outcome)
}

async fn begin(
    unit: &mut Work,
    caller: &Caller<'_>,
    new: &NewUpgrade,
    id: AccountId,
) -> Result<Outcome<Account>, DbError> {
    let world = caller.world;
    let Some(account) = accounts::get_in(unit, world, id).await?.account else {
        return Ok(refused(world, UpgradeDenial::AccountNotFound));
    };
    let fingerprint = fingerprint(world, id, new);
    let known = store::requests(unit, &world.code, caller.request_id).await?;
    let is_repeated = known.iter().any(|(_, other)| *other == fingerprint);
    let target = new.product_code.as_deref().unwrap_or_default();
    let under_way = under_way(world, &account, target);
    let former = store::former_products(unit, &world.code, account.id).await?;
    if is_repeated {
        if account.product_code == target || former.iter().any(|product| product == target) {
            return Ok(Outcome::Done(account));
        }
        if let Some(outcome) = under_way {
            return Ok(outcome);
        }
    }
    let is_of_other_account = known.iter().any(|(other, _)| *other != id.to_string());
    let past = Past { is_of_other_account, former: &former };
    if let Some(denial) = judged(unit, caller, new, (&account, &past)).await? {
        return Ok(refused(world, denial));
    }
    let in_use = terms::terms_in_use(unit, world, (id, &new.terms)).await?;
    if let Some(refusal) = account_rules::judge_opting_out(&in_use, &new.terms) {
        return Ok(Outcome::refused(refusal));
    }
    match under_way {
        Some(outcome) => Ok(outcome),
        None => take_up(unit, caller, new, account, (!is_repeated).then_some(&fingerprint)).await,
    }
}

/// A keyed hash of what makes two upgrades under one request id the same.
fn fingerprint(world: &World, account: AccountId, new: &NewUpgrade) -> String {
    let product = new.product_code.as_deref().unwrap_or_default();
    world.keyed_hash("upgrade", &serde_json::json!([account, product]).to_string())
}

fn refused(world: &World, denial: UpgradeDenial) -> Outcome<Account> {
    let in_words_of_guide = world.settings.descriptions.upgrade == UpgradeWords::Guide;
    Outcome::refused(denial.refusal(in_words_of_guide))
}

/// The answer to a further request while an upgrade to the same product is under way. One whose
/// identity check failed for good is not.
fn under_way(world: &World, account: &Account, target: &str) -> Option<Outcome<Account>> {
    let upgrade = account.upgrade.as_ref().filter(|upgrade| upgrade.product_code == target)?;
    match upgrade.kyc.gate {
        Some(KycGate::None) => None,
        Some(KycGate::Healthy) => Some(Outcome::Done(account.clone())),
        _ => Some(waiting(world, account.clone())),
    }
}

/// The answer while the identity check of an upgrade is open.
fn waiting(world: &World, account: Account) -> Outcome<Account> {
    let facts = format!("the upgrade of account {} waits for its identity check", account.id);
    let gate = account.upgrade.as_ref().and_then(|upgrade| upgrade.kyc.gate);
    let is_under_review = gate == Some(KycGate::Manual);
    let code = if is_under_review { &codes::OFAC_PARTIAL_MATCH } else { &codes::KYC_REQUIRED };
    let why = screening::refusal(&world.settings, code, "UPG-1").because(facts);
    Outcome::Refused { why, shown: Some(account) }
}

/// What has been before.
#[derive(Debug)]
struct Past<'a> {
    /// The request id was used to upgrade another account.
    is_of_other_account: bool,
    /// The products that the account has had before the present one.
    former: &'a [String],
}

async fn judged(
    unit: &mut Work,
    caller: &Caller<'_>,
    new: &NewUpgrade,
    (account, past): (&Account, &Past<'_>),
) -> Result<Option<UpgradeDenial>, DbError> {
    let (world, settings) = (caller.world, &caller.world.settings);
    let product = new.product_code.as_deref().and_then(|code| settings.product(code));
    let present = settings.product(&account.product_code);
    let facts = UpgradeFacts {
        changes_profile: changes_profile(unit, world, new, account).await?,
        is_healthy: account.position() == Some(Position::Healthy),
        present_product: &account.product_code,
        is_of_other_account: past.is_of_other_account,
        is_target: product.zip(present).is_some_and(|(product, present)| {
            let code = &product.product_code;
            present.upgradable_to.contains(code) && !past.former.contains(code)
        }),
        fields: ops::facts(caller, product, new.wants_kyc),
    };
    Ok(rules::judge(&facts, new))
}

async fn changes_profile(
    unit: &mut Work,
    world: &World,
    new: &NewUpgrade,
    account: &Account,
) -> Result<bool, DbError> {
    let (Some(person), Some(holder)) = (&new.person, account.primary()) else { return Ok(false) };
    match accounts::private(unit, world, holder.user_id).await? {
        Some(private) => profile::differs(world, person, (holder, &private)),
        None => Ok(false),
    }
}

/// Takes up an upgrade that nothing speaks against: it is done at once, or waits for its identity
/// check.
async fn take_up(
    unit: &mut Work,
    caller: &Caller<'_>,
    new: &NewUpgrade,
    before: Account,
    fingerprint: Option<&String>,
) -> Result<Outcome<Account>, DbError> {
    let (world, now) = (caller.world, caller.now);
    let mut account = before.clone();
    let upgrade = asked_for(world, new, now);
    let passes = upgrade.kyc.gate == Some(KycGate::Healthy);
    account.upgrade = Some(upgrade);
    if passes {
        let occasion = ["upgrade", caller.request_id, &account.id.to_string()];
        if worlds::strike(unit, world, caller.faults, &occasion).await?.is_some() {
            return Ok(refused(world, UpgradeDenial::ProcessorFailed));
        }
        complete(unit, world, &mut account, now);
    }
    if let Some(fingerprint) = fingerprint {
        let key = (caller.request_id, fingerprint.as_str());
        let document = new.document.to_string();
        store::remember(unit, &world.code, key, (account.id, &document), now);
    }
    let pin_hash = new.pin.as_ref().filter(|_| new.wants_plastic);
    let pin_hash = pin_hash.map(|pin| world.keyed_hash("pin", &pin.0));
    let change = PrivateChange { pin_hash, ..PrivateChange::default() };
    let holder = account.primary().map(|holder| (holder.user_id, change));
    accounts::save(unit, world, (&before, &mut account), holder.as_slice(), now);
    Ok(if passes { Outcome::Done(account) } else { waiting(world, account) })
}

/// The upgrade as it is asked for, with what its identity check comes to. A person who does not
/// pass may still show documents.
fn asked_for(world: &World, new: &NewUpgrade, now: Timestamp) -> Upgrade {
    let ssn = new.person.as_ref().and_then(|person| person.identity.ssn());
    let screened = screening::screen(&world.settings, ssn, new.wants_kyc).position;
    let (_, found) = screened.shown();
    let fails = new.wants_kyc && screened != Position::Approved;
    Upgrade {
        product_code: new.product_code.clone().unwrap_or_default(),
        kyc: if fails {
            let needs_documents = found.kyc == CheckStatus::Failed;
            let gate = if needs_documents { KycGate::Idv } else { KycGate::Manual };
            KycState { gate: Some(gate), ..found }
        } else {
            Position::Approved.shown().1
        },
        terms: new.terms.iter().map(|terms| terms.at(now)).collect(),
        order: CardOrder {
            plastic: new.wants_plastic,
            pin: new.pin.is_some(),
            in_hand: false,
            material: new.material.clone(),
        },
    }
}

/// Completes the upgrade of an account once its identity check is passed: the product, its terms,
/// the plastic that was asked for, and a line of history. The unit must hold the account's key; the
/// caller saves the account. False, and nothing changed, if no upgrade waits or its check is not
/// passed.
pub fn complete(unit: &mut Work, world: &World, account: &mut Account, now: Timestamp) -> bool {
    let is_passed = |upgrade: &&Upgrade| upgrade.kyc.gate == Some(KycGate::Healthy);
    let Some(upgrade) = account.upgrade.as_ref().filter(is_passed).cloned() else { return false };
    // A product that was taken out of the settings meanwhile is nobody's any more.
    let Some(product) = world.settings.product(&upgrade.product_code) else { return false };
    let labels = ["upgrade-card", &account.id.to_string(), &upgrade.product_code];
    let mut source = world.source(&labels);
    if let Some(holder) = account.holders.iter_mut().find(|holder| holder.is_primary) {
        let occasion = (&*holder, &mut source, now);
        let issued = cards::issue(world, product, &upgrade.order, occasion);
        let plastic = issued.into_iter().filter(|card| card.kind == InstrumentType::Emv);
        holder.cards.extend(plastic);
    }
    let from = std::mem::replace(&mut account.product_code, upgrade.product_code);
    account.accept(upgrade.terms);
    account.upgrade = None;
    store::change(unit, &world.code, account.id, (&from, &account.product_code), now);
    true
}

/// Whether an account has been upgraded before.
pub async fn is_upgraded(unit: &mut Work, world: &World, id: AccountId) -> Result<bool, DbError> {
    Ok(!store::former_products(unit, &world.code, id).await?.is_empty())
}
