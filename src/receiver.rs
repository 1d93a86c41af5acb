//! A webhook receiver inside the process, for `piebox listen`, `piebox demo` and the tests.
//!
//! It takes a POST on any path, writes down what came and answers the way the vendor asks
//! receivers to: status 200, the request's `X-GD-RequestId` echoed, a body that says success. The
//! answer can be changed while it runs, to see how the sender copes with refusals and silence.
//!
//! Where it is told what webhooks must bring to prove themselves, it refuses others with 401. It
//! counts how often each request id has come.
//!
//! Left out: TLS and decryption.

mod proof;

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub use self::proof::ExpectedProof;

use crate::http::connection::{Cut, serve, sever};

/// Header by which the vendor tells deliveries apart. A receiver must echo it.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-gd-requestid");
/// Largest body taken, in bytes; a larger one is answered with 413 and not written down.
const BODY_BYTES: usize = 1024 * 1024;
/// Request ids whose repetitions are counted at most; beyond it, counting begins anew.
const REQUEST_IDS_MAX: usize = 100_000;
/// How long open connections may take to finish once the receiver stops.
const STOP_GRACE: Duration = Duration::from_secs(5);
/// Stands for a header value that was not kept.
const HIDDEN: &str = "***";

/// What a [`Receiver`] keeps, and what it asks for.
#[derive(Clone, Debug)]
pub struct ReceiverOptions {
    /// Whether the values of credentials in headers are kept. Otherwise they read `***`.
    pub keep_secrets: bool,
    /// Most requests kept; older ones are forgotten, but still counted. Zero keeps none.
    pub keep: usize,
    /// Most bytes of bodies kept, as sent. The newest request is kept even if it is larger.
    pub keep_bytes: usize,
    /// Most requests a slow subscriber may lag behind; at least one.
    pub backlog: usize,
    /// What requests must bring.
    pub proof: ExpectedProof,
}

impl Default for ReceiverOptions {
    /// No secrets, 10,000 requests, 64 MiB of bodies, a backlog of 256.
    fn default() -> Self {
        Self {
            keep_secrets: false,
            keep: 10_000,
            keep_bytes: 64 * 1024 * 1024,
            backlog: 256,
            proof: ExpectedProof::default(),
        }
    }
}

/// One request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// Path, with the query if there was one.
    pub path: String,
    /// Names in lower case, with values, in the order of arrival as far as names differ.
    pub headers: Vec<(String, String)>,
    /// The body as JSON; null when it was not JSON.
    pub body: Value,
    /// The body as text. What is not UTF-8 is replaced by U+FFFD.
    pub raw: String,
    /// How often its request id has come so far, this time included.
    pub attempt: usize,
    /// How it was answered.
    pub answer: Answer,
    /// What its proof lacked, where one was asked for.
    pub unproved: Option<String>,
}

impl Received {
    /// The first value of a header, asked for in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// How a request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As the vendor asks: 200, the request id echoed, code 0.
    Acknowledge,
    /// This status, with the request id echoed and the status as the code. What cannot be a final
    /// status, so anything outside 200 to 999, becomes 500.
    Status(u16),
    /// Like [`Answer::Acknowledge`], without the request id.
    NoEcho,
    /// Status 200 with the request id echoed, and this code in the body.
    Code(i32),
    /// Nothing for this long, then [`Answer::Acknowledge`]. When the receiver stops meanwhile, 503.
    Silence(Duration),
    /// Nothing for this long, and then the end of the connection: no answer ever comes. When the
    /// receiver stops meanwhile, 503.
    HangUp(Duration),
}

/// A running receiver. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    options: ReceiverOptions,
    log: Mutex<Log>,
    answers: Mutex<Answers>,
    total: watch::Sender<usize>,
    live: broadcast::Sender<Arc<Received>>,
    stop: CancellationToken,
}

/// The newest requests, oldest first.
#[derive(Debug, Default)]
struct Log {
    requests: VecDeque<Arc<Received>>,
    bytes: usize,
    /// How often each request id has come.
    seen: HashMap<Vec<u8>, usize>,
}

#[derive(Debug)]
struct Answers {
    next: VecDeque<Answer>,
    standing: Answer,
}

impl Receiver {
    /// Starts to listen on `address`; port 0 takes a free one. Once this returns, requests are
    /// taken.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn start(address: SocketAddr, options: ReceiverOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::new(options));
        let router = Router::new()
            .fallback(post(receive))
            .layer(DefaultBodyLimit::max(BODY_BYTES))
            .layer(from_fn(sever))
            .with_state(shared.clone());
        let server = launch(listen(listener, router, shared.stop.clone()));
        Ok(Self { address, shared, server })
    }

    /// The address listened on, with the actual port.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where to send webhooks to from this machine: `http://ADDRESS/webhooks`.
    #[must_use]
    pub fn url(&self) -> String {
        let mut address = self.address;
        // "Any address" can be listened on, but not sent to.
        if address.ip().is_unspecified() {
            address.set_ip(match address.ip() {
                IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
                IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
            });
        }
        format!("http://{address}/webhooks")
    }

    /// The requests that are kept, oldest first.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.shared.log().requests.iter().map(|it| Received::clone(it)).collect()
    }

    /// How many requests came since the start, kept or not.
    #[must_use]
    pub fn total(&self) -> usize {
        *self.shared.total.borrow()
    }

    /// Waits until `count` requests came since the start, then gives those that are kept.
    ///
    /// # Errors
    ///
    /// After `limit`, those that came so far.
    pub async fn wait_for(
        &self,
        count: usize,
        limit: Duration,
    ) -> Result<Vec<Received>, Vec<Received>> {
        let mut total = self.shared.total.subscribe();
        match timeout(limit, total.wait_for(|total| *total >= count)).await {
            Ok(Ok(_)) => Ok(self.received()),
            // The inner error, a lost sender, cannot be: we hold it.
            Ok(Err(_)) | Err(_) => Err(self.received()),
        }
    }

    /// Every request from now on, as it comes. A subscriber too slow loses the oldest and is told
    /// how many. The channel closes once the receiver has stopped.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Received>> {
        self.shared.live.subscribe()
    }

    /// Answers like this from now on, once the answers queued by [`Receiver::answer_next`] are used
    /// up.
    pub fn answer_with(&self, answer: Answer) {
        self.shared.answers().standing = answer;
    }

    /// Queues answers for the next requests, one each, behind those already queued.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.shared.answers().next.extend(answers);
    }

    /// Takes no more requests, answers those under way and frees the port. What is not done after
    /// 5 seconds is left behind.
    pub async fn stop(mut self) {
        self.shared.stop.cancel();
        if timeout(STOP_GRACE, &mut self.server).await.is_err() {
            tracing::warn!(address = %self.address, "receiver stops with open connections");
            self.server.abort();
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.cancel();
    }
}

impl Shared {
    fn new(options: ReceiverOptions) -> Self {
        Self {
            live: broadcast::Sender::new(options.backlog.max(1)),
            options,
            log: Mutex::default(),
            answers: Mutex::new(Answers { next: VecDeque::new(), standing: Answer::Acknowledge }),
            total: watch::Sender::new(0),
            stop: CancellationToken::new(),
        }
    }

    // Nothing is left half done under these locks, so a panic elsewhere does not spoil them.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, mut received: Received, request_id: &[u8]) {
        let mut log = self.log();
        received.attempt = log.count(request_id);
        let received = Arc::new(received);
        log.push(received.clone(), &self.options);
        // Under the lock, so that everyone sees the requests in the same order. A send without
        // subscribers fails, and that is fine.
        let _ = self.live.send(received);
        self.total.send_modify(|total| *total += 1);
    }

    /// An answer after some silence, or that there is none any more.
    async fn after(&self, silence: Duration, answer: impl FnOnce() -> Response) -> Response {
        tokio::select! {
            () = tokio::time::sleep(silence) => answer(),
            () = self.stop.cancelled() => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }

    fn next_answer(&self) -> Answer {
        let mut answers = self.answers();
        match answers.next.pop_front() {
            Some(answer) => answer,
            None => answers.standing.clone(),
        }
    }
}

impl Log {
    fn count(&mut self, request_id: &[u8]) -> usize {
        if self.seen.len() >= REQUEST_IDS_MAX {
            self.seen.clear();
        }
        let times = self.seen.entry(request_id.to_owned()).or_default();
        *times += 1;
        *times
    }

    fn push(&mut self, received: Arc<Received>, options: &ReceiverOptions) {
        self.bytes += received.raw.len();
        self.requests.push_back(received);
        let too_many = |log: &Self| log.requests.len() > options.keep;
        let too_large = |log: &Self| log.bytes > options.keep_bytes && log.requests.len() > 1;
        while too_many(self) || too_large(self) {
            let Some(oldest) = self.requests.pop_front() else {
                return;
            };
            self.bytes -= oldest.raw.len();
        }
    }
}

async fn listen(listener: TcpListener, router: Router, stop: CancellationToken) {
    if let Err(error) = serve(listener, router, stop.cancelled_owned()).await {
        tracing::error!(%error, "receiver failed");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the receiver owns its one task: it is stopped by itself, not with the process"
)]
fn launch(server: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    tokio::spawn(server)
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let raw = String::from_utf8_lossy(&body).into_owned();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let unproved = shared.options.proof.problem(&headers, &body);
    let answer = match unproved {
        Some(_) => Answer::Status(StatusCode::UNAUTHORIZED.as_u16()),
        None => shared.next_answer(),
    };
    let request_id = headers.get(REQUEST_ID).map_or(&b""[..], |id| id.as_bytes());
    let received = Received {
        path: path.to_owned(),
        headers: readable(&headers, shared.options.keep_secrets),
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
        raw,
        attempt: 1,
        answer: answer.clone(),
        unproved,
    };
    shared.record(received, request_id);
    respond(&shared, &headers, answer).await
}

async fn respond(shared: &Shared, headers: &HeaderMap, answer: Answer) -> Response {
    match answer {
        Answer::Acknowledge => echoing(headers, acknowledgement()),
        Answer::NoEcho => acknowledgement(),
        Answer::Code(code) => echoing(headers, details(StatusCode::OK, code)),
        Answer::Status(status) => {
            let status = StatusCode::from_u16(status)
                .ok()
                // A server cannot end with 1xx: these only announce an answer.
                .filter(|status| !status.is_informational())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            echoing(headers, details(status, status.as_u16().into()))
        }
        Answer::Silence(duration) => {
            shared.after(duration, || echoing(headers, acknowledgement())).await
        }
        Answer::HangUp(duration) => {
            shared.after(duration, || Cut::Close.in_place_of(Response::default())).await
        }
    }
}

fn acknowledgement() -> Response {
    details(StatusCode::OK, 0)
}

fn details(status: StatusCode, code: i32) -> Response {
    let description = if code == 0 { "Success" } else { "Failure" };
    let detail = json!({
        "code": code,
        "subCode": 0,
        "description": description,
        "url": "http://tbd",
    });
    (status, Json(json!({ "responseDetails": [detail] }))).into_response()
}

fn echoing(headers: &HeaderMap, mut response: Response) -> Response {
    if let Some(id) = headers.get(REQUEST_ID) {
        response.headers_mut().insert(REQUEST_ID, id.clone());
    }
    response
}

fn readable(headers: &HeaderMap, keep_secrets: bool) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            let value = if is_secret(name) && !keep_secrets {
                HIDDEN.to_owned()
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.as_str().to_owned(), value)
        })
        .collect()
}

fn is_secret(name: &HeaderName) -> bool {
    let name = name.as_str().replace(['-', '_'], "");
    name.ends_with("authorization") || name.contains("apikey")
}

#[cfg(test)]
mod tests;
