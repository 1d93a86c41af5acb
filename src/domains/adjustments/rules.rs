//! Whether an adjustment may be carried out: pure, in order of precedence.

use iso_currency::Currency;

use super::model::{Adjustment, NewAdjustment};
use crate::domains::accounts::model::{AccountStatus, Standing};
use crate::kernel::codes;
use crate::kernel::ids::AdjustmentId;
use crate::kernel::outcome::Refusal;

/// Longest description.
const DESCRIPTION_MAX: usize = 255;

/// What is known when an adjustment is judged.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// Whether the program may use the type.
    pub is_configured: bool,
    /// The account's currency.
    pub currency: &'a str,
    /// The account's status.
    pub standing: Standing,
}

/// Why an adjustment is refused, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The type is not one of the program's.
    TypeNotConfigured(String),
    /// The description is too long.
    Description,
    /// The currency is none.
    CurrencyUnknown,
    /// The currency is not the account's.
    CurrencyNotOffered,
    /// The account is not in use.
    AccountState(Standing),
}

/// The first rule that an adjustment breaks, if it breaks one.
pub fn judge(facts: &Facts<'_>, new: &NewAdjustment) -> Option<Denial> {
    let description = new.description.as_deref().unwrap_or_default();
    if !facts.is_configured {
        Some(Denial::TypeNotConfigured(new.kind.clone()))
    } else if description.chars().count() > DESCRIPTION_MAX {
        Some(Denial::Description)
    } else if Currency::from_code(&new.currency).is_none() {
        Some(Denial::CurrencyUnknown)
    } else if facts.currency != new.currency {
        Some(Denial::CurrencyNotOffered)
    } else if !is_open(facts.standing) {
        Some(Denial::AccountState(facts.standing))
    } else {
        None
    }
}

/// Whether an account takes adjustments: one that is in use.
pub fn is_open(standing: Standing) -> bool {
    standing.status == AccountStatus::Normal
}

impl Denial {
    /// The vendor's answer.
    pub fn refusal(self) -> Refusal {
        match self {
            Denial::TypeNotConfigured(kind) => Refusal::of(&codes::ADJUSTMENT_TYPE)
                .because(format!("the program has no adjustment type {kind:?}")),
            Denial::Description => Refusal::of(&codes::MEMBER_INVALID)
                .under("ADJ-10")
                .saying("adjustmentDescription must have at most 255 characters."),
            Denial::CurrencyUnknown => Refusal::of(&codes::CURRENCY_UNKNOWN).under("ADJ-10"),
            Denial::CurrencyNotOffered => Refusal::of(&codes::CURRENCY_NOT_OFFERED).under("ADJ-10"),
            Denial::AccountState(Standing { status, reason }) => {
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED)
                    .under("ADJ-10")
                    .because(format!("the account is {status} / {reason}"))
            }
        }
    }
}

/// An identifier that comes again asks for the same, or is refused.
pub fn judge_repeat(known: &Adjustment, new: &NewAdjustment) -> Option<Refusal> {
    (known.asked != *new).then(|| {
        let facts = format!("adjustment {} was asked for with other members", new.id);
        Refusal::of(&codes::ADJUSTMENT_REPEATED).because(facts)
    })
}

/// The balance that an adjustment would make cannot be kept.
pub fn beyond(problem: &str) -> Refusal {
    Refusal::of(&codes::MEMBER_INVALID).under("ADJ-10").saying(format!("amount: {problem}"))
}

/// No adjustment of the account has this identifier.
pub fn not_found(id: AdjustmentId) -> Refusal {
    Refusal::of(&codes::ADJUSTMENT_NOT_FOUND).because(format!("the account has no adjustment {id}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domains::accounts::model::StatusReason;
    use crate::domains::adjustments::model::{AdjustmentReason, AdjustmentStatus};
    use crate::kernel::money::Charge;
    use crate::kernel::movements::Direction;
    use crate::kernel::time::Timestamp;

    fn new() -> NewAdjustment {
        NewAdjustment {
            id: "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33".parse().unwrap(),
            kind: "promo".to_owned(),
            amount: "5".parse().unwrap(),
            fee: Charge::NONE,
            currency: "USD".to_owned(),
            description: None,
            debit_to_negative: false,
        }
    }

    fn standing(status: AccountStatus) -> Standing {
        Standing { status, reason: StatusReason::Healthy }
    }

    #[test]
    fn env_3_the_earlier_rule_is_the_one_that_refuses() {
        let closed = standing(AccountStatus::Closed);
        let mut facts = Facts { is_configured: false, currency: "CAD", standing: closed };
        let description = Some("x".repeat(256));
        let mut asked = NewAdjustment { description, currency: "usd".to_owned(), ..new() };
        let kind = "promo".to_owned();
        assert_eq!(judge(&facts, &asked), Some(Denial::TypeNotConfigured(kind)));
        facts.is_configured = true;
        assert_eq!(judge(&facts, &asked), Some(Denial::Description));
        asked.description = Some("x".repeat(255));
        assert_eq!(judge(&facts, &asked), Some(Denial::CurrencyUnknown));
        asked.currency = "USD".to_owned();
        assert_eq!(judge(&facts, &asked), Some(Denial::CurrencyNotOffered));
        facts.currency = "USD";
        assert_eq!(judge(&facts, &asked), Some(Denial::AccountState(closed)));
        facts.standing = standing(AccountStatus::Normal);
        assert_eq!(judge(&facts, &asked), None);
    }

    #[test]
    fn adj_8_every_member_counts_when_an_identifier_comes_again() {
        let known = Adjustment {
            asked: new(),
            status: AdjustmentStatus::Completed,
            reason: AdjustmentReason::Success,
            direction: Direction::Credit,
            created_at: Timestamp::MIN,
            transaction_at: Timestamp::MIN,
        };
        assert_eq!(judge_repeat(&known, &new()), None);
        for other in [
            NewAdjustment { kind: "promoReversal".to_owned(), ..new() },
            NewAdjustment { amount: "5.0001".parse().unwrap(), ..new() },
            NewAdjustment { fee: "1".parse().unwrap(), ..new() },
            NewAdjustment { currency: "EUR".to_owned(), ..new() },
            NewAdjustment { description: Some(String::new()), ..new() },
            NewAdjustment { debit_to_negative: true, ..new() },
        ] {
            assert!(judge_repeat(&known, &other).is_some(), "{other:?}");
        }
    }
}
