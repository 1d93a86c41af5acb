//! What a partner's answer means, and when to try again. Pure.
//!
//! Acknowledged is: 200 or 201, the request id echoed, `responseDetails` with code 0. Server
//! errors, timeouts and failed connections may be retried, 401 and 403 too; every other status is
//! final. A setting of the endpoint takes any 200 or 201 for acknowledged.

use axum::http::StatusCode;
use serde_json::Value as Json;

use crate::kernel::time::Timestamp;

/// Time between attempts: one hour.
const RETRY_EVERY_MS: i64 = 3_600_000;
/// No attempt later than this after the first: 24 hours.
const RETRY_FOR_MS: i64 = 24 * RETRY_EVERY_MS;

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Acknowledged.
    Delivered,
    /// Failed, and worth another try.
    Retryable,
    /// Failed for good.
    Final,
}

impl Verdict {
    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Delivered => "delivered",
            Verdict::Retryable => "retryable",
            Verdict::Final => "final",
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// On the world's clock.
    pub at: Timestamp,
    /// Milliseconds until the answer.
    pub latency_ms: i64,
    /// The answer's status, if there was one.
    pub http_status: Option<u16>,
    /// What it came to.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// An answer of the partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'a> {
    /// HTTP status.
    pub status: u16,
    /// The request id that came back, if any.
    pub echo: Option<&'a str>,
    /// The body, as far as it was read.
    pub body: &'a [u8],
}

/// Judges an answer to a delivery whose request id was `request_id`. Where the endpoint need not be
/// strict, what a 200 or 201 lacks is noted and no more.
pub fn judge(request_id: &str, answer: &Answer<'_>, strict: bool) -> (Verdict, String) {
    let status = answer.status;
    match status {
        200 | 201 => match missing_acknowledgement(request_id, answer) {
            None => (Verdict::Delivered, "acknowledged".to_owned()),
            Some(lacks) if strict => (Verdict::Retryable, lacks),
            Some(lacks) => (Verdict::Delivered, format!("taken for acknowledged, though {lacks}")),
        },
        401 | 403 => (Verdict::Retryable, format!("the endpoint answered {status}")),
        500.. => (Verdict::Retryable, format!("the endpoint answered {}", named(status))),
        _ => (Verdict::Final, format!("the endpoint answered {}", named(status))),
    }
}

fn named(status: u16) -> String {
    StatusCode::from_u16(status).map_or_else(|_| status.to_string(), |status| status.to_string())
}

/// What a 200 or 201 lacks of an acknowledgement.
fn missing_acknowledgement(request_id: &str, answer: &Answer<'_>) -> Option<String> {
    match answer.echo {
        None => return Some("the answer does not echo X-GD-RequestId".to_owned()),
        Some(echo) if !echo.eq_ignore_ascii_case(request_id) => {
            return Some("the answer echoes another X-GD-RequestId".to_owned());
        }
        Some(_) => {}
    }
    let body: Json = match serde_json::from_slice(answer.body) {
        Ok(body) => body,
        Err(_) => return Some("the answer's body is not JSON".to_owned()),
    };
    match body.pointer("/responseDetails/0/code").and_then(Json::as_i64) {
        Some(0) => None,
        Some(code) => Some(format!("the answer's responseDetails code is {code}, not 0")),
        None => Some("the answer's body has no responseDetails[0].code".to_owned()),
    }
}

/// What follows from an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Nothing more to do.
    Done,
    /// Another attempt at this moment of the world's clock.
    TryAgain(Timestamp),
    /// No more attempts.
    GiveUp,
}

/// What follows from a verdict at `now` on a delivery recorded at `created`: hourly for 24 hours if
/// the endpoint has retries, else once.
pub fn next_step(verdict: Verdict, retries: bool, created: Timestamp, now: Timestamp) -> NextStep {
    let again = now.plus_millis(RETRY_EVERY_MS);
    match verdict {
        Verdict::Delivered => NextStep::Done,
        Verdict::Retryable if retries && again.millis_since(created) <= RETRY_FOR_MS => {
            NextStep::TryAgain(again)
        }
        Verdict::Retryable | Verdict::Final => NextStep::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d33";
    const GOOD: &[u8] = br#"{"responseDetails":[{"code":0,"subCode":0}]}"#;

    #[test]
    fn whk_3_only_a_whole_acknowledgement_is_delivery() {
        let other = "7d0f6a52-4c1b-4e7e-9b61-2f5c0a1e9d34";
        for (status, echo, body, verdict) in [
            (200, Some(ID), GOOD, Verdict::Delivered),
            (201, Some(&ID.to_uppercase()[..]), GOOD, Verdict::Delivered),
            (200, None, GOOD, Verdict::Retryable),
            (200, Some(other), GOOD, Verdict::Retryable),
            (200, Some(ID), &b""[..], Verdict::Retryable),
            (200, Some(ID), &b"OK"[..], Verdict::Retryable),
            (200, Some(ID), &br#"{"responseDetails":[{"code":7}]}"#[..], Verdict::Retryable),
            (200, Some(ID), &br#"{"responseDetails":{"code":0}}"#[..], Verdict::Retryable),
            (204, Some(ID), GOOD, Verdict::Final),
            (302, Some(ID), GOOD, Verdict::Final),
            (400, Some(ID), GOOD, Verdict::Final),
            (401, Some(ID), GOOD, Verdict::Retryable),
            (403, Some(ID), GOOD, Verdict::Retryable),
            (404, Some(ID), GOOD, Verdict::Final),
            (500, Some(ID), GOOD, Verdict::Retryable),
            (503, Some(ID), GOOD, Verdict::Retryable),
        ] {
            let answer = Answer { status, echo, body };
            assert_eq!(judge(ID, &answer, true).0, verdict, "{answer:?}");
            let lenient = if status < 202 { Verdict::Delivered } else { verdict };
            assert_eq!(judge(ID, &answer, false).0, lenient, "{answer:?}");
        }
    }

    #[test]
    fn whk_4_attempts_come_hourly_and_end_after_a_day() {
        let created = Timestamp::from_millis(1_000_000);
        let mut now = created;
        let mut attempts = 1;
        while let NextStep::TryAgain(at) = next_step(Verdict::Retryable, true, created, now) {
            assert_eq!(at.millis_since(now), RETRY_EVERY_MS);
            now = at;
            attempts += 1;
        }
        assert_eq!(attempts, 25);
        assert_eq!(next_step(Verdict::Retryable, false, created, created), NextStep::GiveUp);
        assert_eq!(next_step(Verdict::Final, true, created, created), NextStep::GiveUp);
    }
}
