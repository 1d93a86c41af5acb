//! Bodies of the test operations. The envelope of events is that of the Webhook Samples page; of
//! the other bodies the reference gives the members' meanings and few of their names.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use utoipa::ToSchema;

use super::model::{ReceiverAnswer, TestEvent};
use super::rules::{self, wrong};
use crate::kernel::ids::{AccountId, EventId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::webhooks::sender::{Exchange, Taken};

/// Accounts of an envelope, and events of an account, at most.
const LIST_MAX: usize = 100;
/// Characters of a URL at most.
const URL_MAX: usize = 2_000;
/// Characters of an event type at most.
const TYPE_MAX: usize = 100;
/// Headers of an answer that are shown at most.
const HEADERS_SHOWN: usize = 50;
/// Characters of a shown header at most.
const HEADER_SHOWN: usize = 1_000;
/// Characters of a body that are shown at most.
const BODY_SHOWN: usize = 8_000;

/// The body of POST testeventwebhook.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestEventRequest {
    /// Where to post, http or https; required.
    #[serde(default)]
    #[schema(example = "https://partner.example/webhooks")]
    post_back_url: Option<String>,
    /// Headers to send beside those of every webhook, at most 20.
    #[serde(default)]
    post_back_headers: Option<Vec<HeaderWire>>,
    /// What is posted: account identifiers with their events, at most 100. Not looked into, so
    /// that broken ones can be tried.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    accounts: Option<Vec<Map<String, Json>>>,
}

/// A header.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub struct HeaderWire {
    name: String,
    value: String,
}

impl TestEventRequest {
    /// The event to be posted.
    pub fn open(self) -> Result<TestEvent, Refusal> {
        let url = self.post_back_url.unwrap_or_default();
        if url.len() > URL_MAX || !is_http(&url) {
            return Err(wrong("postBackUrl", "must be an http or https URL"));
        }
        let headers = self.post_back_headers.unwrap_or_default().into_iter();
        let headers: Vec<(String, String)> = headers.map(|it| (it.name, it.value)).collect();
        rules::expect_headers(&headers)?;
        let accounts = self.accounts.unwrap_or_default();
        if accounts.len() > LIST_MAX {
            return Err(wrong("accounts", format!("must have at most {LIST_MAX} entries")));
        }
        Ok(TestEvent { url, headers, body: json!({ "accounts": accounts }).to_string() })
    }
}

fn is_http(url: &str) -> bool {
    reqwest::Url::parse(url)
        .is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host())
}

/// What came of a posted event.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TestEventResponse {
    post_back_url: String,
    /// Sent as `X-GD-RequestId`: that of this call.
    #[schema(format = Uuid)]
    request_identifier: String,
    /// How a delivery with this answer would be judged: `delivered`, `retryable` or `final`.
    verdict: &'static str,
    /// Why.
    reason: String,
    /// From sending to the end of the answer, on the wall. Milliseconds.
    duration: i64,
    /// The answer, if there was one.
    response: Option<AnswerShown>,
}

/// The partner's answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerShown {
    http_status: u16,
    /// At most 50, each cut after 1000 characters.
    headers: Vec<HeaderWire>,
    /// At most 8000 characters.
    body: String,
    /// Whether there was more.
    is_body_cut: bool,
}

impl std::fmt::Debug for HeaderWire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ***", self.name)
    }
}

impl TestEventResponse {
    /// What came of posting to `url` under `request_id`.
    pub fn of(url: &str, request_id: &str, exchange: Exchange) -> Self {
        let Exchange { attempt, answer } = exchange;
        Self {
            post_back_url: url.to_owned(),
            request_identifier: request_id.to_owned(),
            verdict: attempt.verdict.as_str(),
            reason: attempt.reason,
            duration: attempt.latency_ms,
            response: answer.map(AnswerShown::of),
        }
    }
}

impl AnswerShown {
    fn of(taken: Taken) -> Self {
        let text = String::from_utf8_lossy(&taken.body);
        let body: String = text.chars().take(BODY_SHOWN).collect();
        let header = |(name, value): (String, String)| HeaderWire {
            name,
            value: value.chars().take(HEADER_SHOWN).collect(),
        };
        Self {
            http_status: taken.status,
            headers: taken.headers.into_iter().take(HEADERS_SHOWN).map(header).collect(),
            is_body_cut: body.len() < text.len(),
            body,
        }
    }
}

/// The body of POST testeventwebhook-rcv: the envelope of webhooks.
#[derive(Deserialize, ToSchema)]
pub struct EventEnvelopeRequest {
    /// 1 to 100.
    accounts: Vec<AccountEventsWire>,
}

/// Events of one account.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountEventsWire {
    #[schema(value_type = String, format = Uuid)]
    #[expect(dead_code, reason = "it must be there")]
    account_identifier: AccountId,
    /// 1 to 100.
    events: Vec<EventWire>,
}

/// One event; its payload may be anything.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventWire {
    #[schema(value_type = String, format = Uuid)]
    event_identifier: EventId,
    #[schema(example = "accountUpdated")]
    event_type: String,
    #[schema(value_type = String, format = DateTime)]
    #[expect(dead_code, reason = "it must be there")]
    event_date_time: Timestamp,
}

/// A partner's acknowledgement of events.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventsTakenResponse {
    /// The events that came, in their order.
    #[schema(value_type = Vec<String>)]
    event_identifiers: Vec<EventId>,
}

impl EventEnvelopeRequest {
    /// The acknowledgement, or what is wrong with the envelope.
    pub fn taken(&self) -> Result<EventsTakenResponse, Refusal> {
        expect_some("accounts", self.accounts.len())?;
        let mut event_identifiers = Vec::new();
        for (at, account) in self.accounts.iter().enumerate() {
            expect_some(&format!("accounts[{at}].events"), account.events.len())?;
            for (number, event) in account.events.iter().enumerate() {
                let word = &event.event_type;
                let is_word = word.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if word.is_empty() || word.len() > TYPE_MAX || !is_word {
                    let member = format!("accounts[{at}].events[{number}].eventType");
                    return Err(wrong(&member, "must be a word of letters and digits"));
                }
                event_identifiers.push(event.event_identifier);
            }
        }
        Ok(EventsTakenResponse { event_identifiers })
    }
}

fn expect_some(member: &str, count: usize) -> Result<(), Refusal> {
    if (1..=LIST_MAX).contains(&count) {
        return Ok(());
    }
    Err(wrong(member, format!("must have 1 to {LIST_MAX} entries")))
}

/// The body of POST testeventwebhook-setconfig. What is left out is as if never configured.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiverConfigRequest {
    /// The receiver waits at least this long. Milliseconds, 0 unless given.
    #[serde(default)]
    min_delay: Option<u32>,
    /// And at most this long. Milliseconds, at most 60000; as `minDelay` unless given.
    #[serde(default)]
    max_delay: Option<u32>,
    /// 200 to 599; 200 unless given.
    #[serde(default)]
    http_status: Option<u16>,
    /// The body of its answer, a text or any JSON, at most 65536 bytes; an acknowledgement unless
    /// given.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    response_body: Option<Json>,
    /// `application/json` unless given.
    #[serde(default)]
    content_type: Option<String>,
}

impl ReceiverConfigRequest {
    /// The answer that it asks for.
    pub fn open(self) -> Result<ReceiverAnswer, Refusal> {
        let usual = ReceiverAnswer::default();
        let min_delay_ms = self.min_delay.unwrap_or(usual.min_delay_ms);
        let text = |body| match body {
            Json::String(text) => text,
            json => json.to_string(),
        };
        let answer = ReceiverAnswer {
            min_delay_ms,
            max_delay_ms: self.max_delay.unwrap_or(min_delay_ms),
            status: self.http_status.unwrap_or(usual.status),
            body: self.response_body.map(text),
            content_type: self.content_type.unwrap_or(usual.content_type),
        };
        rules::expect_answer(&answer)?;
        Ok(answer)
    }
}

/// How the receiver answers from now on.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiverConfigResponse {
    min_delay: u32,
    max_delay: u32,
    http_status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_body: Option<String>,
    content_type: String,
}

impl From<ReceiverAnswer> for ReceiverConfigResponse {
    fn from(answer: ReceiverAnswer) -> Self {
        Self {
            min_delay: answer.min_delay_ms,
            max_delay: answer.max_delay_ms,
            http_status: answer.status,
            response_body: answer.body,
            content_type: answer.content_type,
        }
    }
}
