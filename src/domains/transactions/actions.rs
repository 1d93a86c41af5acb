//! What the outside world does to the money of an account, at a tester's word: the card network,
//! the other banks, the fees. Each action is one unit of work under the key of the account, and its
//! rows and webhooks are those that the Transactions page and the Webhooks overview show.
//!
//! Left out: disputes and chargebacks, paper checks, cash loads.

use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::{Transaction, TransactionState};
use super::requests::{
    AchWish, AuthorizeWish, ClearWish, ExpireWish, FeeWish, IncrementWish, RefundWish,
    ReturnAchWish, ReverseWish, WithdrawWish,
};
use super::{ach, authorizations, cards, fees, ops};
use crate::db::{Db, Key, Work};
use crate::domains::accounts::actions::{ActionError, Taken};
use crate::domains::accounts::model::Account;
use crate::domains::accounts::ops as accounts;
use crate::domains::ledger::model::{Books, MoneyRefusal};
use crate::domains::ledger::ops as ledger;
use crate::kernel::ids::{AccountId, TransactionId};
use crate::kernel::strict_json;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// What can be named in `action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoneyWord {
    name: &'static str,
    needs: &'static str,
}

impl MoneyWord {
    /// The word in `action`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What must be there for it, in words.
    pub const fn needs(&self) -> &'static str {
        self.needs
    }
}

/// Declares the actions: their words, what they need, their members. They are read so that what is
/// wrong is named by its member, which a derived reader of tagged enums cannot do.
macro_rules! money_actions {
    ($($(#[$doc:meta])* $variant:ident($wish:ty) = $name:literal, $needs:expr;)+) => {
        /// One thing that the outside world does to the money of an account.
        #[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
        #[serde(tag = "action", rename_all = "camelCase")]
        pub enum MoneyAction {
            $($(#[$doc])* $variant($wish)),+
        }

        impl MoneyAction {
            /// Every word.
            pub const ALL: &[MoneyWord] = &[$(MoneyWord { name: $name, needs: $needs }),+];

            fn read(word: &str, members: &Value) -> Result<Self, String> {
                match word {
                    $($name => strict_json::read(members).map(Self::$variant),)+
                    _ => return Err("action: is not known".to_owned()),
                }
                .map_err(|problem| problem.to_string())
            }
        }
    };
}

const A_CARD: &str = "a card; declined unless account, card and funds allow it";
const AN_AUTHORIZATION: &str = "a pending authorization";
const TO_BE_OPEN: &str = "an account that is not closed";
const IN_USE: &str = "an account that is normal or restricted";

money_actions! {
    /// A card asks for money at a merchant.
    Authorize(AuthorizeWish) = "authorize", A_CARD;
    /// A card asks for money and is refused, whatever stands.
    Decline(AuthorizeWish) = "decline", "a card";
    /// More is asked for under an authorization.
    IncrementAuthorization(IncrementWish) = "incrementAuthorization", AN_AUTHORIZATION;
    /// A merchant takes its money, of an authorization or by force.
    Clear(ClearWish) = "clear", "a pending authorization, or force";
    /// An authorization is taken back, all or in part.
    Reverse(ReverseWish) = "reverse", AN_AUTHORIZATION;
    /// The time of an authorization is over.
    ExpireHold(ExpireWish) = "expireHold", AN_AUTHORIZATION;
    /// The same as `expireHold`.
    Expire(ExpireWish) = "expire", AN_AUTHORIZATION;
    /// A merchant gives money back.
    Refund(RefundWish) = "refund", TO_BE_OPEN;
    /// A merchant says that it will give money back: it moves neither balance.
    AuthorizeRefund(AuthorizeWish) = "authorizeRefund", A_CARD;
    /// Cash from a machine, authorized and posted at once.
    AtmWithdrawal(WithdrawWish) = "atmWithdrawal", A_CARD;
    /// An ACH credit arrives.
    DirectDeposit(AchWish) = "directDeposit", IN_USE;
    /// An ACH debit arrives.
    AchDebit(AchWish) = "achDebit", "an account that is normal or restricted, and the money";
    /// An ACH entry that came in goes back.
    ReturnAch(ReturnAchWish) = "returnAch", "an ACH entry that was not returned";
    /// A fee is due.
    ChargeFee(FeeWish) = "chargeFee", "an account that is not closed, and the money";
}

impl<'de> Deserialize<'de> for MoneyAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Value::deserialize(deserializer)?;
        let word = members.as_object_mut().and_then(|members| members.remove("action"));
        let word = word.as_ref().and_then(Value::as_str).unwrap_or_default();
        Self::read(word, &members).map_err(D::Error::custom)
    }
}

/// An account in the hands of the outside world: the unit of work, and all that was read.
pub(super) struct Desk<'a> {
    pub unit: &'a mut Work,
    pub world: &'a World,
    pub account: &'a Account,
    pub books: &'a mut Books,
    pub now: Timestamp,
}

impl Desk<'_> {
    /// The id of the next transaction of the account.
    pub fn next_id(&self) -> TransactionId {
        let occasion = format!("row {}", self.books.transaction_sequence + 1);
        ledger::transaction_id(self.world, self.account.id, &occasion)
    }

    /// A transaction of the account.
    pub async fn expect(&mut self, id: TransactionId) -> Result<Transaction, ActionError> {
        let found = ops::find(self.unit, self.world, self.account.id, id).await?;
        found.ok_or_else(|| {
            let words = format!("transactionIdentifier: the account has no transaction {id}");
            ActionError::Unknown(words)
        })
    }

    /// A pending authorization of the account.
    pub async fn expect_pending(&mut self, id: TransactionId) -> Result<Transaction, ActionError> {
        let found = self.expect(id).await?;
        match found.state {
            TransactionState::Pending => Ok(found),
            state => Err(not_here(id, format!("is {state} and not pending"))),
        }
    }
}

/// A transaction that an action does not fit.
pub(super) fn not_here(id: TransactionId, what: impl std::fmt::Display) -> ActionError {
    ActionError::Impossible(format!("transactionIdentifier: {id} {what}"))
}

/// Why the ledger refuses an amount.
pub(super) fn refused(refusal: MoneyRefusal) -> ActionError {
    ActionError::Impossible(format!("amount: {refusal}"))
}

/// Takes an action, or says why it cannot be taken. What is declined was taken: its row says so.
pub async fn act(
    db: &Db,
    world: &World,
    (id, action): (AccountId, MoneyAction),
    now: Timestamp,
) -> Result<Taken, ActionError> {
    let mut unit = db.begin(world.scope(vec![Key::account(&world.code, id)])).await?;
    let found = accounts::get_in(&mut unit, world, id).await?.account;
    let mut account = found.ok_or(ActionError::NotFound(id))?;
    let mut books = ledger::open_of(&mut unit, world, &account).await?;
    let mut desk = Desk { unit: &mut unit, world, account: &account, books: &mut books, now };
    let transactions = take(&mut desk, action).await?;
    ledger::save(&mut unit, world, &mut books, now);
    unit.commit().await?;
    account.purses = books.purses;
    Ok(Taken { account, transactions })
}

async fn take(desk: &mut Desk<'_>, action: MoneyAction) -> Result<Vec<Transaction>, ActionError> {
    match action {
        MoneyAction::Authorize(wish) => cards::authorize(desk, wish),
        MoneyAction::Decline(wish) => cards::decline(desk, wish),
        MoneyAction::AuthorizeRefund(wish) => cards::authorize_refund(desk, wish),
        MoneyAction::AtmWithdrawal(wish) => cards::withdraw(desk, wish),
        MoneyAction::Refund(wish) => cards::refund(desk, wish).await,
        MoneyAction::IncrementAuthorization(wish) => authorizations::increment(desk, wish).await,
        MoneyAction::Clear(wish) => authorizations::clear(desk, wish).await,
        MoneyAction::Reverse(wish) => authorizations::reverse(desk, wish).await,
        MoneyAction::ExpireHold(wish) | MoneyAction::Expire(wish) => {
            authorizations::expire(desk, wish).await
        }
        MoneyAction::DirectDeposit(wish) => ach::deposit(desk, wish),
        MoneyAction::AchDebit(wish) => ach::debit(desk, wish),
        MoneyAction::ReturnAch(wish) => ach::send_back(desk, wish).await,
        MoneyAction::ChargeFee(wish) => fees::charge(desk, wish),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_action_is_read_and_shown_by_its_word() {
        let id = "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33";
        let all = json!({
            "amount": "5", "merchant": "Corner Cafe", "transactionIdentifier": id,
            "originator": "Acme", "description": "Monthly fee",
        });
        for word in MoneyAction::ALL {
            // Each takes the members that it knows; the reader names those that it does not.
            let mut document = all.clone();
            document["action"] = json!(word.name());
            let read = loop {
                match strict_json::read::<MoneyAction>(&document) {
                    Ok(action) => break action,
                    Err(problem) => {
                        let name = problem.problem.split('`').nth(1).unwrap().to_owned();
                        assert!(problem.problem.contains("unknown field"), "{problem}");
                        document.as_object_mut().unwrap().remove(&name).unwrap();
                    }
                }
            };
            assert_eq!(serde_json::to_value(read).unwrap()["action"], word.name());
            assert!(!word.needs().is_empty());
        }
    }

    #[test]
    fn hdr_5_what_is_wrong_is_named_by_its_member() {
        for (document, says) in [
            (json!({ "action": "reverse", "amount": 0 }), "amount: must be above zero"),
            (json!({ "action": "clear", "amounts": [1, -1] }), "amounts[1]: must be above zero"),
            (json!({ "action": "reverse" }), "missing field `transactionIdentifier`"),
            (json!({ "action": "steal" }), "action: is not known"),
        ] {
            let problem = strict_json::read::<MoneyAction>(&document).unwrap_err();
            assert_eq!(problem.problem, says);
        }
    }
}
