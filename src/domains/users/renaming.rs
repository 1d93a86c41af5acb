//! The use case of PUT user name: a holder has another name. Follows the Users page.
//!
//! The document that shows it is looked at and not kept, and the change is made at once. Cards that
//! are made later bear the new name; those there are stay.

use super::model::{NameChange, NewPerson, Person, Profile, ProfileChange};
use super::ops as users;
use super::profile::{Updated, Whom, judge_lock, nobody, private};
use super::rules::renaming;
use crate::db::{Db, DbError, Key};
use crate::domains::accounts::membership::account_of;
use crate::domains::accounts::model::{Account, Holder};
use crate::domains::accounts::ops::{self as accounts, PrivateChange};
use crate::kernel::ids::UserId;
use crate::kernel::outcome::Outcome;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Changes the names of a user that are given. The same change again finds nothing left to do.
pub async fn rename(
    db: &Db,
    world: &World,
    (user, given): (UserId, &NameChange),
    now: Timestamp,
) -> Result<Outcome<Updated>, DbError> {
    let Some(id) = account_of(db, world, user).await? else {
        return Ok(Outcome::refused(nobody(user)));
    };
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let before = match accounts::get_in(&mut unit, world, id).await?.expect() {
        Ok(account) => account,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let known = match Whom::User(user).of(&before) {
        Ok(holder) => holder,
        Err(refusal) => return Ok(Outcome::refused(refusal)),
    };
    let private = private(&mut unit, world, known).await?;
    let profile = users::read_profile(&private.profile)?;
    let names = names(known, &profile, &given.person);
    let facts = users::facts(&world.settings, None, false, now);
    let denial = renaming::judge(&facts, given, &names).map(|denial| denial.refusal());
    if let Some(refusal) = denial.or_else(|| judge_lock(&before)) {
        return Ok(Outcome::refused(refusal));
    }
    let after = Profile { middle_name: names.middle_name, ..profile.clone() };
    let holder =
        Holder { first_name: names.first_name, last_name: names.last_name, ..known.clone() };
    let mut account = renamed(&before, &holder);
    let date_of_birth = private.date_of_birth;
    let person = Person { holder, date_of_birth, profile: after.clone() };
    let change = PrivateChange {
        profile: Some(ProfileChange { before: profile, after }),
        ..PrivateChange::default()
    };
    accounts::save(&mut unit, world, (&before, &mut account), &[(user, change)], now);
    unit.commit().await?;
    Ok(Outcome::Done(Updated { account, person }))
}

/// The names that are given, and those on file where none is.
fn names(holder: &Holder, profile: &Profile, given: &NewPerson) -> NewPerson {
    let or = |given: &String, known: &String| if given.is_empty() { known } else { given }.clone();
    NewPerson {
        first_name: or(&given.first_name, &holder.first_name),
        middle_name: given.middle_name.clone().or_else(|| profile.middle_name.clone()),
        last_name: or(&given.last_name, &holder.last_name),
        ..NewPerson::default()
    }
}

fn renamed(before: &Account, holder: &Holder) -> Account {
    let mut account = before.clone();
    for known in account.holders.iter_mut().filter(|known| known.user_id == holder.user_id) {
        *known = holder.clone();
    }
    account
}
