//! A transaction as lists and webhooks show it, and the query of lists. Members follow the
//! Transactions page and Optional API Add-Ons; what a row has nothing to say about is left out.

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::model::{
    AuthorizedData, BankData, Details, InternalData, NetworkData, Transaction, TransactionState,
};
use super::rules::Filter;
use crate::kernel::ids::AccountId;
use crate::kernel::time::Timestamp;

/// A page of an account's history.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionsResponse {
    /// All rows that the filters leave, on this page or another.
    total_record_count: i64,
    transactions: Vec<TransactionShown>,
}

impl TransactionsResponse {
    /// A page of the history of an account kept in this currency.
    pub fn of(account: AccountId, currency: &str, (total, rows): (i64, &[Transaction])) -> Self {
        let shown = |row| TransactionShown::of(account, currency, row);
        Self { total_record_count: total, transactions: rows.iter().map(shown).collect() }
    }
}

/// The query of a list, for the document; it is read leniently by [`filter`].
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query, names(
    "startDate", "endDate", "offset", "limit", "transactionType", "transactionStatus",
    "purseIdentifier", "includeAllAuthorizations"
))]
#[expect(dead_code, reason = "only its members' names and types matter")]
pub struct ListParams(
    /// First day, `YYYY-MM-DD` in UTC.
    Option<String>,
    /// Last day, included, `YYYY-MM-DD` in UTC.
    Option<String>,
    /// Rows to pass over.
    Option<u32>,
    /// Rows of the page, 1 to 1000; `pageSize` is understood too.
    Option<u32>,
    /// Only rows of this type.
    Option<String>,
    /// Only rows of this status; `posted` is completed and reversed.
    Option<String>,
    /// Only rows of this purse.
    Option<String>,
    /// Authorizations that were declined or cleared as well.
    Option<bool>,
);

/// The filters of a query. Letter case of names does not matter; what is empty is as good as
/// absent; names that are not known are passed over.
pub fn filter(given: &[(String, String)]) -> Filter {
    let value = |wanted: &[&str]| {
        let is_wanted = |name: &str| wanted.iter().any(|one| name.eq_ignore_ascii_case(one));
        let found = given.iter().find(|(name, value)| is_wanted(name) && !value.is_empty());
        found.map(|(_, value)| value.clone())
    };
    Filter {
        start_date: value(&["startDate"]),
        end_date: value(&["endDate"]),
        offset: value(&["offset"]),
        limit: value(&["limit", "pageSize"]),
        page_number: value(&["pageNumber"]),
        kind: value(&["transactionType"]),
        status: value(&["transactionStatus"]),
        purse: value(&["purseIdentifier"]),
        all_authorizations: value(&["includeAllAuthorizations"]),
    }
}

/// One transaction.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionShown {
    #[schema(format = Uuid)]
    transaction_identifier: String,
    transaction_type: &'static str,
    transaction_type_description: String,
    transaction_status: &'static str,
    #[schema(format = Uuid)]
    account_identifier: String,
    #[schema(format = Uuid)]
    purse_identifier: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    payment_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    user_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last4_pan: Option<String>,
    currency: String,
    transaction_amount: f64,
    is_credit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    posted_date_time: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized_transaction_data: Option<AuthorizedShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network_transaction_data: Option<NetworkShown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    posted_internal_transaction_data: Option<InternalShown>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AuthorizedShown {
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_status_indicator: Option<&'static str>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_expiration_date: Option<String>,
    request_authorization_amount: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    eci: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NetworkShown {
    #[schema(value_type = String, format = DateTime)]
    authorization_date_time: Timestamp,
    card_acceptor: CardAcceptorShown,
    merchant_category: &'static str,
    merchant_category_code: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct CardAcceptorShown {
    merchant_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_prov_reg: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct InternalShown {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    adjustment_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Uuid)]
    transfer_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ach_category_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_data: Option<BankShown>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct BankShown {
    routing_number: String,
    account_number: String,
    bank_name: String,
    account_type: String,
}

impl TransactionShown {
    /// A transaction of an account kept in this currency.
    pub fn of(account: AccountId, currency: &str, transaction: &Transaction) -> Self {
        let Transaction { state, details, .. } = transaction;
        let Details { type_description, user, card, network, authorized, internal } = details;
        let is_posted = *state == TransactionState::Posted;
        Self {
            transaction_identifier: transaction.id.to_string(),
            transaction_type: transaction.kind.as_str(),
            transaction_type_description: type_description.clone(),
            transaction_status: state.shown().as_str(),
            account_identifier: account.to_string(),
            purse_identifier: transaction.purse.to_string(),
            payment_identifier: card.as_ref().map(|card| card.payment_id.to_string()),
            user_identifier: user.map(|user| user.to_string()),
            last4_pan: card.as_ref().map(|card| card.last4_pan.clone()),
            currency: currency.to_owned(),
            transaction_amount: transaction.amount.dollars(),
            is_credit: transaction.direction.is_credit(),
            posted_date_time: is_posted.then_some(transaction.happened_at),
            authorized_transaction_data: authorized.as_ref().map(AuthorizedShown::of),
            network_transaction_data: network.as_ref().map(NetworkShown::of),
            posted_internal_transaction_data: internal.as_ref().map(InternalShown::of),
        }
    }
}

impl AuthorizedShown {
    fn of(data: &AuthorizedData) -> Self {
        Self {
            auth_status_indicator: data.is_informational.then_some("I"),
            hold_expiration_date: data.hold_expires_at.map(|at| at.date().to_string()),
            request_authorization_amount: data.requested.dollars(),
            eci: data.eci.clone(),
            approval_code: data.approval_code.clone(),
            decline_reason: data.decline_reason.clone(),
        }
    }
}

impl NetworkShown {
    fn of(data: &NetworkData) -> Self {
        Self {
            authorization_date_time: data.authorized_at,
            card_acceptor: CardAcceptorShown {
                merchant_name: data.merchant.clone(),
                city: data.city.clone(),
                state_prov_reg: data.state.clone(),
            },
            merchant_category: category(&data.category_code),
            merchant_category_code: data.category_code.clone(),
        }
    }
}

/// The name of a merchant category, by the ranges of ISO 18245.
fn category(code: &str) -> &'static str {
    match code.parse::<u16>().unwrap_or_default() {
        1..=1499 => "Agricultural Services",
        1500..=2999 => "Contracted Services",
        3000..=3999 => "Travel",
        4000..=4799 => "Transportation",
        4800..=4999 => "Utilities",
        5000..=5599 => "Retail",
        5600..=5699 => "Clothing",
        5700..=7299 => "Miscellaneous",
        7300..=7999 => "Business Services",
        8000..=8999 => "Professional Services",
        9000..=9999 => "Government Services",
        _ => "Unknown",
    }
}

impl InternalShown {
    fn of(data: &InternalData) -> Self {
        Self {
            adjustment_identifier: data.adjustment.map(|id| id.to_string()),
            transfer_identifier: data.transfer.map(|id| id.to_string()),
            transfer_type: data.transfer_type.clone(),
            description: data.description.clone(),
            ach_category_code: data.ach_category.clone(),
            bank_data: data.bank.as_ref().map(BankShown::of),
        }
    }
}

impl BankShown {
    fn of(data: &BankData) -> Self {
        Self {
            routing_number: data.routing_number.clone(),
            account_number: data.account_number.clone(),
            bank_name: data.bank_name.clone(),
            account_type: data.account_type.clone(),
        }
    }
}
