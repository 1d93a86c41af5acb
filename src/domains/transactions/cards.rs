//! What a card begins: authorizations that are approved or declined, withdrawals, refunds. What is
//! done to an authorization afterwards stands in [`super::authorizations`]. Follows the
//! Transactions page; reasons and codes that it does not print are our reading.

use super::actions::{Desk, not_here, refused};
use super::model::{
    AuthorizationStep, AuthorizedData, CardUsed, DeclineReason, Details, NetworkData, Transaction,
    TransactionState,
};
use super::requests::{AuthorizeWish, CategoryCode, RefundWish, WithdrawWish, Words};
use super::rules::cards as rules;
use crate::domains::accounts::actions::ActionError;
use crate::domains::accounts::model::{Card, InstrumentStatus};
use crate::domains::ledger::model::{Floor, NewTransaction};
use crate::kernel::ids::{PaymentInstrumentId, TransactionId, UserId};
use crate::kernel::money::{Amount, Money};
use crate::kernel::movements::{Direction, ProgramBook, TransactionType};
use crate::schedule::{self, MoneyWork};

const DAY_MS: i64 = 86_400_000;
/// Digits of an approval code.
const APPROVAL_DIGITS: usize = 8;
/// The category of a merchant of whom nothing else is said: miscellaneous retail.
const ANY_RETAIL: &str = "5999";
/// The category of cash from a machine.
const CASH_MACHINE: &str = "6011";
/// What cash machines are called of which nothing else is said.
const MACHINE_NAME: &str = "ATM";

/// A card with its holder.
pub(super) struct Used<'a> {
    user: UserId,
    card: &'a Card,
}

/// What a tester says of a merchant.
pub(super) struct Merchant {
    pub name: Option<Words<100>>,
    pub category: Option<CategoryCode>,
    pub city: Option<Words<50>>,
    pub state: Option<Words<50>>,
}

impl Merchant {
    /// A merchant of whom no other row tells.
    pub(super) fn alone(self, desk: &Desk<'_>) -> Result<NetworkData, ActionError> {
        let missing = "merchant: is missing, and no transactionIdentifier tells it";
        let name = self.name.ok_or_else(|| ActionError::Invalid(missing.to_owned()))?;
        Ok(NetworkData {
            authorized_at: desk.now,
            merchant: name.0,
            city: self.city.map(|words| words.0),
            state: self.state.map(|words| words.0),
            category_code: self.category.map_or_else(|| ANY_RETAIL.to_owned(), |code| code.0),
        })
    }

    /// What another row tells, but for what is said here.
    pub(super) fn over(self, told: NetworkData) -> NetworkData {
        NetworkData {
            authorized_at: told.authorized_at,
            merchant: self.name.map_or(told.merchant, |words| words.0),
            city: self.city.map(|words| words.0).or(told.city),
            state: self.state.map(|words| words.0).or(told.state),
            category_code: self.category.map_or(told.category_code, |code| code.0),
        }
    }
}

/// A card cannot be named where another row tells it.
pub(super) fn expect_no_card(given: Option<PaymentInstrumentId>) -> Result<(), ActionError> {
    let words = "paymentInstrumentIdentifier: not together with transactionIdentifier";
    given.map_or(Ok(()), |_| Err(ActionError::Invalid(words.to_owned())))
}

/// The card of that id, or the first one that works; without any, the first one.
pub(super) fn pick<'a>(
    desk: &Desk<'a>,
    wanted: Option<PaymentInstrumentId>,
) -> Result<Used<'a>, ActionError> {
    let holders = &desk.account.holders;
    let mut all = holders
        .iter()
        .flat_map(|holder| holder.cards.iter().map(|card| Used { user: holder.user_id, card }));
    if let Some(id) = wanted {
        return all.find(|used| used.card.id == id).ok_or_else(|| {
            let words = format!("paymentInstrumentIdentifier: the account has no card {id}");
            ActionError::Unknown(words)
        });
    }
    let all: Vec<Used<'a>> = all.collect();
    let at = all.iter().position(|used| used.card.status == InstrumentStatus::Activated);
    all.into_iter().nth(at.unwrap_or_default()).ok_or_else(|| {
        let words = "paymentInstrumentIdentifier: the account has no card yet";
        ActionError::Impossible(words.to_owned())
    })
}

impl Used<'_> {
    /// What rows of this card show.
    pub(super) fn details(&self, desk: &Desk<'_>, description: &str) -> Details {
        let Card { payment_id, last4_pan, .. } = self.card;
        Details {
            type_description: description.to_owned(),
            user: (desk.account.holders.len() > 1).then_some(self.user),
            card: Some(CardUsed { payment_id: *payment_id, last4_pan: last4_pan.clone() }),
            ..Details::default()
        }
    }
}

/// Why the account does not allow it, if it does not.
pub(super) fn judge(
    desk: &Desk<'_>,
    card: InstrumentStatus,
    wanted: Money,
) -> Option<DeclineReason> {
    let spendable = desk.books.spendable(desk.books.primary, Floor::Cushion);
    let account = desk.account.standing.status;
    rules::judge(&rules::Attempt { account, card, wanted, spendable })
}

/// Eight digits for what was approved.
pub(super) fn approval_code(desk: &Desk<'_>, id: TransactionId) -> String {
    desk.world.source(&["approval", &id.to_string()]).digits(APPROVAL_DIGITS)
}

/// The reason of a refusal by force; `None` if nothing is forced.
fn forced(
    approve: Option<bool>,
    reason: Option<Words<100>>,
) -> Result<Option<String>, ActionError> {
    match (approve, reason) {
        (Some(false), reason) => {
            Ok(Some(reason.map_or_else(|| DeclineReason::DoNotHonor.to_string(), |words| words.0)))
        }
        (_, Some(_)) => {
            Err(ActionError::Invalid("declineReason: only where approve is false".to_owned()))
        }
        (_, None) => Ok(None),
    }
}

/// What a card asks for.
struct Asked {
    kind: TransactionType,
    direction: Direction,
    amount: Amount,
    details: Details,
}

impl Asked {
    /// With what is said of its authorization.
    fn authorized(
        mut self,
        desk: &Desk<'_>,
        (eci, reason): (Option<String>, Option<String>),
    ) -> NewTransaction {
        let id = desk.next_id();
        self.details.authorized = Some(AuthorizedData {
            requested: self.amount,
            approval_code: reason.is_none().then(|| approval_code(desk, id)),
            hold_expires_at: None,
            is_informational: false,
            is_partly_cleared: false,
            eci,
            decline_reason: reason,
        });
        let Asked { kind, direction, amount, details } = self;
        NewTransaction { id, purse: desk.books.primary, kind, direction, amount, details }
    }
}

/// A card asks for money: what is approved is held, what is declined is told.
pub(super) fn authorize(
    desk: &mut Desk<'_>,
    wish: AuthorizeWish,
) -> Result<Vec<Transaction>, ActionError> {
    ask(desk, wish, Direction::Debit)
}

/// A card asks for money and is refused, whatever stands.
pub(super) fn decline(
    desk: &mut Desk<'_>,
    wish: AuthorizeWish,
) -> Result<Vec<Transaction>, ActionError> {
    if wish.approve == Some(true) {
        return Err(ActionError::Invalid("approve: a decline is not approved".to_owned()));
    }
    authorize(desk, AuthorizeWish { approve: Some(false), ..wish })
}

/// A merchant says that it will give money back. Nothing is held, and nothing is posted before
/// [`refund`] names it.
pub(super) fn authorize_refund(
    desk: &mut Desk<'_>,
    wish: AuthorizeWish,
) -> Result<Vec<Transaction>, ActionError> {
    ask(desk, wish, Direction::Credit)
}

fn ask(
    desk: &mut Desk<'_>,
    wish: AuthorizeWish,
    direction: Direction,
) -> Result<Vec<Transaction>, ActionError> {
    let (kind, description) = match direction {
        Direction::Debit => (TransactionType::Purchase, "Purchase"),
        Direction::Credit => (TransactionType::Refund, "Refund"),
    };
    let wanted = if direction.is_credit() { Money::ZERO } else { wish.amount.money() };
    let AuthorizeWish { amount, mcc: category, city, state, eci, .. } = wish;
    let forced = forced(wish.approve, wish.decline_reason)?;
    let used = pick(desk, wish.payment_instrument_identifier)?;
    let judged = || judge(desk, used.card.status, wanted).map(|reason| reason.to_string());
    let reason = forced.or_else(judged);
    let merchant = Merchant { name: Some(wish.merchant), category, city, state };
    let network = Some(merchant.alone(desk)?);
    let details = Details { network, ..used.details(desk, description) };
    let is_declined = reason.is_some();
    let asked = Asked { kind, direction, amount, details };
    let mut new = asked.authorized(desk, (eci.map(|words| words.0), reason));
    let days = i64::from(desk.world.settings.card_network.hold_days);
    let expires_at = desk.now.plus_millis(days.saturating_mul(DAY_MS));
    if let Some(authorized) = &mut new.details.authorized {
        authorized.is_informational = direction.is_credit();
        let holds = !is_declined && !authorized.is_informational;
        authorized.hold_expires_at = holds.then_some(expires_at);
    }
    if is_declined {
        return Ok(vec![desk.books.authorize(new, TransactionState::Declined, desk.now)]);
    }
    let row = desk.books.authorize(new, TransactionState::Pending, desk.now);
    if !direction.is_credit() {
        let held = desk.books.hold((row.id, row.purse), amount, Floor::Cushion, desk.now);
        held.map_err(refused)?;
    }
    let (task, occasion) = (MoneyWork::ExpireHold { transaction: row.id }, row.id.to_string());
    let moments = (desk.now, expires_at);
    schedule::ops::put(desk.unit, desk.world, (desk.account.id, task), &occasion, moments);
    Ok(vec![row])
}

/// Cash from a machine: authorized and posted at once, or declined. Its fee is a row of its own.
pub(super) fn withdraw(
    desk: &mut Desk<'_>,
    wish: WithdrawWish,
) -> Result<Vec<Transaction>, ActionError> {
    let forced = forced(wish.approve, wish.decline_reason)?;
    let used = pick(desk, wish.payment_instrument_identifier)?;
    let wanted = wish.amount.money().checked_add(wish.fee.money()).unwrap_or(Amount::MAX.money());
    let judged = || judge(desk, used.card.status, wanted);
    let reason = forced.or_else(|| judged().map(|reason| reason.to_string()));
    let name = wish.merchant.or_else(|| Some(Words(MACHINE_NAME.to_owned())));
    let category = Some(CategoryCode(CASH_MACHINE.to_owned()));
    let merchant = Merchant { name, category, city: wish.city, state: wish.state };
    let network = Some(merchant.alone(desk)?);
    let details = Details { network, ..used.details(desk, "ATM Withdrawal") };
    let (kind, direction) = (TransactionType::AtmWithdrawal, Direction::Debit);
    let fee_details = Details { type_description: "ATM Fee".to_owned(), ..details.clone() };
    let is_declined = reason.is_some();
    let asked = Asked { kind, direction, amount: wish.amount, details };
    let new = asked.authorized(desk, (None, reason));
    if is_declined {
        return Ok(vec![desk.books.authorize(new, TransactionState::Declined, desk.now)]);
    }
    let (book, floor) = (ProgramBook::Settlement, Floor::Cushion);
    let mut rows = vec![desk.books.post(new, book, floor, desk.now).map_err(refused)?];
    if let Some(amount) = wish.fee.amount() {
        let new = NewTransaction {
            id: desk.next_id(),
            purse: desk.books.primary,
            kind: TransactionType::Fee,
            direction,
            amount,
            details: fee_details,
        };
        rows.push(desk.books.post(new, ProgramBook::Fees, floor, desk.now).map_err(refused)?);
    }
    Ok(rows)
}

/// A merchant gives money back: of a purchase, of a refund that was authorized, or just so.
pub(super) async fn refund(
    desk: &mut Desk<'_>,
    wish: RefundWish,
) -> Result<Vec<Transaction>, ActionError> {
    expect_postings(desk)?;
    let RefundWish { amount, merchant: name, mcc: category, city, state, .. } = wish;
    let merchant = Merchant { name, category, city, state };
    let (details, ended) = match wish.transaction_identifier {
        Some(id) => {
            expect_no_card(wish.payment_instrument_identifier)?;
            let (mut details, ended) = refunded(desk, id).await?;
            details.network = details.network.map(|told| merchant.over(told));
            (details, ended)
        }
        None => {
            let used = pick(desk, wish.payment_instrument_identifier)?;
            let network = Some(merchant.alone(desk)?);
            (Details { network, ..used.details(desk, "Refund") }, None)
        }
    };
    let new = NewTransaction {
        id: desk.next_id(),
        purse: desk.books.primary,
        kind: TransactionType::Refund,
        direction: Direction::Credit,
        amount,
        details,
    };
    let posted = desk.books.post(new, ProgramBook::Settlement, Floor::Zero, desk.now);
    let mut rows = vec![posted.map_err(refused)?];
    if let Some(ended) = ended {
        super::authorizations::forget(desk, ended.id);
        desk.books.change_silently(ended.clone());
        rows.push(ended);
    }
    Ok(rows)
}

/// What a refund takes over from the row that it names: card and merchant of a purchase, or those
/// of the authorization that ends with it.
async fn refunded(
    desk: &mut Desk<'_>,
    id: TransactionId,
) -> Result<(Details, Option<Transaction>), ActionError> {
    let mut row = desk.expect(id).await?;
    let description = "Refund".to_owned();
    let mut details = Details { type_description: description, ..row.details.clone() };
    details.authorized = None;
    if row.is_informational() {
        if !row.take(AuthorizationStep::ClearLast, Money::ZERO) {
            return Err(not_here(id, format!("is {} and not pending", row.state)));
        }
        return Ok((details, Some(row)));
    }
    if !is_of_merchant(&row) {
        return Err(not_here(id, "is neither a purchase nor the authorization of a refund"));
    }
    let now = desk.now;
    details.network = details.network.map(|data| NetworkData { authorized_at: now, ..data });
    Ok((details, None))
}

/// A debit that was posted for a merchant.
fn is_of_merchant(row: &Transaction) -> bool {
    let is_posted = row.state == TransactionState::Posted && !row.direction.is_credit();
    is_posted && row.kind == TransactionType::Purchase && row.details.network.is_some()
}

/// Refuses what is to be posted on an account that takes nothing.
pub(super) fn expect_postings(desk: &Desk<'_>) -> Result<(), ActionError> {
    let standing = desk.account.standing;
    if rules::takes_postings(standing.status) {
        return Ok(());
    }
    let words =
        format!("the account is {} / {}: nothing is posted", standing.status, standing.reason);
    Err(ActionError::Impossible(words))
}
