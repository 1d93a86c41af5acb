//! The partner's side: getting a token, a program's key, and sending calls. Used by the commands
//! that talk to a simulator.

use std::io::Read as _;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::{Body, Method, Response, header};
use serde_json::Value as Json;

use crate::crypto::{KeyPair, PublicKey};
use crate::http::outgoing;
use crate::kernel::ids::ProgramCode;

/// How long a command waits for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long what changes a whole program may take.
const LONG_TIMEOUT: Duration = Duration::from_secs(600);

/// An HTTP client for talking to a simulator on this machine or nearby.
pub(super) fn http_client() -> anyhow::Result<reqwest::Client> {
    outgoing::client(TIMEOUT)?.build().context("building the client")
}

/// A key pair from the machine's randomness.
pub(super) fn random_key_pair() -> anyhow::Result<KeyPair> {
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).context("the machine's randomness")?;
    Ok(KeyPair::from_seed(seed))
}

/// The text of a file, or of standard input for `-`.
pub(super) fn read_input(file: &str) -> anyhow::Result<String> {
    if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("reading standard input")?;
        return Ok(text);
    }
    std::fs::read_to_string(file).with_context(|| format!("reading {file}"))
}

/// Where a simulator is, and who calls it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ServerAt {
    /// Base URL of the simulator
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "PIEBOX_URL")]
    server: String,
    /// Client id
    #[arg(long, default_value = "demo", env = "PIEBOX_CLIENT_ID")]
    client: String,
    /// Client secret
    #[arg(
        long,
        default_value = "demo-secret",
        env = "PIEBOX_CLIENT_SECRET",
        hide_env_values = true
    )]
    secret: String,
}

impl ServerAt {
    /// The public key that a program's user data is sealed to, asked of the simulator as a partner
    /// would.
    pub(super) async fn program_key(&self, program: &str) -> anyhow::Result<PublicKey> {
        let http = http_client()?;
        let request_id = "00000000-0000-4000-8000-000000000000";
        let url = format!("{}/authentication", self.server.trim_end_matches('/'));
        let asked = http
            .post(&url)
            .basic_auth(&self.client, Some(&self.secret))
            .header("X-GD-RequestId", request_id)
            .json(&serde_json::json!({ "grant_type": "client_credentials" }));
        let token = answer(asked.send().await, &url).await?;
        let url = format!("{}/programs/{program}/certificates", self.server.trim_end_matches('/'));
        let asked = http
            .get(&url)
            .bearer_auth(token["access_token"].as_str().unwrap_or_default())
            .header("X-GD-RequestId", request_id);
        let certificates = answer(asked.send().await, &url).await?;
        let key = certificates.pointer("/certificates/0/publicKey").and_then(Json::as_str);
        let key = key.with_context(|| format!("{url} answered without a key"))?;
        PublicKey::from_spki_base64(key).with_context(|| format!("the key from {url}"))
    }
}

/// A program of a running simulator, as its control API knows it.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ProgramAt {
    /// Program code
    #[arg(long, value_name = "CODE", env = "PIEBOX_PROGRAM")]
    pub program: ProgramCode,
    /// Base URL of the simulator
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080", env = "PIEBOX_URL")]
    server: String,
    /// Bearer token of the control API, if it wants one
    #[arg(long, value_name = "TOKEN", env = "PIEBOX_CONTROL_TOKEN", hide_env_values = true)]
    control_token: Option<String>,
}

impl ProgramAt {
    /// A call below the program, with JSON or nothing; what it answers.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Json>,
    ) -> anyhow::Result<Json> {
        let body = body.map(|body| Body::from(body.to_string()));
        let response = self.send(method, path, body).await?;
        response.json().await.with_context(|| format!("{path} answered no JSON"))
    }

    /// A call below the program; its good answer.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Body>,
    ) -> anyhow::Result<Response> {
        let server = self.server.trim_end_matches('/');
        let url = format!("{server}/_sim/v1/programs/{}/{path}", self.program);
        // Moving a clock or a whole program may take longer than a call.
        let http = outgoing::client(LONG_TIMEOUT)?.build().context("building the client")?;
        let mut asked = http.request(method, &url).header(header::ACCEPT, "application/json");
        if let Some(token) = &self.control_token {
            asked = asked.bearer_auth(token);
        }
        if let Some(body) = body {
            asked = asked.body(body);
        }
        let calling = || format!("calling {url}; is the simulator running?");
        let response = asked.send().await.with_context(calling)?;
        let status = response.status();
        if !status.is_success() {
            let problem: Json = response.json().await.unwrap_or_default();
            bail!("{url} answered {status}: {}", problem["detail"].as_str().unwrap_or("no reason"));
        }
        Ok(response)
    }
}

async fn answer(sent: reqwest::Result<reqwest::Response>, url: &str) -> anyhow::Result<Json> {
    let response = sent.with_context(|| format!("calling {url}; is the simulator running?"))?;
    let status = response.status();
    let body: Json = response.json().await.with_context(|| format!("{url} answered no JSON"))?;
    if !status.is_success() {
        let why = body.pointer("/responseDetails/0/description").and_then(Json::as_str);
        bail!("{url} answered {status}: {}", why.unwrap_or("no reason given"));
    }
    Ok(body)
}
