//! Use cases on features: beginning and ending one, listing them. Other families ask here which
//! features an account has, and which terms they need.

use super::model::{Enrolled, Found, Offer, is_same};
use super::rules::{self, Change, Facts};
use super::store;
use crate::db::{Db, DbError, Key, Read, Work};
use crate::domains::accounts::model::{Account, TermsAcceptance};
use crate::domains::accounts::ops as accounts;
use crate::kernel::codes;
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::{Outcome, Refusal};
use crate::kernel::time::Timestamp;
use crate::programs::settings::{Feature, SecondOfGroup};
use crate::programs::world::World;

/// A wish about one feature of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish<'a> {
    /// The account.
    pub account: AccountId,
    /// The feature, as the partner spells it.
    pub feature: &'a str,
    /// Enroll in it, or leave it.
    pub begins: bool,
}

/// Enrolls an account in a feature, or ends that. What is so already stays as it is.
pub async fn change(
    db: &Db,
    world: &World,
    wish: &Wish<'_>,
    now: Timestamp,
) -> Result<Outcome<()>, DbError> {
    let id = wish.account;
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let Some(before) = accounts::get_in(&mut unit, world, id).await?.account else {
        return Ok(Outcome::refused(unknown_account()));
    };
    let enrolled = store::find(&mut unit, &world.code, id).await?.enrolled;
    let offers: Vec<Offer<'_>> = world.settings.features.offered.iter().map(offer).collect();
    let facts = Facts {
        standing: before.standing,
        enforces_terms: world.settings.features.enforce_terms,
        terms: &terms_to_be(&before),
        offers: &offers,
        enrolled: &enrolled,
    };
    let change = match rules::judge(&facts, wish.feature, wish.begins) {
        Ok(change) => change,
        Err(denial) => return Ok(Outcome::refused(denial.refusal())),
    };
    let mut account = before.clone();
    match change {
        Change::Nothing => {}
        Change::Begin { offer, replaced } => {
            for other in replaced {
                store::end(&mut unit, &world.code, (id, other), now);
            }
            store::begin(&mut unit, &world.code, (id, offer.id), now);
        }
        Change::End { id: feature, opts_out } => {
            store::end(&mut unit, &world.code, (id, feature), now);
            account.accept(opts_out.map(|identifier| TermsAcceptance {
                identifier: identifier.to_owned(),
                accepted_at: now,
                accepted: false,
            }));
        }
    }
    accounts::save(&mut unit, world, (&before, &mut account), &[], now);
    unit.commit().await?;
    Ok(Outcome::Done(()))
}

fn unknown_account() -> Refusal {
    Refusal::of(&codes::ACCOUNT_NOT_FOUND).under("FEA-7")
}

fn offer(feature: &Feature) -> Offer<'_> {
    Offer {
        id: &feature.feature_id,
        group: feature.group.as_deref(),
        replaces: feature.second == SecondOfGroup::Replaces,
        terms: feature.terms.as_deref(),
        opts_out: feature.opts_out,
    }
}

/// The terms of an account as they will be once an upgrade under way is through.
fn terms_to_be(account: &Account) -> Vec<TermsAcceptance> {
    let mut to_be = account.clone();
    to_be.accept(account.upgrade.iter().flat_map(|upgrade| upgrade.terms.clone()));
    to_be.terms
}

/// What an account is enrolled in, or the vendor's refusal; with the version of the world.
pub async fn list(
    mut read: impl Read,
    world: &World,
    account: AccountId,
) -> Result<(i64, Result<Vec<Enrolled>, Refusal>), DbError> {
    let Found { world_version, standing, enrolled } =
        store::find(&mut read, &world.code, account).await?;
    let refusal = match standing {
        None => Some(unknown_account()),
        Some(standing) => rules::judge_account(standing).map(rules::Denial::refusal),
    };
    Ok((world_version, refusal.map_or(Ok(enrolled), Err)))
}

/// Ids of the features that an account has.
pub async fn ids_of(
    read: &mut impl Read,
    world: &World,
    account: AccountId,
) -> Result<Vec<String>, DbError> {
    let enrolled = store::find(read, &world.code, account).await?.enrolled;
    Ok(enrolled.into_iter().map(|feature| feature.id).collect())
}

/// Identifiers of the terms that features of an account need. The unit must hold its key.
pub async fn terms_in_use(
    unit: &mut Work,
    world: &World,
    account: AccountId,
) -> Result<Vec<String>, DbError> {
    let ids = ids_of(unit, world, account).await?;
    let offered = world.settings.features.offered.iter();
    let in_use = offered.filter(|one| ids.iter().any(|id| is_same(id, &one.feature_id)));
    Ok(in_use.filter_map(|one| one.terms.clone()).collect())
}
