//! Events and deliveries as the control API shows and searches them.

pub mod lines;
mod store;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::{IntoParams, ToSchema};

use crate::db::{DbError, Read};
use crate::kernel::ids::ProgramCode;
use crate::kernel::page::{Limit, Page};
use crate::kernel::time::Timestamp;

/// One event of the outbox.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventRecord {
    /// The event.
    pub event_identifier: String,
    /// The message it travels in.
    pub message_identifier: String,
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

/// An event, by the call that caused it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CausedEvent {
    /// The call.
    #[serde(skip)]
    pub call_id: String,
    /// The event.
    pub event_identifier: String,
    /// Its type.
    pub event_type: String,
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
    /// The type of its events.
    pub event_type: String,
    /// The endpoint, its secrets as stars.
    pub url: String,
    /// `pending`, `delivered`, `failed` or `dropped`.
    pub state: String,
    /// The fault that has befallen it before it was sent: `delay`, `reorder` or `drop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The replay that it belongs to, counted from 1; absent for those sent as they happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay: Option<i64>,
    /// Where it stands among those about this account to this endpoint: the one with the lowest
    /// turn goes first, the others wait for it. A fault may change it.
    pub turn: i64,
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
    /// The fault that has befallen it: `badToken`, or `duplicate` for the second of two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// Which events are meant; all conditions that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EventMatch {
    /// About this account.
    #[serde(default)]
    pub account_identifier: Option<String>,
    /// Of this type.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Not before this moment of the world.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Not after this moment of the world.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// With a delivery in this state.
    #[serde(default)]
    pub state: Option<DeliveryState>,
    /// With this text anywhere in the event, in any case of letters.
    #[serde(default)]
    pub text: Option<String>,
}

/// Which events to list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EventFilter {
    /// Only about this account.
    #[serde(default)]
    account_identifier: Option<String>,
    /// Only of this type.
    #[serde(default)]
    event_type: Option<String>,
    /// Only from this moment of the world on.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Only up to this moment of the world.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// Only with a delivery in this state.
    #[serde(default)]
    state: Option<DeliveryState>,
    /// Only with this text anywhere in the event, in any case of letters.
    #[serde(default)]
    text: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Entries to pass over.
    #[serde(default)]
    offset: Option<u32>,
}

impl EventFilter {
    /// The conditions, and the page that was asked for.
    pub fn split(self) -> (EventMatch, Page) {
        let Self { account_identifier, event_type, from, to, state, text, limit, offset } = self;
        let wanted = EventMatch { account_identifier, event_type, from, to, state, text };
        (wanted, Page::of(limit, offset))
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
    /// Only of the message that holds this event.
    #[serde(default)]
    pub event_identifier: Option<String>,
    /// Only of this type.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Only to this endpoint, in clear or as it is shown.
    #[serde(default)]
    pub url: Option<String>,
    /// Only those recorded from this moment of the world on.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub from: Option<Timestamp>,
    /// Only those recorded up to this moment of the world.
    #[serde(default)]
    #[param(value_type = Option<String>, format = DateTime)]
    pub to: Option<Timestamp>,
    /// Only in this state.
    #[serde(default)]
    pub state: Option<DeliveryState>,
    /// Only with this text in an event or in the reason of an attempt, in any case of letters.
    #[serde(default)]
    pub text: Option<String>,
    /// Entries a page, 1 to 1000.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    pub limit: Option<Limit>,
    /// Entries to pass over.
    #[serde(default)]
    pub offset: Option<u32>,
}

impl DeliveryFilter {
    fn page(&self) -> Page {
        Page::of(self.limit, self.offset)
    }
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
    /// Never sent, by a fault.
    Dropped,
}

impl DeliveryState {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Dropped => "dropped",
        }
    }
}

/// Entries of a page, and how many there are on all pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// Entries of the page.
    pub entries: Vec<T>,
    /// Entries of all pages.
    pub total: i64,
}

/// Events of a world, oldest first.
pub async fn events(
    mut read: impl Read,
    program: &ProgramCode,
    (wanted, page): (&EventMatch, Page),
) -> Result<Found<EventRecord>, DbError> {
    let entries = store::events(&mut read, program, (wanted, page)).await?;
    let total = match whole(&entries, page) {
        Some(total) => total,
        None => store::count_events(&mut read, program, wanted).await?,
    };
    Ok(Found { entries, total })
}

/// How many events of a world are meant.
pub async fn count_events(
    mut read: impl Read,
    program: &ProgramCode,
    wanted: &EventMatch,
) -> Result<i64, DbError> {
    store::count_events(&mut read, program, wanted).await
}

/// Deliveries of a world, oldest first.
pub async fn deliveries(
    mut read: impl Read,
    program: &ProgramCode,
    filter: &DeliveryFilter,
) -> Result<Found<DeliveryRecord>, DbError> {
    let entries = store::deliveries(&mut read, program, filter).await?;
    let total = match whole(&entries, filter.page()) {
        Some(total) => total,
        None => store::count_deliveries(&mut read, program, filter).await?,
    };
    Ok(Found { entries, total })
}

/// How many there are, if the page itself says so: it ends before it is full, and not before it
/// begins.
fn whole<T>(entries: &[T], page: Page) -> Option<i64> {
    let count = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    let is_end = count < page.limit && (count > 0 || page.offset == 0);
    is_end.then_some(page.offset + count)
}

/// A message that is to be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub message: String,
    pub account: String,
    pub sequence: i64,
    pub event_type: String,
    /// How many of its events are meant.
    pub events: i64,
}

/// The messages that hold events that are meant, oldest first; `limit` at most.
pub(super) async fn messages(
    mut read: impl Read,
    program: &ProgramCode,
    wanted: &EventMatch,
    limit: i64,
) -> Result<Vec<Told>, DbError> {
    store::messages(&mut read, program, wanted, limit).await
}

/// The message that holds this event.
pub(super) async fn message_of(
    mut read: impl Read,
    program: &ProgramCode,
    event: &str,
) -> Result<Option<Told>, DbError> {
    store::message_of(&mut read, program, event).await
}

/// The number of the last replay of a world; 0 without one.
pub(super) async fn last_replay(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<i64, DbError> {
    store::last_replay(read, program).await
}

/// Events that were caused by any of the calls from one to another, in their order.
pub async fn caused_by(
    mut read: impl Read,
    program: &ProgramCode,
    calls: (&str, &str),
) -> Result<Vec<CausedEvent>, DbError> {
    store::caused_by(&mut read, program, calls).await
}
