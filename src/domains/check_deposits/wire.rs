//! Bodies of the check operations. Members of handing in and of the answer follow the page on
//! funding of mobile check deposits; those of the other requests are ours, as are the plain forms
//! of sealed members. What else may be sent (place, device, fraud data) is passed over.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Decision, Deposit, DepositState, Images, NewDeposit, PostingInfo};
use super::rules::{self, Assessment, TEXT_MAX, invalid};
use crate::crypto::Container;
use crate::http::call::Call;
use crate::kernel::ids::{AccountId, IdProblem, TransferId};
use crate::kernel::money::Amount;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::bounded_list;
use crate::kernel::time::Timestamp;

/// Entries of a list that are read, to tell one too many.
const POSTINGS_READ: usize = 10;

/// The body of the two calls that hand a check in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SubmitCheckRequest {
    /// The partner's own id.
    #[schema(format = Uuid)]
    transfer_identifier: String,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    transfer_route: CheckRoute,
}

/// From where the money comes and where it goes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckRoute {
    /// Dollars, above zero, at most four decimals; a number or its text.
    #[schema(value_type = f64, example = 125.5)]
    transaction_amount: Amount,
    source_transfer_endpoint: CheckSource,
    target_transfer_endpoint: CheckTarget,
}

/// The check.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckSource {
    /// The pictures, sealed: a JSON text in base64, or an object of `frontImage` and `backImage`.
    #[serde(default)]
    encrypted_check_image_data: Option<Container>,
    /// The pictures in plain, where the program allows it.
    #[serde(default)]
    check_image_data: Option<CheckImages>,
    /// An X9 file, sealed: a JSON text in base64, or an object of `x9Data`.
    #[serde(default)]
    encrypted_check_x9_data: Option<Container>,
    /// The X9 file in plain, where the program allows it.
    #[serde(default)]
    check_x9_data: Option<CheckFile>,
    /// Kept, and shown nowhere; at most 255 characters.
    #[serde(default)]
    #[schema(example = "jpeg")]
    image_format: Option<String>,
    /// One entry at most.
    #[serde(default, deserialize_with = "bounded_list::<_, _, POSTINGS_READ>")]
    posting_infos: Vec<PostingInfoRequest>,
}

/// Where the money goes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckTarget {
    #[schema(format = Uuid)]
    account_identifier: String,
}

/// Pictures of a check, in base64.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CheckImages {
    /// One picture.
    One(String),
    /// Both sides.
    Sides {
        /// The front.
        #[serde(rename = "frontImage")]
        front_image: String,
        /// The back.
        #[serde(default, rename = "backImage")]
        back_image: Option<String>,
    },
}

/// An X9 file, in base64.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CheckFile {
    /// The file.
    Text(String),
    /// The file, named.
    Named {
        /// The file.
        #[serde(rename = "x9Data")]
        x9_data: String,
    },
}

/// A posting as the partner wants it.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostingInfoRequest {
    /// The partner's own token; at most 255 characters.
    #[serde(default)]
    posting_info_token: Option<String>,
    /// That of the whole check.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    amount: Option<Amount>,
    /// `YYYY-MM-DD`; told again, and without effect on when the money is there.
    #[serde(default)]
    deposit_date: Option<String>,
    /// Told again; at most 255 characters.
    #[serde(default)]
    transfer_type: Option<String>,
}

fn guid<T: std::str::FromStr<Err = IdProblem>>(member: &str, text: &str) -> Result<T, Refusal> {
    text.parse().map_err(|problem| invalid(format!("{member} {problem}")))
}

fn bounded(member: &str, text: Option<String>) -> Result<Option<String>, Refusal> {
    match text.as_deref().map(|text| text.chars().count()) {
        Some(length) if length > TEXT_MAX => {
            Err(invalid(format!("{member} must have at most {TEXT_MAX} characters.")))
        }
        _ => Ok(text),
    }
}

impl SubmitCheckRequest {
    /// The check as the model knows it, with its pictures opened.
    pub fn read(self, call: &Call) -> Result<NewDeposit, Refusal> {
        let CheckRoute {
            transaction_amount,
            mut source_transfer_endpoint,
            target_transfer_endpoint,
        } = self.transfer_route;
        let account = &target_transfer_endpoint.account_identifier;
        let postings = std::mem::take(&mut source_transfer_endpoint.posting_infos);
        Ok(NewDeposit {
            id: guid::<TransferId>("transferIdentifier", &self.transfer_identifier)?,
            account: guid::<AccountId>("targetTransferEndpoint.accountIdentifier", account)?,
            amount: transaction_amount,
            currency: self.currency,
            posting: posting(postings, transaction_amount)?,
            images: source_transfer_endpoint.open(call)?,
        })
    }
}

/// The one posting that a check has.
fn posting(mut given: Vec<PostingInfoRequest>, whole: Amount) -> Result<PostingInfo, Refusal> {
    let Some(one) = given.pop() else { return Ok(PostingInfo::default()) };
    if !given.is_empty() {
        return Err(invalid("postingInfos must have one entry at most."));
    }
    if one.amount.is_some_and(|amount| amount != whole) {
        return Err(invalid("postingInfos[0].amount must be the transactionAmount."));
    }
    let day = one.deposit_date.as_deref();
    let day = day.map(|text| rules::read_day("postingInfos[0].depositDate", text)).transpose()?;
    Ok(PostingInfo {
        token: bounded("postingInfos[0].postingInfoToken", one.posting_info_token)?,
        transfer_type: bounded("postingInfos[0].transferType", one.transfer_type)?,
        deposit_date: day,
    })
}

impl CheckSource {
    /// What is kept of the pictures: at least one of their two forms must be there.
    fn open(self, call: &Call) -> Result<Images, Refusal> {
        let sealed = ("encryptedCheckImageData", self.encrypted_check_image_data.as_ref());
        let plain = ("checkImageData", self.check_image_data);
        let images = call.open_either::<CheckImages, _>(sealed, plain)?;
        let sealed = ("encryptedCheckX9Data", self.encrypted_check_x9_data.as_ref());
        let file = call.open_either::<CheckFile, _>(sealed, ("checkX9Data", self.check_x9_data))?;
        let mut parts = Vec::new();
        match images {
            None => {}
            Some(CheckImages::One(image)) => {
                parts.push(("image", bytes("checkImageData", &image)?));
            }
            Some(CheckImages::Sides { front_image, back_image }) => {
                parts.push(("front", bytes("checkImageData.frontImage", &front_image)?));
                if let Some(back) = back_image {
                    parts.push(("back", bytes("checkImageData.backImage", &back)?));
                }
            }
        }
        if let Some(CheckFile::Text(file) | CheckFile::Named { x9_data: file }) = file {
            parts.push(("x9", bytes("checkX9Data", &file)?));
        }
        if parts.is_empty() {
            return Err(invalid("encryptedCheckImageData or encryptedCheckX9Data is required."));
        }
        Ok(Images::of(bounded("imageFormat", self.image_format)?, &parts))
    }
}

/// The bytes of a text in base64. What it was is never quoted.
fn bytes(member: &str, text: &str) -> Result<Vec<u8>, Refusal> {
    let read = BASE64_STANDARD.decode(text).ok().filter(|bytes| !bytes.is_empty());
    read.ok_or_else(|| invalid(format!("{member} must be base64 of something.")))
}

/// The body of POST assessment: the body of handing in will do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssessCheckRequest {
    transfer_route: AssessRoute,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AssessRoute {
    /// Dollars; without it, any check is asked about.
    #[serde(default)]
    #[schema(value_type = Option<f64>)]
    transaction_amount: Option<Amount>,
    target_transfer_endpoint: AssessTarget,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AssessTarget {
    #[schema(format = Uuid)]
    account_identifier: String,
}

impl AssessCheckRequest {
    /// The account, and the amount if there is one.
    pub fn read(&self) -> Result<(AccountId, Option<Amount>), Refusal> {
        let route = &self.transfer_route;
        let account = &route.target_transfer_endpoint.account_identifier;
        let account = guid("targetTransferEndpoint.accountIdentifier", account)?;
        Ok((account, route.transaction_amount))
    }
}

/// The answer of POST assessment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssessCheckResponse {
    /// Whether nothing is wanting.
    is_eligible: bool,
    /// What is wanting: accountStatus, checkDepositTier, termsAcceptance, checkLimit, dailyLimit,
    /// rollingLimit.
    unmet_prerequisites: Vec<&'static str>,
    /// Business days of the account's tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_days: Option<u32>,
    /// When the money of a check of today would be there, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    funds_available_date: Option<String>,
}

impl AssessCheckResponse {
    /// What was found.
    pub fn of(found: &Assessment) -> Self {
        Self {
            is_eligible: found.unmet.is_empty(),
            unmet_prerequisites: found.unmet.iter().map(|unmet| unmet.as_str()).collect(),
            hold_days: found.hold_days,
            funds_available_date: found.funds_available_on.map(|day| day.to_string()),
        }
    }
}

/// The body of PUT check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateCheckRequest {
    /// `accept` or `cancel`, in any case of letters.
    #[schema(example = "accept")]
    action: String,
}

impl UpdateCheckRequest {
    /// What the partner has decided.
    pub fn read(&self) -> Result<Decision, Refusal> {
        let word = self.action.to_ascii_lowercase();
        word.parse().map_err(|_| invalid("action must be accept or cancel."))
    }
}

/// The body of PUT funds date.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FundsDateRequest {
    /// A business day from today to the one that is set, `YYYY-MM-DD` or `MM/DD/YYYY`.
    #[schema(format = Date)]
    funds_available_date: String,
}

impl FundsDateRequest {
    /// The day.
    pub fn read(&self) -> Result<NaiveDate, Refusal> {
        rules::read_day("fundsAvailableDate", &self.funds_available_date)
    }
}

/// One check in an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CheckResponse {
    transfer: CheckShown,
}

impl CheckResponse {
    /// A check as it stands.
    pub fn of(deposit: &Deposit) -> Self {
        Self { transfer: CheckShown::of(deposit) }
    }
}

/// A page of checks.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChecksResponse {
    /// All that were asked for, on this page or another.
    total_record_count: i64,
    transfers: Vec<CheckShown>,
}

impl ChecksResponse {
    /// Some of so many.
    pub fn of(total: i64, deposits: &[Deposit]) -> Self {
        Self { total_record_count: total, transfers: deposits.iter().map(CheckShown::of).collect() }
    }
}

/// A check as answers and webhooks show it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CheckShown {
    #[schema(format = Uuid)]
    account_identifier: String,
    #[schema(format = Uuid)]
    transfer_identifier: String,
    check_amount: f64,
    currency: String,
    /// pending, inReview, approved, onHold, completed, declined, canceled or returned.
    transfer_status: &'static str,
    /// The same word.
    check_deposit_status: &'static str,
    #[schema(value_type = String, format = DateTime)]
    check_submit_date: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    check_returned_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    check_canceled_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    check_declined_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reject_reason: Option<String>,
    /// Always one.
    posting_infos: [PostingShown; 1],
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PostingShown {
    #[serde(skip_serializing_if = "Option::is_none")]
    posting_info_token: Option<String>,
    amount: f64,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    deposit_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transfer_type: Option<String>,
    posting_info_status: &'static str,
    /// `YYYY-MM-DD`.
    #[schema(format = Date)]
    funds_available_date: String,
    #[schema(value_type = String, format = DateTime)]
    last_changed_date_time: Timestamp,
    has_schedule_changed: bool,
}

impl CheckShown {
    /// A check as it stands.
    pub fn of(deposit: &Deposit) -> Self {
        let asked = &deposit.asked;
        let status = deposit.state.shown().as_str();
        Self {
            account_identifier: asked.account.to_string(),
            transfer_identifier: asked.id.to_string(),
            check_amount: asked.amount.dollars(),
            currency: asked.currency.clone(),
            transfer_status: status,
            check_deposit_status: status,
            check_submit_date: deposit.submitted_at,
            check_returned_date: deposit.ended_as(DepositState::Returned),
            check_canceled_date: deposit.ended_as(DepositState::Canceled),
            check_declined_date: deposit.ended_as(DepositState::Declined),
            reject_reason: deposit.reason.clone(),
            posting_infos: [PostingShown {
                posting_info_token: asked.posting.token.clone(),
                amount: asked.amount.dollars(),
                deposit_date: asked.posting.deposit_date.map(|day| day.to_string()),
                transfer_type: asked.posting.transfer_type.clone(),
                posting_info_status: status,
                funds_available_date: deposit.funds_available_on.to_string(),
                last_changed_date_time: deposit.changed_at,
                has_schedule_changed: deposit.is_rescheduled,
            }],
        }
    }
}
