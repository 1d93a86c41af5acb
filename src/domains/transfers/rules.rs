//! Whether a transfer between purses may be carried out: pure, in order of precedence.

use super::model::{Asked, Endpoint, NewTransfer, Transfer};
use crate::domains::accounts::model::{AccountStatus, Purse, Standing};
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, PurseId};
use crate::kernel::outcome::Refusal;

/// What is known when a transfer is judged.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account's status.
    pub standing: Standing,
    /// The account's currency.
    pub currency: &'a str,
    /// Its open purses.
    pub purses: &'a [Purse],
}

/// Why a transfer is refused, in order of precedence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denial {
    /// The account has no such open purse.
    NoPurse(PurseId),
    /// Both ends are the same purse.
    SamePurse,
    /// The currency is not the account's.
    Currency,
    /// The account is not in use.
    AccountState(Standing),
}

/// The account that both ends are said to be of; `None` if neither end names one.
pub fn named_account(new: &NewTransfer) -> Result<Option<AccountId>, Refusal> {
    match (new.source.account(), new.target.account()) {
        (Some(source), Some(target)) if source != target => {
            Err(Refusal::of(&codes::MEMBER_INVALID)
                .under("TRF-1")
                .saying("transferRoute: both ends must be purses of one account."))
        }
        (source, target) => Ok(source.or(target)),
    }
}

/// The transfer with its ends found; whether they are open is judged later.
pub fn resolve(new: &NewTransfer, account: AccountId, primary: PurseId) -> Asked {
    let purse = |end: Endpoint| match end {
        Endpoint::Primary(_) => primary,
        Endpoint::Purse(purse, _) => purse,
    };
    Asked {
        account,
        source: purse(new.source),
        target: purse(new.target),
        amount: new.amount,
        memo: new.memo.clone(),
        description: new.description.clone(),
    }
}

/// The first rule that a transfer breaks, if it breaks one.
pub fn judge(facts: &Facts<'_>, currency: Option<&str>, asked: &Asked) -> Option<Denial> {
    let is_open = |id: &PurseId| facts.purses.iter().any(|purse| purse.id == *id);
    let closed = [asked.source, asked.target].into_iter().find(|id| !is_open(id));
    if let Some(id) = closed {
        Some(Denial::NoPurse(id))
    } else if asked.source == asked.target {
        Some(Denial::SamePurse)
    } else if currency.is_some_and(|given| given != facts.currency) {
        Some(Denial::Currency)
    } else if facts.standing.status != AccountStatus::Normal {
        Some(Denial::AccountState(facts.standing))
    } else {
        None
    }
}

/// The refusal of a purse that is nowhere.
pub fn no_purse(id: PurseId) -> Refusal {
    Refusal::of(&codes::PURSE_NOT_FOUND)
        .under("TRF-1")
        .because(format!("there is no open purse {id}"))
}

impl Denial {
    /// The vendor's answer.
    pub fn refusal(self) -> Refusal {
        match self {
            Denial::NoPurse(id) => no_purse(id),
            Denial::SamePurse => Refusal::of(&codes::MEMBER_INVALID)
                .under("TRF-1")
                .saying("transferRoute: source and target must be two purses."),
            Denial::Currency => Refusal::of(&codes::CURRENCY_NOT_OFFERED).under("TRF-1"),
            Denial::AccountState(Standing { status, reason }) => {
                Refusal::of(&codes::ACCOUNT_CLOSED_OR_RESTRICTED)
                    .under("TRF-3")
                    .because(format!("the account is {status} / {reason}"))
            }
        }
    }
}

/// An identifier or a request id that comes again asks for the same, or is refused.
pub fn judge_repeat(known: &[Transfer], new: &NewTransfer, asked: &Asked) -> Option<Refusal> {
    let is_other =
        |known: &&Transfer| known.asked != *asked || new.id.is_some_and(|given| given != known.id);
    let other = known.iter().find(is_other)?;
    let facts = format!("transfer {} was asked for with other members", other.id);
    Some(Refusal::of(&codes::TRANSFER_REPEATED).because(facts))
}
