//! How many accounts one person may have: what is counted, and the limit that is reached.
//!
//! Follows "Active Consumer Account Limits" of Enrollments API Endpoints and, for businesses, the
//! KYB page. Accounts of one type in one program count, by keyed hashes of their primary holder.

mod store;

pub use store::PLACES;

use super::model::{Account, AccountType};
use super::ops;
use crate::db::{DbError, Work};
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::AccountId;
use crate::kernel::outcome::Refusal;
use crate::programs::settings::{AccountLimits, Limit};
use crate::programs::world::World;

/// Whose places are to be counted.
#[derive(Debug, Clone, Copy)]
pub struct Whose<'a> {
    /// Keyed hash of the identity number.
    pub identity_hash: Option<&'a str>,
    /// Only persons born then; for the last four digits of a number, which many share.
    pub born: Option<&'a str>,
    /// Keyed hash of the default phone number.
    pub phone_hash: Option<&'a str>,
    /// Consumer and business accounts are counted apart.
    pub account_type: AccountType,
    /// An account that does not count.
    pub beside: Option<AccountId>,
}

/// Places that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Places {
    /// Active accounts of the identity number.
    pub identity_active: i64,
    /// Accounts in the life of the identity number.
    pub identity_lifetime: i64,
    /// Active accounts of the default phone.
    pub phone_active: i64,
    /// Accounts in the life of the default phone.
    pub phone_lifetime: i64,
}

/// The limit that one more account would go beyond; earlier variants win.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Active accounts of the identity number.
    IdentityActive(i64, u32),
    /// Accounts in the life of the identity number.
    IdentityLifetime(i64, u32),
    /// Active accounts of the default phone.
    PhoneActive(i64, u32),
    /// Accounts in the life of the default phone.
    PhoneLifetime(i64, u32),
}

/// The places that accounts of an identity and of a default phone take. The unit must hold their
/// keys.
pub async fn places(unit: &mut Work, world: &World, whose: &Whose<'_>) -> Result<Places, DbError> {
    store::places(unit, &world.code, whose).await
}

/// The newest account that takes a place of an identity, with its holder's date of birth.
pub async fn latest_active(
    unit: &mut Work,
    world: &World,
    whose: &Whose<'_>,
) -> Result<Option<(Account, Option<String>)>, DbError> {
    let Some((id, born)) = store::latest_active(unit, &world.code, whose).await? else {
        return Ok(None);
    };
    Ok(ops::get_in(unit, world, id).await?.account.map(|account| (account, born)))
}

/// The first limit that one more account would go beyond.
pub fn reached(places: &Places, limits: &AccountLimits, is_itin: bool) -> Option<Reached> {
    let identity = if is_itin { limits.itin } else { limits.ssn };
    reached_by_identity(places, identity).or_else(|| reached_by_phone(places, limits.phone))
}

/// As [`reached`], for the identity number alone.
pub fn reached_by_identity(places: &Places, limit: Limit) -> Option<Reached> {
    let Limit { active, lifetime } = limit;
    if places.identity_active >= i64::from(active) {
        Some(Reached::IdentityActive(places.identity_active, active))
    } else if places.identity_lifetime >= i64::from(lifetime) {
        Some(Reached::IdentityLifetime(places.identity_lifetime, lifetime))
    } else {
        None
    }
}

/// As [`reached`], for the default phone alone.
pub fn reached_by_phone(places: &Places, limit: Limit) -> Option<Reached> {
    let Limit { active, lifetime } = limit;
    if places.phone_active >= i64::from(active) {
        Some(Reached::PhoneActive(places.phone_active, active))
    } else if places.phone_lifetime >= i64::from(lifetime) {
        Some(Reached::PhoneLifetime(places.phone_lifetime, lifetime))
    } else {
        None
    }
}

impl Reached {
    fn code(self) -> &'static VendorCode {
        match self {
            Reached::IdentityActive(..) => &codes::IDENTITY_ACTIVE_LIMIT,
            Reached::IdentityLifetime(..) => &codes::IDENTITY_LIFETIME_LIMIT,
            Reached::PhoneActive(..) => &codes::PHONE_ACTIVE_LIMIT,
            Reached::PhoneLifetime(..) => &codes::PHONE_LIFETIME_LIMIT,
        }
    }

    /// Whether it is a limit of the identity number.
    pub fn is_of_identity(self) -> bool {
        matches!(self, Reached::IdentityActive(..) | Reached::IdentityLifetime(..))
    }

    /// The refusal with the counts that led to it.
    pub fn refusal(self) -> Refusal {
        let facts = match self {
            Reached::IdentityActive(count, most) => {
                format!("the identity number has {count} active account(s), at most {most}")
            }
            Reached::IdentityLifetime(count, most) => {
                format!(
                    "the identity number has had {count} account(s), at most {most} in its life"
                )
            }
            Reached::PhoneActive(count, most) => {
                format!("the default phone has {count} active account(s), at most {most}")
            }
            Reached::PhoneLifetime(count, most) => {
                format!("the default phone has had {count} account(s), at most {most} in its life")
            }
        };
        Refusal::of(self.code()).because(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: AccountLimits = AccountLimits {
        ssn: Limit { active: 1, lifetime: 3 },
        itin: Limit { active: 1, lifetime: 3 },
        phone: Limit { active: 2, lifetime: 10 },
    };

    #[test]
    fn lim_1_to_lim_5_the_first_limit_that_is_reached_counts() {
        let places = |ia, il, pa, pl| Places {
            identity_active: ia,
            identity_lifetime: il,
            phone_active: pa,
            phone_lifetime: pl,
        };
        for (taken, expected) in [
            (places(0, 0, 0, 0), None),
            (places(0, 2, 1, 9), None),
            (places(1, 1, 1, 1), Some(Reached::IdentityActive(1, 1))),
            (places(1, 3, 2, 10), Some(Reached::IdentityActive(1, 1))),
            (places(0, 3, 2, 10), Some(Reached::IdentityLifetime(3, 3))),
            (places(0, 2, 2, 10), Some(Reached::PhoneActive(2, 2))),
            (places(0, 0, 0, 10), Some(Reached::PhoneLifetime(10, 10))),
        ] {
            assert_eq!(reached(&taken, &LIMITS, false), expected, "{taken:?}");
        }
    }
}
