//! One HTTP attempt: proof, signature, a bounded answer and what it means.

use std::error::Error as _;
use std::time::{Duration, Instant};

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::connections::Connections;
use super::sign::{SIGNATURE, Signer, signature};
use super::verdict::{Answer, Attempt, Verdict, judge};
use crate::http::outgoing;
use crate::kernel::ids::ProgramCode;
use crate::kernel::secrets::urls;
use crate::kernel::time::Timestamp;
use crate::programs::settings::{Endpoint, EndpointTls};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-gd-requestid");

/// Answers that one attempt waits for at most, as long as each may take: that of a token host and
/// that of the endpoint. What is repeated for a token that was refused has to fit.
pub(super) const ANSWERS_MAX: u32 = 2;

/// Sends deliveries.
#[derive(Debug)]
pub struct Sender {
    connections: Connections,
    signer: Signer,
    patience: Duration,
    answer_bytes_max: usize,
}

/// A delivery to be sent.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// The world it comes from.
    pub program: &'a ProgramCode,
    /// Sent as `X-GD-RequestId`; the same on every attempt.
    pub request_id: &'a str,
    /// The JSON text.
    pub body: &'a str,
    /// Headers beside those of every webhook: name and value.
    pub extra: &'a [(String, String)],
    /// The world's moment.
    pub now: Timestamp,
    /// The machine's moment, for fetched tokens.
    pub wall: Timestamp,
    /// The moment that tokens signed by the simulator name.
    pub signed_at: Timestamp,
    /// Whether to bring a wrong proof, and no certificate.
    pub misprove: bool,
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

/// How an exchange went: the answer as far as there is one, the verdict and its reason.
type Outcome = (Option<Taken>, Verdict, String);

impl Sender {
    /// Waits at most `timeout` for an answer and reads at most `answer_bytes_max` of it.
    pub fn new(timeout: Duration, answer_bytes_max: usize) -> anyhow::Result<Self> {
        let connections = Connections::new(timeout)?;
        let (signer, patience) = (Signer::default(), timeout * ANSWERS_MAX);
        Ok(Self { connections, signer, patience, answer_bytes_max })
    }

    /// Makes one attempt. Never fails: a failure is what the attempt came to.
    pub async fn attempt(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Attempt {
        self.exchange(endpoint, parcel).await.attempt
    }

    /// As [`Sender::attempt`], with what came back.
    pub async fn exchange(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Exchange {
        let started = Instant::now();
        let sending = tokio::time::timeout(self.patience, self.send(endpoint, parcel)).await;
        let (answer, verdict, reason) =
            sending.unwrap_or_else(|_| failed("no answer in time".to_owned()));
        let latency_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        let http_status = answer.as_ref().map(|answer| answer.status);
        let attempt = Attempt { at: parcel.now, latency_ms, http_status, verdict, reason };
        Exchange { attempt, answer }
    }

    async fn send(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> Outcome {
        let is_refused = |outcome: &Outcome| {
            !parcel.misprove && outcome.0.as_ref().is_some_and(|answer| answer.status == 401)
        };
        let (mut outcome, was_kept) = self.send_once(endpoint, parcel).await;
        if is_refused(&outcome) && was_kept {
            // The endpoint no longer accepts a token that should be good: with a fresh one, once.
            self.signer.forget(parcel.program, endpoint);
            outcome = self.send_once(endpoint, parcel).await.0;
        }
        if is_refused(&outcome) {
            self.signer.forget(parcel.program, endpoint);
        }
        outcome
    }

    /// Also says whether the proof was a token that had been fetched before.
    async fn send_once(&self, endpoint: &Endpoint, parcel: Parcel<'_>) -> (Outcome, bool) {
        let anonymous = endpoint.tls.as_ref().map(EndpointTls::without_own);
        let tls = if parcel.misprove { &anonymous } else { &endpoint.tls };
        let http = match self.connections.client(tls.as_ref()) {
            Ok(http) => http,
            Err(cause) => return (failed(format!("no connection: {cause:#}")), false),
        };
        let proof = match parcel.misprove {
            true => Signer::wrong_proof(&endpoint.auth),
            false => {
                let times = (parcel.signed_at, parcel.wall);
                self.signer.proof(&http, (parcel.program, endpoint), times).await
            }
        };
        let proof = match proof {
            Ok(proof) => proof,
            Err(cause) => return (failed(format!("no token: {cause:#}")), false),
        };
        let mut request = http
            .post(&endpoint.url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(REQUEST_ID, parcel.request_id)
            .body(parcel.body.to_owned());
        if let Some((name, value)) = proof.header {
            request = request.header(name, value);
        }
        if let Some(with) = &endpoint.signature {
            request = request.header(SIGNATURE, signature(with, parcel.body.as_bytes()));
        }
        for (name, value) in parcel.extra {
            request = request.header(name, value);
        }
        (self.judged(request, endpoint, parcel).await, proof.is_kept)
    }

    async fn judged(
        &self,
        request: reqwest::RequestBuilder,
        endpoint: &Endpoint,
        parcel: Parcel<'_>,
    ) -> Outcome {
        let response = match request.send().await {
            Ok(response) => response,
            Err(cause) => return failed(no_answer(&cause)),
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
        let answer = Answer { status, echo: taken.header(REQUEST_ID.as_str()), body: &taken.body };
        let strict = endpoint.strict_acknowledgement;
        let (verdict, reason) = judge(parcel.request_id, &answer, strict);
        (Some(taken), verdict, reason)
    }
}

fn failed(reason: String) -> Outcome {
    // The words of a library may name a URL.
    (None, Verdict::Retryable, urls::covered_in(&reason))
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
