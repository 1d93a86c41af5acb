//! Whether a purse may be made, changed or closed: pure, in order of precedence.

use super::model::{NewPurse, PurseChange};
use crate::domains::accounts::model::{
    Account, AccountStatus, KycGate, Purse, PurseDetails, PurseType, Standing,
};
use crate::kernel::codes;
use crate::kernel::ids::PurseId;
use crate::kernel::money::Money;
use crate::kernel::outcome::Refusal;

/// Longest description and longest name of an icon, in characters.
const TEXT_MAX: usize = 100;
/// What a description may hold beside letters and digits.
const PUNCTUATION: &str = " ,-:()&.'!$%*@#+";

/// What is known when a new purse is judged.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account's status.
    pub standing: Standing,
    /// Its open purses.
    pub purses: &'a [Purse],
    /// Most of them.
    pub per_account: u32,
    /// What a tier may be.
    pub tiers: &'a [String],
}

/// Why a purse is refused, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The description is empty, too long or holds something else than is allowed.
    Description,
    /// The icon's name is empty, too long or holds a control character.
    Icon,
    /// There is no such tier.
    Tier,
    /// The account is not in use.
    AccountState(Standing),
    /// The account has as many purses as it may.
    Full(u32),
    /// The account has no such open purse.
    NotFound(PurseId),
    /// The primary purse stays.
    Primary,
    /// There is money in it, or held.
    NotEmpty(Money, Money),
}

fn judge_details(details: &PurseDetails) -> Option<Denial> {
    let has_length = |text: &str| (1..=TEXT_MAX).contains(&text.chars().count());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c);
    let is_description = |text: &String| has_length(text) && text.chars().all(is_plain);
    let is_icon = |text: &String| has_length(text) && !text.chars().any(char::is_control);
    if !details.description.as_ref().is_none_or(is_description) {
        Some(Denial::Description)
    } else if !details.icon.as_ref().is_none_or(is_icon) {
        Some(Denial::Icon)
    } else {
        None
    }
}

/// The first rule that a new purse breaks, if it breaks one.
pub fn judge_new(facts: &Facts<'_>, new: &NewPurse) -> Option<Denial> {
    let tier = new.details.interest_rate_tier.as_ref();
    let count = u32::try_from(facts.purses.len()).unwrap_or(u32::MAX);
    if let Some(denial) = judge_details(&new.details) {
        Some(denial)
    } else if tier.is_some_and(|tier| !facts.tiers.contains(tier)) {
        Some(Denial::Tier)
    } else if facts.standing.status != AccountStatus::Normal {
        Some(Denial::AccountState(facts.standing))
    } else if count >= facts.per_account {
        Some(Denial::Full(facts.per_account))
    } else {
        None
    }
}

/// The purse as a change leaves it, or the first rule that the change breaks.
pub fn changed(account: &Account, id: PurseId, change: &PurseChange) -> Result<Purse, Denial> {
    let given = PurseDetails {
        description: change.description.clone().flatten(),
        icon: change.icon.clone().flatten(),
        ..PurseDetails::default()
    };
    if let Some(denial) = judge_details(&given) {
        return Err(denial);
    }
    let mut purse = open_purse(account, id)?.clone();
    let details = &mut purse.details;
    if change.description.is_some() {
        details.description = given.description;
    }
    if change.icon.is_some() {
        details.icon = given.icon;
    }
    details.goal_amount = change.goal_amount.unwrap_or(details.goal_amount);
    details.goal_date = change.goal_date.unwrap_or(details.goal_date);
    purse.is_hidden = change.is_hidden.unwrap_or(purse.is_hidden);
    purse.is_round_up = change.is_round_up.unwrap_or(purse.is_round_up);
    Ok(purse)
}

/// The purse that is to be closed, if it can be.
pub fn closable(account: &Account, id: PurseId) -> Result<&Purse, Denial> {
    let purse = open_purse(account, id)?;
    if purse.kind == PurseType::Primary {
        Err(Denial::Primary)
    } else if (purse.available, purse.ledger) != (Money::ZERO, Money::ZERO) {
        Err(Denial::NotEmpty(purse.available, purse.ledger))
    } else {
        Ok(purse)
    }
}

/// A purse of an account whose purses may be changed: one in use, or restricted with a cure.
fn open_purse(account: &Account, id: PurseId) -> Result<&Purse, Denial> {
    let gate = account.primary().and_then(|holder| holder.kyc.gate);
    let has_cure = matches!(gate, Some(KycGate::Kyc2 | KycGate::Idv | KycGate::Manual));
    let is_open = match account.standing.status {
        AccountStatus::Normal => true,
        AccountStatus::Restricted => has_cure,
        AccountStatus::Pending | AccountStatus::Locked | AccountStatus::Closed => false,
    };
    if !is_open {
        return Err(Denial::AccountState(account.standing));
    }
    account.purses.iter().find(|purse| purse.id == id).ok_or(Denial::NotFound(id))
}

impl Denial {
    /// The vendor's answer, under the rule of the operation.
    pub fn refusal(self, rule: &'static str) -> Refusal {
        let invalid = |words: String| Refusal::of(&codes::MEMBER_INVALID).saying(words);
        let kept = || Refusal::of(&codes::PURSE_NOT_CLOSABLE);
        let refusal = match self {
            Denial::Description => invalid(format!(
                "purseDescription must have 1 to {TEXT_MAX} letters, digits, spaces or characters \
                 of {}",
                PUNCTUATION.trim()
            )),
            Denial::Icon => {
                invalid(format!("purseIcon must have 1 to {TEXT_MAX} characters, none of control."))
            }
            Denial::Tier => invalid("interestRateTier is unknown to this program.".to_owned()),
            Denial::AccountState(Standing { status, reason }) => {
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED)
                    .because(format!("the account is {status} / {reason}"))
            }
            Denial::Full(most) => invalid(format!("An account has at most {most} purses."))
                .because(format!("purses.perAccount is {most}")),
            Denial::NotFound(id) => Refusal::of(&codes::PURSE_NOT_FOUND)
                .because(format!("the account has no open purse {id}")),
            Denial::Primary => kept().saying("The primary purse cannot be closed."),
            Denial::NotEmpty(available, ledger) => kept()
                .saying("A purse must be empty to be closed.")
                .because(format!("{available} is available in it, {ledger} in its ledger")),
        };
        refusal.under(rule)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domains::accounts::model::StatusReason;
    use crate::domains::purses::model::SecondaryType;

    fn described(text: &str) -> NewPurse {
        let details =
            PurseDetails { description: Some(text.to_owned()), ..PurseDetails::default() };
        NewPurse { kind: SecondaryType::Savings, is_hidden: false, is_round_up: false, details }
    }

    fn judged(text: &str) -> Option<Denial> {
        let standing = Standing { status: AccountStatus::Normal, reason: StatusReason::Healthy };
        let facts = Facts { standing, purses: &[], per_account: 1, tiers: &[] };
        judge_new(&facts, &described(text))
    }

    #[test]
    fn prs_1_a_description_holds_the_documented_characters() {
        for good in ["Trip, 2032 - (50%): Joe's & Ann. $5 *@#+!", "a", &"x".repeat(TEXT_MAX)] {
            assert_eq!(judged(good), None, "{good}");
        }
        for bad in [
            "",
            "and/or",
            "back\\slash",
            "tab\t",
            "caf\u{e9}",
            "<b>",
            "a;b",
            "\"a\"",
            &"x".repeat(TEXT_MAX + 1),
        ] {
            assert_eq!(judged(bad), Some(Denial::Description), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn prs_1_no_other_character_gets_into_a_description(text in "\\PC{1,40}") {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c);
            prop_assert_eq!(judged(&text).is_none(), text.chars().all(is_plain));
        }
    }
}
