//! `piebox listen`: a webhook endpoint that acknowledges as the vendor demands, or fails as it is
//! told to, checks proofs if it is given secrets, and prints what comes.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, Utc};
use clap::Args;
use secrecy::SecretString;
use serde_json::Value as Json;
use tokio::sync::broadcast::error::RecvError;

use super::print_line;
use crate::kernel::durations;
use crate::kernel::time::{SystemClock, WallClock as _};
use crate::lifecycle::Lifecycle;
use crate::receiver::{Answer, ExpectedProof, Received, Receiver, ReceiverOptions};

/// What is answered if a failure is asked for and not said which.
const FAILURE: u16 = 500;

#[derive(Debug, Args)]
pub(super) struct ListenArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
    /// Only the first N webhooks are answered with the failure; the rest are acknowledged
    #[arg(long, value_name = "N")]
    fail: Option<usize>,
    #[command(flatten)]
    failure: Failure,
    #[command(flatten)]
    proof: Proof,
    /// One line for each webhook, without its body
    #[arg(long)]
    brief: bool,
}

/// How webhooks are answered, if not as the vendor demands.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Failure {
    /// Answer with this status
    #[arg(long, value_name = "CODE", value_parser = clap::value_parser!(u16).range(200..=599))]
    status: Option<u16>,
    /// Acknowledge without the request id
    #[arg(long)]
    no_echo: bool,
    /// Answer 200 with this code in responseDetails
    #[arg(long, value_name = "CODE", allow_negative_numbers = true)]
    code: Option<i32>,
    /// Acknowledge after this long: 3s, 500ms or PT3S
    #[arg(long, value_name = "DURATION")]
    delay: Option<durations::Duration>,
}

/// What webhooks must bring; one that does not is answered with 401.
#[derive(Debug, Args)]
struct Proof {
    /// The value of the header API-Key
    #[arg(long, value_name = "KEY")]
    api_key: Option<SecretString>,
    /// The bearer token
    #[arg(long, value_name = "TOKEN")]
    bearer: Option<SecretString>,
    /// The secret of an HS256 bearer token with scope post:webhook
    #[arg(long, value_name = "SECRET")]
    jwt_secret: Option<SecretString>,
    /// The key of x-gd-signature: HMAC-SHA256 of the body, in hexadecimal or base64
    #[arg(long, value_name = "KEY")]
    signature_key: Option<SecretString>,
}

impl Failure {
    fn answer(&self) -> Option<Answer> {
        let status = self.status.map(Answer::Status);
        let no_echo = || self.no_echo.then_some(Answer::NoEcho);
        let code = || self.code.map(Answer::Code);
        let delay = || {
            let millis = self.delay?.millis().unsigned_abs();
            Some(Answer::Silence(Duration::from_millis(millis)))
        };
        status.or_else(no_echo).or_else(code).or_else(delay)
    }
}

impl From<Proof> for ExpectedProof {
    fn from(proof: Proof) -> Self {
        let Proof { api_key, bearer, jwt_secret, signature_key } = proof;
        Self { api_key, bearer, jwt_secret, signature_key }
    }
}

pub(super) async fn run(args: ListenArgs) -> anyhow::Result<ExitCode> {
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().context("watching for signals")?;
    let options = ReceiverOptions { proof: args.proof.into(), ..ReceiverOptions::default() };
    let receiver = Receiver::start(args.listen, options)
        .await
        .with_context(|| format!("listening on {}", args.listen))?;
    match (args.fail, args.failure.answer()) {
        (Some(times), failure) => {
            let failure = failure.unwrap_or(Answer::Status(FAILURE));
            receiver.answer_next(std::iter::repeat_n(failure, times));
        }
        (None, Some(failure)) => receiver.answer_with(failure),
        (None, None) => {}
    }
    print_line(&format!("waiting for webhooks at {} (Ctrl-C ends it)", receiver.url()))?;
    let mut incoming = receiver.subscribe();
    let soft = lifecycle.soft();
    loop {
        tokio::select! {
            () = soft.cancelled() => break,
            received = incoming.recv() => match received {
                Ok(received) => print_line(&told(&received, args.brief))?,
                Err(RecvError::Lagged(missed)) => {
                    print_line(&format!("... {missed} webhooks not printed"))?;
                }
                Err(RecvError::Closed) => break,
            },
        }
    }
    receiver.stop().await;
    Ok(lifecycle.finish(Duration::from_secs(5)).await.into())
}

/// `10:00:00  accountUpdated  of 7d0f…  attempt 2  answered 500`, the request id, and the body.
fn told(received: &Received, brief: bool) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(SystemClock.now().millis());
    let time = time.map(|time| time.format("%H:%M:%S").to_string()).unwrap_or_default();
    let account = received.body.pointer("/accounts/0/accountIdentifier").and_then(Json::as_str);
    let account = account.map(|account| format!("  of {account}")).unwrap_or_default();
    let (attempt, answer) = (received.attempt, answered(received));
    let what = event_types(&received.body);
    let id = received.header("x-gd-requestid").unwrap_or("without request id");
    let line = format!(
        "{time}  {what}{account}  attempt {attempt}  {answer}\n\
         POST {}  X-GD-RequestId: {id}",
        received.path
    );
    if brief { line.replace('\n', "  ") } else { format!("\n{line}\n{:#}", received.body) }
}

fn event_types(body: &Json) -> String {
    let events = body.pointer("/accounts/0/events").and_then(Json::as_array);
    let events = events.into_iter().flatten();
    let types: Vec<&str> = events.filter_map(|event| event["eventType"].as_str()).collect();
    if types.is_empty() { "no event".to_owned() } else { types.join(" + ") }
}

fn answered(received: &Received) -> String {
    if let Some(lacks) = &received.unproved {
        return format!("answered 401: {lacks}");
    }
    match &received.answer {
        Answer::Acknowledge => "acknowledged".to_owned(),
        Answer::Status(status) => format!("answered {status}"),
        Answer::NoEcho => "acknowledged without the request id".to_owned(),
        Answer::Code(code) => format!("answered 200 with code {code}"),
        Answer::Silence(silence) => format!("acknowledged after {silence:?}"),
        Answer::HangUp(silence) => format!("hung up after {silence:?}"),
    }
}
