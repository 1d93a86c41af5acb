//! The vendor's envelope: every payload is accompanied by `responseDetails`.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::{Outcome, Refusal};

/// Tells a tester why a call was refused: rule, facts, source. The wire body stays the vendor's.
pub const EXPLAIN: HeaderName = HeaderName::from_static("x-piebox-explain");

/// How most operations describe success.
const SUCCESS: &str = codes::SUCCESS.text;

/// One entry of `responseDetails`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResponseDetail {
    /// 0 is success.
    pub code: i32,
    /// Narrows the code down.
    pub sub_code: i32,
    /// For people; may change, do not parse.
    pub description: String,
    /// Always `http://tbd`.
    pub url: &'static str,
}

impl ResponseDetail {
    /// The line of the table in its own words.
    pub fn of(code: &VendorCode) -> Self {
        Self::saying(code, code.text)
    }

    fn saying(code: &VendorCode, description: impl Into<String>) -> Self {
        let description = description.into();
        Self { code: code.code, sub_code: code.sub_code, description, url: "http://tbd" }
    }

    /// A line that stands in no table: a tester has made it up.
    pub fn made_up(code: i32, sub_code: i32, description: &str) -> Self {
        Self { code, sub_code, description: description.to_owned(), url: "http://tbd" }
    }
}

/// A payload in its envelope.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Envelope<T> {
    /// The payload's own members.
    #[serde(flatten)]
    pub payload: T,
    /// How it went; always one entry.
    pub response_details: [ResponseDetail; 1],
}

/// The older envelope, which stands before the payload where the program asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResponseHeader {
    #[schema(format = Uuid)]
    response_id: String,
    status_code: i32,
    sub_status_code: i32,
    message: &'static str,
}

impl ResponseHeader {
    /// That of a success, under the request id of the call.
    pub fn of(call: &Call) -> Option<Self> {
        call.world.settings.answers.response_header.then(|| Self {
            response_id: call.request_id.canonical(),
            status_code: codes::SUCCESS.code,
            sub_status_code: codes::SUCCESS.sub_code,
            message: codes::SUCCESS.text,
        })
    }
}

/// No payload: the envelope alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Empty {}

/// An answer: 0/0 with a payload, or a refusal with the payload that the vendor still shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply<T> {
    status: StatusCode,
    payload: Option<T>,
    refusal: Option<Refusal>,
    /// How success is described.
    words: &'static str,
}

impl<T> Reply<T> {
    /// 0/0 Success.
    pub fn success(payload: T) -> Self {
        Self { status: StatusCode::OK, payload: Some(payload), refusal: None, words: SUCCESS }
    }

    /// What a use case decided. One that stopped half-way shows `unfinished`.
    pub fn of(outcome: Outcome<T>, unfinished: impl FnOnce() -> Option<T>) -> Self {
        let (payload, refusal) = match outcome {
            Outcome::Done(payload) => (Some(payload), None),
            Outcome::Refused { why, shown } => (shown, Some(why)),
            Outcome::Unfinished(left) => (unfinished(), Some(left)),
        };
        Self { status: StatusCode::OK, payload, refusal, words: SUCCESS }
    }

    /// The same with success described in other words.
    #[must_use]
    pub fn saying(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// The same with HTTP 201 for what was carried out: a success, or a business refusal that shows
    /// its payload.
    #[must_use]
    pub fn created(self) -> Self {
        self.with_status(StatusCode::CREATED)
    }

    /// As [`Reply::created`], with HTTP 202.
    #[must_use]
    pub fn accepted(self) -> Self {
        self.with_status(StatusCode::ACCEPTED)
    }

    /// The same with another HTTP status for success, and for a business refusal that shows its
    /// payload: the operation was carried out, with another result than success.
    #[must_use]
    fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl<T> From<Outcome<T>> for Reply<T> {
    fn from(outcome: Outcome<T>) -> Self {
        Self::of(outcome, || None)
    }
}

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        match (self.refusal, self.payload) {
            (Some(refusal), Some(payload)) => {
                let is_result = status(refusal.code) == StatusCode::OK;
                let mut response = refused_with(payload, &refusal);
                if is_result {
                    *response.status_mut() = self.status;
                }
                response
            }
            (Some(refusal), None) => refused(&refusal),
            (None, payload) => {
                let response_details = [ResponseDetail::saying(&codes::SUCCESS, self.words)];
                (self.status, Json(Envelope { payload, response_details })).into_response()
            }
        }
    }
}

/// The answer to a refusal that shows no payload.
pub fn refused(refusal: &Refusal) -> Response {
    refused_with(Empty {}, refusal)
}

/// An answer that a tester has put together, for an operation that plays somebody else: this
/// status, and with a body its text in place of the one that would be answered.
pub fn as_told(
    usual: impl IntoResponse,
    (status, content_type, body): (u16, &str, Option<String>),
) -> Response {
    let mut response = match body {
        Some(text) => text.into_response(),
        None => usual.into_response(),
    };
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

fn refused_with<T: Serialize>(payload: T, refusal: &Refusal) -> Response {
    let response_details = [ResponseDetail::saying(refusal.code, &refusal.description)];
    let body = Envelope { payload, response_details };
    let mut response = (status(refusal.code), Json(body)).into_response();
    explain(&mut response, refusal);
    // For those further out: who asks whether a call was refused, and records why.
    response.extensions_mut().insert(refusal.clone());
    response
}

fn status(code: &VendorCode) -> StatusCode {
    StatusCode::from_u16(code.http).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Characters of an explanation that go into the header.
const EXPLANATION_MAX: usize = 500;

fn explain(response: &mut Response, refusal: &Refusal) {
    explain_as(response, &refusal.explanation());
}

/// Adds an explanation as a header; what a header cannot carry becomes `?`.
pub fn explain_as(response: &mut Response, explanation: &str) {
    let plain = |c: char| if (' '..='~').contains(&c) { c } else { '?' };
    let text: String = explanation.chars().take(EXPLANATION_MAX).map(plain).collect();
    if let Ok(value) = HeaderValue::from_str(&text) {
        response.headers_mut().insert(EXPLAIN, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_explained_and_handed_on() {
        for line in codes::ALL {
            let refusal = Refusal::of(line).because("caf\u{e9}\nand more");
            for response in [
                refused(&refusal),
                Reply::from(Outcome::<Empty>::refused(refusal.clone())).into_response(),
            ] {
                assert_eq!(response.status().as_u16(), line.http);
                assert_eq!(response.extensions().get::<Refusal>(), Some(&refusal));
                let explanation = response.headers()[EXPLAIN].to_str().unwrap();
                assert!(explanation.starts_with(&format!("{}: caf??and more [", line.rule)));
            }
        }
    }

    #[test]
    fn an_explanation_stays_short_enough_for_a_header() {
        let refusal = Refusal::of(&codes::BODY_INVALID).because("x".repeat(100_000));
        assert_eq!(refused(&refusal).headers()[EXPLAIN].len(), EXPLANATION_MAX);
    }

    #[test]
    fn what_was_carried_out_has_the_status_of_its_operation_whatever_came_of_it() {
        let of = |code, shown| Outcome::Refused { why: Refusal::of(code), shown };
        for (outcome, status) in [
            (Outcome::Done(Empty {}), 201),
            (of(&codes::KYC_REQUIRED, Some(Empty {})), 201),
            (of(&codes::GATE_MISMATCH, None), 200),
            (of(&codes::MEMBER_INVALID, None), 400),
        ] {
            let response = Reply::from(outcome).created().into_response();
            assert_eq!(response.status().as_u16(), status);
        }
    }

    #[test]
    fn a_success_is_no_refusal() {
        let response = Reply::success(Empty {}).into_response();
        assert!(response.extensions().get::<Refusal>().is_none());
        assert!(!response.headers().contains_key(EXPLAIN));
    }
}
