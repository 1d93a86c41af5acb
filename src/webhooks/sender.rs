//! One HTTP attempt: headers as the Webhooks Overview page prints them, no redirects, a bounded
//! answer.

use std::error::Error as _;
use std::time::{Duration, Instant};

use anyhow::Context;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::sign::Signer;
use super::verdict::{Answer, Attempt, Verdict, judge};
use crate::http::outgoing;
use crate::kernel::time::Timestamp;
use crate::programs::settings::Endpoint;

const USER_AGENT: &str = "greendot-baas/3.0.0";
const ACCEPT: HeaderValue = HeaderValue::from_static("application/json, text/plain, text/html");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip, deflate");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-gd-requestid");

/// Sends deliveries.
#[derive(Debug)]
pub struct Sender {
    http: reqwest::Client,
    signer: Signer,
    answer_bytes_max: usize,
}

/// A delivery to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// Sent as `X-GD-RequestId`; the same on every attempt.
    pub request_id: &'a str,
    /// The JSON text.
    pub body: &'a str,
    /// Headers beside those of every webhook: name and value.
    pub extra: &'a [(String, String)],
    /// The world's moment.
    pub now: Timestamp,
    /// The machine's moment, for tokens.
    pub wall: Timestamp,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case, with values; what is no text is replaced by U+FFFD.
    pub headers: Vec<(String, String)>,
    /// As much of the body as is read.
    pub body: Vec<u8>,
}

/// One attempt with the answer that it got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What it came to.
    pub attempt: Attempt,
    /// The answer, if there was one.
    pub answer: Option<Taken>,
}

impl Sender {
    /// Waits at most `timeout` for an answer and reads at most `answer_bytes_max` of it.
    pub fn new(timeout: Duration, answer_bytes_max: usize) -> anyhow::Result<Self> {
        let headers = HeaderMap::from_iter([
            (header::ACCEPT, ACCEPT),
            (header::ACCEPT_ENCODING, ACCEPT_ENCODING),
        ]);
        let http = outgoing::client(timeout)?
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(USER_AGENT)
            .default_headers(headers)
            .build()
            .context("building the webhook client")?;
        Ok(Self { http, signer: Signer::default(), answer_bytes_max })
    }

    /// Makes one attempt. Never fails: a failure is what the attempt came to.
    pub async fn attempt(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Attempt {
        self.exchange(endpoint, parcel).await.attempt
    }

    /// As [`Sender::attempt`], with what came back.
    pub async fn exchange(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Exchange {
        let started = Instant::now();
        let (answer, verdict, reason) = self.send(endpoint, parcel).await;
        let latency_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let http_status = answer.as_ref().map(|answer| answer.status);
        let attempt = Attempt { at: parcel.now, latency_ms, http_status, verdict, reason };
        Exchange { attempt, answer }
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        parcel: Parcel<'_>,
    ) -> (Option<Taken>, Verdict, String) {
        let signed = match self.signer.header(&self.http, &endpoint.auth, parcel.wall).await {
            Ok(signed) => signed,
            Err(cause) => return (None, Verdict::Retryable, format!("no token: {cause:#}")),
        };
        let mut request = self
            .http
            .post(&endpoint.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(REQUEST_ID, parcel.request_id)
            .body(parcel.body.to_owned());
        if let Some((name, value)) = signed {
            request = request.header(name, value);
        }
        for (name, value) in parcel.extra {
            request = request.header(name, value);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(cause) => return (None, Verdict::Retryable, no_answer(&cause)),
        };
        let (status, headers) = (response.status().as_u16(), readable(response.headers()));
        let (body, broken) = match outgoing::read(response, self.answer_bytes_max).await {
            Ok(body) => (body, None),
            Err(cause) => (Vec::new(), Some(no_answer(&cause))),
        };
        let taken = Taken { status, headers, body };
        if let Some(broken) = broken {
            return (Some(taken), Verdict::Retryable, broken);
        }
        if status == 401 {
            self.signer.forget(&endpoint.auth);
        }
        let answer = Answer { status, echo: taken.header(REQUEST_ID.as_str()), body: &taken.body };
        let (verdict, reason) = judge(parcel.request_id, &answer);
        (Some(taken), verdict, reason)
    }
}

impl Taken {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// Why there is no answer, with the innermost cause; the URL is left out, it stands beside it.
fn no_answer(cause: &reqwest::Error) -> String {
    if cause.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut innermost: &dyn std::error::Error = cause;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let kind = if cause.is_connect() { "cannot connect" } else { "the exchange broke off" };
    match cause.source() {
        Some(_) => format!("{kind}: {innermost}"),
        None => kind.to_owned(),
    }
}
