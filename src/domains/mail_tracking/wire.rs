//! Where a card is, as the guide's sample spells it. Webhooks carry the same members.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::Report;
use crate::kernel::time::Timestamp;

/// Where a card is. Of a card that was never mailed and is activated, what is about the mail is
/// null.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatusResponse {
    /// 28 digits.
    #[schema(example = "0031011111111111111111111111")]
    tracking_number: Option<String>,
    #[schema(example = "reg")]
    delivery_method_code: Option<String>,
    #[schema(example = "Regular")]
    delivery_method: Option<String>,
    /// `printing`, `shipped`, `inTransit`, `outForDelivery`, `delivered`, `returned` or
    /// `activated`.
    #[schema(example = "printing")]
    delivery_status_code: &'static str,
    /// The same for people.
    #[schema(example = "Card In Production")]
    delivery_status: &'static str,
    /// When it went into the mail; while it is printed, when it went to fulfilment.
    #[schema(value_type = Option<String>, format = DateTime)]
    shipped_date: Option<Timestamp>,
    /// The day on which it should arrive; null once it is activated.
    #[schema(value_type = Option<String>, format = DateTime)]
    estimated_arrival_date: Option<Timestamp>,
    last4_pan: String,
    bin: String,
    /// As embossed.
    card_holder_name: String,
    #[schema(example = "pvc")]
    product_material_type: Option<String>,
    /// `REP`, `LSR` or `REI`, for a card that took the place of another.
    #[serde(skip_serializing_if = "Option::is_none")]
    emboss_type: Option<&'static str>,
}

impl DeliveryStatusResponse {
    /// Where it is.
    pub fn of(report: &Report) -> Self {
        let (mailing, card) = (report.mailing.as_ref(), &report.card);
        Self {
            tracking_number: mailing.map(|mailing| mailing.tracking_number.clone()),
            delivery_method_code: mailing.map(|mailing| mailing.method_code.clone()),
            delivery_method: mailing.map(|mailing| mailing.method_name.clone()),
            delivery_status_code: report.place.code(),
            delivery_status: report.place.words(),
            shipped_date: mailing.map(|it| it.shipped_at.unwrap_or(it.fulfilled_at)),
            estimated_arrival_date: report.expected_at(),
            last4_pan: card.last4_pan.clone(),
            bin: card.bin.clone(),
            card_holder_name: card.embossed_name.clone(),
            product_material_type: card.material.clone(),
            emboss_type: report.emboss_type(),
        }
    }
}
