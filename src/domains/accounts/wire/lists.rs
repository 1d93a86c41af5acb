//! Lists of accounts and single words about one, as partners read them. No member of these answers
//! is printed: they are those of the account object that tell accounts apart.

use axum::extract::RawPathParams;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domains::accounts::listing::Listed;
use crate::domains::accounts::model::{Account, StatusReason};
use crate::kernel::time::Timestamp;

/// The partner's id for its consumer, from the path.
pub fn consumer_id(path: &RawPathParams) -> String {
    let given = path.iter().find(|(name, _)| *name == "partnerConsumerId");
    given.map_or("", |(_, value)| value).to_owned()
}

/// `{"accounts": [...]}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AccountsResponse {
    accounts: Vec<ListedAccountWire>,
}

/// `{"linkedAccounts": [...]}`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LinkedAccountsResponse {
    linked_accounts: Vec<ListedAccountWire>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ListedAccountWire {
    #[schema(format = Uuid)]
    account_identifier: String,
    account_reference_number: String,
    product_code: String,
    status: &'static str,
    status_reasons: [&'static str; 1],
    #[schema(value_type = String, format = DateTime)]
    create_date: Timestamp,
}

/// Of a person or of a business.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountTypeResponse {
    #[schema(example = "consumer")]
    account_type: &'static str,
}

impl AccountsResponse {
    /// The accounts, in the order given.
    pub fn of(accounts: &[Listed]) -> Self {
        Self { accounts: accounts.iter().map(ListedAccountWire::of).collect() }
    }
}

impl LinkedAccountsResponse {
    /// The accounts, in the order given.
    pub fn of(accounts: &[Listed]) -> Self {
        Self { linked_accounts: accounts.iter().map(ListedAccountWire::of).collect() }
    }
}

impl ListedAccountWire {
    fn of(account: &Listed) -> Self {
        Self {
            account_identifier: account.id.to_string(),
            account_reference_number: account.reference_number.clone(),
            product_code: account.product_code.clone(),
            status: account.standing.status.as_str(),
            status_reasons: [StatusReason::as_str(account.standing.reason)],
            create_date: account.created_at,
        }
    }
}

impl AccountTypeResponse {
    /// The type of an account.
    pub fn of(account: &Account) -> Self {
        Self { account_type: account.account_type.as_str() }
    }
}
