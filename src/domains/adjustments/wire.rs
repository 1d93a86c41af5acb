//! Bodies of the adjustment operations. Members follow "Create Adjustments" and "Check Adjustment
//! Status" of Optional API Add-Ons; the GET answer has those of both samples.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::model::{Adjustment, NewAdjustment};
use crate::http::call::Call;
use crate::http::envelope::ResponseHeader;
use crate::http::formats::Flag;
use crate::kernel::codes;
use crate::kernel::ids::AdjustmentId;
use crate::kernel::money::{Amount, Charge};
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json::null_is_default;
use crate::kernel::time::Timestamp;

/// The body of POST adjustments.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAdjustmentRequest {
    /// The partner's own id.
    #[schema(format = Uuid)]
    adjustment_identifier: String,
    /// Dollars, above zero, at most four decimals; a number or its text.
    #[schema(value_type = f64, example = 12.86)]
    amount: Amount,
    /// ISO 4217.
    #[schema(example = "USD")]
    currency: String,
    /// One of the program's `adjustmentTypes`.
    #[schema(example = "promo")]
    adjustment_type: String,
    /// Shown in the history; at most 255 characters.
    #[serde(default)]
    adjustment_description: Option<String>,
    /// Dollars, a number or its text; empty is none.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(value_type = Option<f64>)]
    fee: Charge,
    /// Lets a debit take the account below zero.
    #[serde(default, deserialize_with = "null_is_default")]
    debit_to_negative: Flag,
}

impl CreateAdjustmentRequest {
    /// The request as the model knows it.
    pub fn read(self) -> Result<NewAdjustment, Refusal> {
        Ok(NewAdjustment {
            id: adjustment_id(&self.adjustment_identifier)?,
            kind: self.adjustment_type,
            amount: self.amount,
            fee: self.fee,
            currency: self.currency,
            description: self.adjustment_description,
            debit_to_negative: self.debit_to_negative.0,
        })
    }
}

fn adjustment_id(text: &str) -> Result<AdjustmentId, Refusal> {
    text.parse().map_err(|problem| {
        let words = format!("adjustmentIdentifier {problem}");
        Refusal::of(&codes::MEMBER_INVALID).under("ADJ-10").saying(words)
    })
}

/// The answer of POST adjustments.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateAdjustmentResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    response_header: Option<ResponseHeader>,
    adjustment_status: &'static str,
    adjustment_status_reason: &'static str,
    #[schema(format = Uuid)]
    adjustment_identifier: String,
}

/// The answer of GET adjustment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdjustmentResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    response_header: Option<ResponseHeader>,
    #[schema(format = Uuid)]
    adjustment_identifier: String,
    #[schema(value_type = f64)]
    amount: Amount,
    currency: String,
    adjustment_type: String,
    adjustment_description: Option<String>,
    #[schema(value_type = f64)]
    fee: Charge,
    #[schema(value_type = String, format = DateTime)]
    transaction_date: Timestamp,
    debit_to_negative: bool,
    adjustment_status: &'static str,
    adjustment_status_reason: &'static str,
}

impl CreateAdjustmentResponse {
    /// What became of it.
    pub fn of(adjustment: &Adjustment, call: &Call) -> Self {
        Self {
            response_header: ResponseHeader::of(call),
            adjustment_status: adjustment.status.as_str(),
            adjustment_status_reason: adjustment.reason.as_str(),
            adjustment_identifier: adjustment.asked.id.to_string(),
        }
    }
}

impl AdjustmentResponse {
    /// All that is known of it.
    pub fn of(adjustment: Adjustment, call: &Call) -> Self {
        let Adjustment { asked, status, reason, transaction_at, .. } = adjustment;
        Self {
            response_header: ResponseHeader::of(call),
            adjustment_identifier: asked.id.to_string(),
            amount: asked.amount,
            currency: asked.currency,
            adjustment_type: asked.kind,
            adjustment_description: asked.description,
            fee: asked.fee,
            transaction_date: transaction_at,
            debit_to_negative: asked.debit_to_negative,
            adjustment_status: status.as_str(),
            adjustment_status_reason: reason.as_str(),
        }
    }
}
