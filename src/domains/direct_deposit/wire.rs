//! Bodies of the direct deposit operations. Members, their order and their spelling follow the
//! samples of the page "Direct Deposit Switch".

use axum::extract::RawPathParams;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::form::{ManualForm, Printed};
use super::model::{AmountType, Attempt, Change, Claim, VENDOR};
use crate::domains::transactions::requests::Words;
use crate::http::call::path_id;
use crate::kernel::ids::{AccountId, DepositAccountId, EventId, ProgramCode, SwitchId};
use crate::kernel::money::Amount;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// The switch attempt of the path.
pub fn switch_id(path: &RawPathParams) -> Result<SwitchId, Refusal> {
    path_id(path, "switchId")
}

/// The body of POST manualform: each text has 1 to 100 characters, and letters that the form's
/// fonts have, or can do without their marks.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateManualFormRequest {
    /// Full name of the account owner.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Steve Rogers")]
    full_name: Printed,
    /// Printed as it is given.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "1234567890")]
    account_number: Printed,
    /// Printed as it is given.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "124303214")]
    routing_number: Printed,
    /// The bank's name as on a check.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Go2Bank")]
    bank_name: Printed,
    /// Street address.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "123 Street Ave")]
    address_line1: Printed,
    /// City, state and ZIP code.
    #[schema(value_type = String, min_length = 1, max_length = 100,
        example = "Los Angeles CA 90210")]
    address_line2: Printed,
}

impl From<CreateManualFormRequest> for ManualForm {
    fn from(body: CreateManualFormRequest) -> Self {
        Self {
            full_name: body.full_name,
            account_number: body.account_number,
            routing_number: body.routing_number,
            bank_name: body.bank_name,
            address_line1: body.address_line1,
            address_line2: body.address_line2,
        }
    }
}

/// The answer of POST manualform.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreateManualFormResponse {
    /// A PDF of one page, in base64.
    #[schema(content_encoding = "base64", content_media_type = "application/pdf")]
    output: String,
}

impl CreateManualFormResponse {
    /// A PDF.
    pub fn of(pdf: &[u8]) -> Self {
        Self { output: BASE64_STANDARD.encode(pdf) }
    }
}

/// The answer of POST switches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateSwitchResponse {
    /// Loads the vendor's SDK.
    vendor_token: String,
    /// The attempt.
    #[schema(format = Uuid)]
    switch_id: String,
    /// Always `Atomic`.
    vendor_name: &'static str,
}

impl CreateSwitchResponse {
    /// An attempt and its token.
    pub fn of(vendor_token: String, id: SwitchId) -> Self {
        Self { vendor_token, switch_id: id.to_string(), vendor_name: VENDOR }
    }
}

/// The body of PATCH switches. Members that are not listed are refused.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSwitchRequest {
    /// What is to be changed; what is absent stays.
    patch_obj: SwitchPatch,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SwitchPatch {
    /// Dollars, or percent up to 100; a number or its text. Not with `All`.
    #[schema(value_type = Option<f64>, example = 100)]
    amount: Option<Amount>,
    /// `All`, `Percent` or `Amount`.
    #[schema(value_type = Option<String>, example = "Percent")]
    amount_type: Option<AmountType>,
    /// `Submitted` or `Aborted`.
    #[schema(value_type = Option<String>, example = "Submitted")]
    status: Option<Claim>,
    /// What made it so.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255,
        example = "User completed vendor flow")]
    status_reason: Option<Words<255>>,
    /// The payroll provider.
    #[schema(value_type = Option<String>, min_length = 1, max_length = 100, example = "Home Depot")]
    depositor: Option<Words<100>>,
}

impl From<UpdateSwitchRequest> for Change {
    fn from(UpdateSwitchRequest { patch_obj }: UpdateSwitchRequest) -> Self {
        Self {
            amount: patch_obj.amount,
            amount_type: patch_obj.amount_type,
            step: patch_obj.status.map(Into::into),
            reason: patch_obj.status_reason.map(|Words(text)| text),
            depositor: patch_obj.depositor.map(|Words(text)| text),
        }
    }
}

/// A switch attempt.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptShown {
    /// The account.
    #[schema(format = Uuid)]
    reference_number: String,
    /// The attempt.
    #[schema(format = Uuid)]
    id: String,
    /// Always `Atomic`.
    vendor: &'static str,
    /// The vendor's id of it.
    vendor_reference: String,
    /// Dollars or percent, as a text; null while nobody has said.
    amount: Option<String>,
    /// `All`, `Percent` or `Amount`; null while nobody has said.
    amount_type: Option<&'static str>,
    /// `Started`, `Submitted`, `Aborted`, `Failed`, `Completed` or `Manual`.
    status: &'static str,
    /// What made it so.
    status_reason: String,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    last_event_date_utc: Timestamp,
    /// The payroll provider; null while nobody has said.
    depositor: Option<String>,
    /// What the vendor has reported, one id each; in lists and webhooks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    event_ids: Option<Vec<EventId>>,
}

impl AttemptShown {
    /// An attempt by itself: without the ids of its events, as the samples have it.
    pub fn of(account: AccountId, attempt: &Attempt) -> Self {
        Self {
            reference_number: account.to_string(),
            id: attempt.id.to_string(),
            vendor: VENDOR,
            vendor_reference: attempt.vendor_reference.clone(),
            amount: attempt.portion.amount().map(|amount| amount.dollars().to_string()),
            amount_type: attempt.portion.kind().map(AmountType::as_str),
            status: attempt.status.as_str(),
            status_reason: attempt.reason.clone(),
            last_event_date_utc: attempt.last_event_at,
            depositor: attempt.depositor.clone(),
            event_ids: None,
        }
    }

    /// An attempt with the ids of its events.
    pub fn with_events(account: AccountId, attempt: &Attempt) -> Self {
        Self { event_ids: Some(attempt.event_ids.clone()), ..Self::of(account, attempt) }
    }
}

/// The answer of GET switches.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListSwitchesResponse {
    account_data: AccountData,
    /// Oldest first.
    switch_attempts: Vec<AttemptShown>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountData {
    /// The account among those that take direct deposits.
    #[schema(format = Uuid)]
    id: String,
    /// The account.
    #[schema(format = Uuid)]
    reference_number: String,
    /// The program code.
    client: String,
    /// The last attempt; null if there is none.
    latest_switch: Option<AttemptShown>,
    /// All attempts, oldest first.
    switch_ids: Vec<String>,
}

impl ListSwitchesResponse {
    /// All attempts of an account.
    pub fn of(
        program: &ProgramCode,
        (id, account): (DepositAccountId, AccountId),
        attempts: &[Attempt],
    ) -> Self {
        let show = |attempt: &Attempt| AttemptShown::with_events(account, attempt);
        let switch_attempts: Vec<AttemptShown> = attempts.iter().map(show).collect();
        Self {
            account_data: AccountData {
                id: id.to_string(),
                reference_number: account.to_string(),
                client: program.to_string(),
                latest_switch: switch_attempts.last().cloned(),
                switch_ids: attempts.iter().map(|attempt| attempt.id.to_string()).collect(),
            },
            switch_attempts,
        }
    }
}
