//! Events and deliveries as the control API shows them.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

use super::store;
use crate::db::{DbError, Read};
use crate::kernel::ids::ProgramCode;
use crate::kernel::page::Page;
use crate::kernel::time::Timestamp;

/// One event of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRecord {
    /// The event.
    pub event_identifier: String,
    /// The account it is about.
    pub account_identifier: String,
    /// Place of its message among those about this account.
    pub sequence: i64,
    /// Its type.
    pub event_type: String,
    /// When it happened, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// The event as it stands in the body of the webhook.
    #[schema(value_type = Object)]
    pub event: Json,
}

/// One delivery with its attempts.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryRecord {
    /// The delivery; also the `X-GD-RequestId` of its attempts.
    pub delivery_identifier: String,
    /// The message it carries.
    pub message_identifier: String,
    /// The account it is about.
    pub account_identifier: String,
    /// Place of its message among those about this account.
    pub sequence: i64,
    /// The endpoint.
    pub url: String,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// When it was recorded, on the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When the next attempt falls due, while it is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Timestamp>,
    /// Attempts so far, in order.
    pub attempts: Vec<AttemptRecord>,
}

/// One attempt to deliver.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttemptRecord {
    /// Counted from 1.
    pub attempt: i64,
    /// On the world's clock.
    #[schema(value_type = String, format = DateTime)]
    pub attempted_at: Timestamp,
    /// Milliseconds until the answer, or until giving up on it.
    pub latency_ms: i64,
    /// The answer's status, if there was an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<i64>,
    /// `delivered`, `retryable` or `final`.
    pub verdict: String,
    /// Why.
    pub reason: String,
}

/// Which events to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Only about this account.
    #[serde(default)]
    pub account_identifier: Option<String>,
    /// Only of this type.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Entries to pass over.
    #[serde(default)]
    pub offset: Option<u32>,
}

impl EventFilter {
    pub(super) fn page(&self) -> Page {
        Page::of(self.limit, self.offset)
    }
}

/// Which deliveries to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DeliveryFilter {
    /// Only about this account.
    #[serde(default)]
    pub account_identifier: Option<String>,
    /// Only in this state.
    #[serde(default)]
    pub state: Option<DeliveryState>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Entries to pass over.
    #[serde(default)]
    pub offset: Option<u32>,
}

/// The states of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DeliveryState {
    /// Waiting for an attempt.
    Pending,
    /// Acknowledged.
    Delivered,
    /// Given up.
    Failed,
}

impl DeliveryState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
        }
    }
}

impl DeliveryFilter {
    pub(super) fn page(&self) -> Page {
        Page::of(self.limit, self.offset)
    }
}

/// Events of a world, oldest first.
pub async fn events(
    mut read: impl Read,
    program: &ProgramCode,
    filter: &EventFilter,
) -> Result<Vec<EventRecord>, DbError> {
    store::events(&mut read, program, filter).await
}

/// Deliveries of a world, oldest first.
pub async fn deliveries(
    mut read: impl Read,
    program: &ProgramCode,
    filter: &DeliveryFilter,
) -> Result<Vec<DeliveryRecord>, DbError> {
    store::deliveries(&mut read, program, filter).await
}
