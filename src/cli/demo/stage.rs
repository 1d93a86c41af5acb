//! What `piebox demo` is played on: a throw-away simulator and a webhook receiver on free ports of
//! this machine, and the partner who calls the one and listens on the other.
//!
//! Calls go through sockets, like those of any partner. Each is told as it is made, and an answer
//! of another status or code than the expected one is an error. So is a webhook that does not come,
//! and one that no step has asked for.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value as Json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Builder;

use crate::app::Sim;
use crate::cli::client::{http_client, random_key_pair};
use crate::cli::serve;
use crate::cli::story::{Story, Telling};
use crate::config::{Client, Config};
use crate::crypto::{Binding, Container, KeyPair, PublicKey, open, seal};
use crate::http::envelope::EXPLAIN;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::SystemClock;
use crate::lifecycle::{Ending, Lifecycle};
use crate::receiver::{Received, Receiver, ReceiverOptions};

/// The header that tells requests apart, in both directions.
const REQUEST_ID: &str = "X-GD-RequestId";
/// How long a webhook may take to arrive.
const WEBHOOK_LIMIT: Duration = Duration::from_secs(10);
/// Between two looks at what is under way.
const PAUSE: Duration = Duration::from_millis(10);
/// How long calls and deliveries under way may take to end.
const GRACE: Duration = Duration::from_secs(5);

/// Simulator, receiver and partner.
#[derive(Debug)]
pub(super) struct Stage {
    /// Tells what happens.
    pub story: Story,
    /// The program that the partner calls.
    pub program: ProgramCode,
    /// The partner's key pair: answers are sealed to it.
    pub keys: KeyPair,
    /// The partner's access token, once there is one.
    pub token: Option<String>,
    /// The program's public key, once the partner has fetched it: requests are sealed to it.
    pub key: Option<PublicKey>,
    /// Who is told about, once somebody has enrolled.
    pub customer: Option<Customer>,
    /// Base URL of the simulator.
    pub url: String,
    client: Client,
    http: reqwest::Client,
    receiver: Receiver,
    /// Webhooks that a step has asked for and heard.
    heard: usize,
    lifecycle: Lifecycle,
    sim: Sim,
}

/// Somebody with an account and two cards.
#[derive(Debug, Clone)]
pub(super) struct Customer {
    /// `accountIdentifier`.
    pub account: String,
    /// `userIdentifier`.
    pub user: String,
    /// `paymentInstrumentIdentifier` of the virtual card.
    pub screen: String,
    /// `paymentInstrumentIdentifier` of the plastic one.
    pub plastic: String,
}

/// A call that the partner, or a tester, makes.
#[derive(Debug)]
pub(super) struct Call<'a> {
    method: Method,
    path: String,
    request_id: Option<String>,
    headers: &'a [(&'a str, &'a str)],
    body: Option<Json>,
    words: Option<&'a str>,
    expected: StatusCode,
    expected_code: i64,
    shown: Option<&'a [&'a str]>,
}

impl<'a> Call<'a> {
    /// A partner's call to the vendor's API, under a request id of its own.
    pub fn new(method: Method, path: impl Into<String>) -> anyhow::Result<Self> {
        Ok(Self::vendor(method, path, new_request_id()?))
    }

    /// A partner's call to the vendor's API, under this request id.
    pub fn vendor(method: Method, path: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            request_id: Some(request_id.into()),
            headers: &[],
            body: None,
            words: None,
            expected: StatusCode::OK,
            expected_code: 0,
            shown: None,
        }
    }

    /// A tester's call to the control API, on a program; `null` is no body.
    pub fn control(method: Method, program: &ProgramCode, rest: &str, body: Json) -> Self {
        let path = format!("/_sim/v1/programs/{program}{rest}");
        let call = Self { request_id: None, ..Self::vendor(method, path, "") };
        if body.is_null() { call } else { call.with(body) }
    }

    /// Headers beside the usual ones.
    pub fn headed(mut self, headers: &'a [(&'a str, &'a str)]) -> Self {
        self.headers = headers;
        self
    }

    /// The body.
    pub fn with(mut self, body: Json) -> Self {
        self.body = Some(body);
        self
    }

    /// Words to be told in place of the body.
    pub fn saying(mut self, words: &'a str) -> Self {
        self.words = Some(words);
        self
    }

    /// The status it must be answered with; 200 otherwise.
    pub fn expecting(mut self, status: StatusCode) -> Self {
        self.expected = status;
        self
    }

    /// The code of `responseDetails` where it is a business rule's; 0 otherwise.
    pub fn expecting_code(mut self, code: i64) -> Self {
        self.expected_code = code;
        self
    }

    /// The members of the answer that matter; all of them otherwise.
    pub fn showing(mut self, paths: &'a [&'a str]) -> Self {
        self.shown = Some(paths);
        self
    }

    fn telling(&self) -> Telling<'_> {
        match (&self.body, self.words) {
            (Some(body), None) => Telling::Whole(body),
            (body, Some(words)) => Telling::Words(words, body.as_ref()),
            (None, None) => Telling::Nothing,
        }
    }
}

impl Stage {
    /// Starts simulator and receiver. Both take calls once this returns.
    pub async fn set_up(program: ProgramCode, story: Story) -> anyhow::Result<Self> {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut config = Config::defaults()?;
        config.database_url = "sqlite::memory:".to_owned();
        config.listen = any_port;
        let client = config.clients.first().cloned().context("no client is configured")?;
        let listener = TcpListener::bind(any_port).await.context("listening")?;
        let url = format!("http://{}", listener.local_addr().context("listening")?);
        let sim = Sim::open(config, Arc::new(SystemClock)).await?;
        // The receiver of a demo may keep the key that it is shown: it lives for a second.
        let options = ReceiverOptions { keep_secrets: true, ..ReceiverOptions::default() };
        let receiver = Receiver::start(any_port, options).await.context("starting the receiver")?;
        let lifecycle = Lifecycle::new();
        lifecycle.watch_signals().context("watching for signals")?;
        serve::start(&lifecycle, &sim, listener);
        Ok(Self {
            story,
            program,
            keys: random_key_pair()?,
            token: None,
            key: None,
            customer: None,
            url,
            client,
            http: http_client()?,
            receiver,
            heard: 0,
            lifecycle,
            sim,
        })
    }

    /// Where webhooks go.
    pub fn webhook_url(&self) -> String {
        self.receiver.url()
    }

    /// Cancelled when the play must end early: at a signal, or when the simulator fails.
    pub fn interrupted(&self) -> CancellationToken {
        self.lifecycle.soft()
    }

    /// Stops everything in good order.
    pub async fn strike(self) -> anyhow::Result<()> {
        // Connections kept open for the next call would only be waited for.
        drop(self.http);
        let ending = self.lifecycle.finish(GRACE).await;
        self.receiver.stop().await;
        self.sim.db.close().await;
        match ending {
            Ending::Clean => Ok(()),
            Ending::Failed => {
                bail!("the simulator failed: {}", self.lifecycle.failures().join("; "))
            }
            Ending::CutOff => bail!("the simulator did not stop within {GRACE:?}"),
        }
    }

    /// Makes a call, tells it with its answer, and gives the body of the answer.
    pub async fn make(&self, call: Call<'_>) -> anyhow::Result<Json> {
        let line = format!("{} {}", call.method, call.path);
        let mut request = self.http.request(call.method.clone(), self.url.clone() + &call.path);
        let mut headers = Vec::new();
        if let Some(request_id) = &call.request_id {
            let (id, secret) = (&self.client.id, self.client.secret.expose_secret());
            request = match &self.token {
                // That every call carries the token is told once, in words.
                Some(token) => request.bearer_auth(token),
                None => {
                    headers.push(("Authorization", format!("Basic base64({id}:{secret})")));
                    request.basic_auth(id, Some(secret))
                }
            };
            request = request.header(REQUEST_ID, request_id);
            headers.push((REQUEST_ID, request_id.clone()));
        }
        for (name, value) in call.headers {
            request = request.header(*name, *value);
            headers.push((name, (*value).to_owned()));
        }
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        self.story.sent(&line, &headers, call.telling());
        let started = Instant::now();
        let answer = read(request).await.context(line.clone())?;
        if answer.status != call.expected {
            bail!("{line} was answered {answer}, not {}", call.expected);
        }
        // Business refusals come with HTTP 200.
        let code = answer.body.pointer("/responseDetails/0/code").unwrap_or(&Json::Null);
        if answer.status.is_success() && !code.is_null() && *code != call.expected_code {
            bail!("{line} was refused: {answer}");
        }
        let body = &answer.body;
        let told = call.shown.map_or(Telling::Whole(body), |paths| Telling::Only(body, paths));
        self.story.answered(answer.status, started.elapsed(), told);
        Ok(answer.body)
    }

    /// Waits for one more webhook and tells it. None but that may have come.
    pub async fn webhook(&mut self, shown: &[&str]) -> anyhow::Result<Received> {
        let mut received = self.webhooks(1, shown).await?;
        received.pop().context("the webhook was not kept")
    }

    /// Waits for so many more webhooks and tells them in their order.
    pub async fn webhooks(
        &mut self,
        count: usize,
        shown: &[&str],
    ) -> anyhow::Result<Vec<Received>> {
        let number = self.heard + count;
        let received = self.receiver.wait_for(number, WEBHOOK_LIMIT).await.map_err(|come| {
            let count = come.len();
            anyhow::anyhow!("{count} webhooks came within {WEBHOOK_LIMIT:?}, not {number}")
        })?;
        self.expect_heard(number)?;
        let received: Vec<_> = received.into_iter().skip(self.heard).collect();
        self.heard = number;
        for one in &received {
            self.tell_webhook(one, shown);
        }
        Ok(received)
    }

    fn tell_webhook(&self, received: &Received, shown: &[&str]) {
        let names = ["User-Agent", "API-Key", REQUEST_ID];
        let headers: Vec<_> = names
            .into_iter()
            .filter_map(|name| Some((name, received.header(name)?.to_owned())))
            .collect();
        let line = format!("POST {}", received.path);
        self.story.came(&line, &headers, Telling::Only(&received.body, shown));
        let told = Telling::Words("the same X-GD-RequestId, and code 0 Success", None);
        self.story.sent("200 OK", &[], told);
    }

    fn expect_heard(&self, number: usize) -> anyhow::Result<()> {
        let total = self.receiver.total();
        ensure!(total == number, "{total} webhooks came, not {number}");
        Ok(())
    }

    /// Waits until no webhook is under way, and answers how many have come: those that steps have
    /// asked for, and no other.
    pub async fn all_heard(&self) -> anyhow::Result<usize> {
        let path = format!("/_sim/v1/programs/{}/deliveries?state=pending", self.program);
        let deadline = Instant::now() + WEBHOOK_LIMIT;
        loop {
            let pending = read(self.http.get(self.url.clone() + &path)).await?;
            let pending = pending.body["deliveries"].as_array().map(Vec::len);
            match pending {
                Some(0) => break,
                _ if Instant::now() > deadline => bail!("webhooks are still under way"),
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
        self.expect_heard(self.heard)?;
        Ok(self.heard)
    }

    /// `/programs/{programCode}` and this.
    pub fn path(&self, rest: &str) -> String {
        format!("/programs/{}{rest}", self.program)
    }

    /// Seals a document to the program, for one request id.
    pub fn sealed(&self, document: &Json, request_id: &str) -> anyhow::Result<Container> {
        let key = self.key.as_ref().context("the program's key has not been fetched")?;
        let text = document.to_string();
        Ok(seal(text.as_bytes(), key, &random_key_pair()?, self.binding(request_id))?)
    }

    /// Opens what was sealed to the partner in the answer to this request id.
    pub fn opened(&self, sealed: &Json, request_id: &str) -> anyhow::Result<Json> {
        let sealed: Container = serde_json::from_value(sealed.clone()).context("not sealed")?;
        let opened = open(&sealed, &self.keys, self.binding(request_id))?;
        serde_json::from_slice(&opened).context("what was sealed is no JSON")
    }

    fn binding<'a>(&'a self, request_id: &'a str) -> Binding<'a> {
        Binding { program_code: self.program.as_str(), request_id }
    }
}

/// What a call was answered.
struct Answer {
    status: StatusCode,
    explanation: Option<String>,
    body: Json,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.body)?;
        self.explanation.as_ref().map_or(Ok(()), |text| write!(f, " ({text})"))
    }
}

async fn read(request: RequestBuilder) -> anyhow::Result<Answer> {
    let response = request.send().await?;
    let status = response.status();
    let explanation = response.headers().get(EXPLAIN).and_then(|value| value.to_str().ok());
    let explanation = explanation.map(str::to_owned);
    let body = response.json().await.with_context(|| format!("{status} without a JSON body"))?;
    Ok(Answer { status, explanation, body })
}

/// An id for a call that has not been made before.
pub(super) fn new_request_id() -> anyhow::Result<String> {
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).context("the machine's randomness")?;
    Ok(Builder::from_random_bytes(random).into_uuid().to_string())
}

/// The text at a place of a body.
pub(super) fn text_at<'a>(body: &'a Json, pointer: &str) -> anyhow::Result<&'a str> {
    body.pointer(pointer).and_then(Json::as_str).with_context(|| format!("{pointer} is missing"))
}

/// An error if another value stands there. Null stands for a member that is not there.
pub(super) fn expect_at(body: &Json, pointer: &str, expected: &Json) -> anyhow::Result<()> {
    let found = body.pointer(pointer).unwrap_or(&Json::Null);
    ensure!(found == expected, "{pointer} is {found}, not {expected}");
    Ok(())
}
