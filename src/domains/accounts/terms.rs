//! The use case of PUT account: terms opted in to or out of, the partner's id, the e-mail address.
//! Follows the Accounts page and, for terms, Optional API Add-Ons.
//! Terms that a feature of the account needs are not opted out of.

use super::model::{Account, TermsAcceptance};
use super::ops::{self, PrivateChange};
use super::rules::{self, AccountUpdate, UpdateFacts};
use crate::db::{Db, DbError, Key, Work};
use crate::domains::enrollments::model::GivenTerms;
use crate::domains::enrollments::rules::TermsFacts;
use crate::domains::features::ops as features;
use crate::domains::users::model::{Email, ProfileChange};
use crate::domains::users::ops as users;
use crate::kernel::ids::{AccountId, UserId};
use crate::kernel::outcome::Outcome;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Changes an account. The same change again finds nothing left to do.
pub async fn update(
    db: &Db,
    world: &World,
    (id, update): (AccountId, &AccountUpdate),
    now: Timestamp,
) -> Result<Outcome<Account>, DbError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match ops::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let facts = UpdateFacts {
        terms: terms_facts(world, now),
        user: users::facts(&world.settings, None, false, now),
        terms_in_use: &terms_in_use(&mut unit, world, (id, &update.terms)).await?,
    };
    if let Some(denial) = rules::judge_update(&facts, update) {
        return Ok(Outcome::refused(denial.refusal()));
    }
    let terms = merged(&before.terms, &update.terms, now);
    let is_longer = terms.len() > before.terms.len();
    if let Some(refusal) = rules::too_many_terms(terms.len()).filter(|_| is_longer) {
        return Ok(Outcome::refused(refusal));
    }
    let mut account = Account { terms, ..before.clone() };
    if let Some(identifier) = &update.partner_account_identifier {
        account.partner_account_identifier = Some(identifier.clone());
    }
    let private = match &update.email {
        Some(email) => email_change(&mut unit, world, &account, email).await?,
        None => None,
    };
    ops::save(&mut unit, world, (&before, &mut account), private.as_slice(), now);
    unit.commit().await?;
    Ok(Outcome::Done(account))
}

/// What the rules of terms need to know of a program.
pub fn terms_facts(world: &World, now: Timestamp) -> TermsFacts<'_> {
    let terms = &world.settings.terms;
    TermsFacts { now, window_hours: terms.window_hours, required: &terms.required }
}

/// The terms that features of an account need; not asked for where nothing is opted out of.
pub async fn terms_in_use(
    unit: &mut Work,
    world: &World,
    (id, given): (AccountId, &[GivenTerms]),
) -> Result<Vec<String>, DbError> {
    if given.iter().all(|terms| terms.accepted) {
        return Ok(Vec::new());
    }
    features::terms_in_use(unit, world, id).await
}

/// The terms on file with those given: each in place of the one with its identifier, new ones last.
fn merged(
    on_file: &[TermsAcceptance],
    given: &[GivenTerms],
    now: Timestamp,
) -> Vec<TermsAcceptance> {
    let mut terms = on_file.to_vec();
    for acceptance in given.iter().map(|given| given.at(now)) {
        match terms.iter_mut().find(|known| known.identifier == acceptance.identifier) {
            Some(known) => *known = acceptance,
            None => terms.push(acceptance),
        }
    }
    terms
}

/// The primary holder's profile with another e-mail address.
async fn email_change(
    unit: &mut Work,
    world: &World,
    account: &Account,
    email: &str,
) -> Result<Option<(UserId, PrivateChange)>, DbError> {
    let Some(holder) = account.primary() else { return Ok(None) };
    let Some(private) = ops::private(unit, world, holder.user_id).await? else { return Ok(None) };
    let before = users::read_profile(&private.profile)?;
    let mut after = before.clone();
    after.email = Some(Email { email_address: email.to_owned(), is_default: true });
    let profile = Some(ProfileChange { before, after });
    Ok(Some((holder.user_id, PrivateChange { profile, ..PrivateChange::default() })))
}
