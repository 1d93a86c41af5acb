//! The calls of a scenario: they go through the simulator's own router, in this process, with
//! nothing that a partner or a tester would not have: client credentials, and the control token.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;
use tower::ServiceExt as _;

use super::model::Object;
use crate::app::Sim;
use crate::config::Client;

/// Most bytes of an answer that are read.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// Where scenarios are played: a simulator, and who calls it.
#[derive(Debug, Clone)]
pub struct Stage {
    router: Router,
    client: Client,
    control_token: Option<SecretString>,
}

/// A call as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Json>,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    /// `None`: no answer, or not a whole one.
    pub status: Option<u16>,
    pub headers: Object,
    /// JSON, or the text as it is.
    pub body: Json,
}

impl Answer {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(Json::as_str)
    }

    /// The first entry of `responseDetails`.
    pub fn detail(&self, member: &str) -> Option<&Json> {
        self.body.pointer("/responseDetails/0").and_then(|detail| detail.get(member))
    }

    /// `code/subCode`.
    pub fn code(&self) -> Option<String> {
        let number = |member| self.detail(member).and_then(Json::as_i64);
        Some(format!("{}/{}", number("code")?, number("subCode")?))
    }
}

impl Stage {
    /// The simulator with this router, called by the first of its clients that may call every
    /// program, or else by the first.
    ///
    /// # Errors
    ///
    /// When it has no client.
    pub fn of(sim: &Sim, router: Router) -> Result<Self, String> {
        let clients = &sim.config.clients;
        let may_call_all = |client: &&Client| client.programs.iter().any(|code| code == "*");
        let client = clients.iter().find(may_call_all).or_else(|| clients.first());
        let client = client.cloned().ok_or("the simulator has no client")?;
        Ok(Self { router, client, control_token: sim.config.control.token.clone() })
    }

    /// `Basic …` of the client.
    pub(super) fn credentials(&self) -> String {
        let pair = format!("{}:{}", self.client.id, self.client.secret.expose_secret());
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    }

    /// A call of the control API.
    pub(super) async fn control(&self, method: &str, path: &str, body: Option<Json>) -> Answer {
        let token = self
            .control_token
            .as_ref()
            .map(|token| ("authorization".to_owned(), format!("Bearer {}", token.expose_secret())));
        let headers = token.into_iter().collect();
        let (method, path) = (method.to_owned(), path.to_owned());
        self.send(&Sent { method, path, headers, body }).await
    }

    /// Sends a call and reads its answer. An answer that breaks off counts as lost, and so does one
    /// to a call that asks for it: a router in the same process has no line to cut.
    pub(super) async fn send(&self, sent: &Sent) -> Answer {
        let answer = self.exchange(sent).await;
        let is_lost = sent.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case(super::run::FAULT_HEADER) && value == "loseAnswer"
        });
        answer.filter(|_| !is_lost).unwrap_or_default()
    }

    async fn exchange(&self, sent: &Sent) -> Option<Answer> {
        let mut request = Request::builder().method(sent.method.as_str()).uri(&sent.path);
        for (name, value) in &sent.headers {
            request = request.header(name, value);
        }
        let body = match &sent.body {
            None => Body::empty(),
            Some(Json::String(text)) => Body::from(text.clone()),
            Some(document) => Body::from(document.to_string()),
        };
        // What cannot be sent is refused when the scenario is read, or shows as no answer.
        let request = request.body(body).ok()?;
        let response = self.router.clone().oneshot(request).await.ok()?;
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES).await.ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let body = serde_json::from_slice(&bytes);
        Some(Answer {
            status: Some(parts.status.as_u16()),
            headers: readable(&parts.headers),
            body: body.unwrap_or_else(|_| match text.is_empty() {
                true => Json::Null,
                false => Json::String(text.into_owned()),
            }),
        })
    }
}

fn readable(headers: &HeaderMap) -> Object {
    let shown = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), Json::String(value))
    });
    shown.collect()
}

/// Lays given headers over the usual ones; `null` leaves one out.
pub(super) fn lay_over(headers: &mut Vec<(String, String)>, given: &Object) -> Result<(), String> {
    for (name, value) in given {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        let value = match value {
            Json::Null => continue,
            Json::String(text) => text.clone(),
            plain => plain.to_string(),
        };
        let is_sound = HeaderName::try_from(name.as_str()).is_ok()
            && HeaderValue::try_from(value.as_str()).is_ok();
        if !is_sound {
            return Err(format!("{name} is no header that can be sent"));
        }
        headers.push((name.clone(), value));
    }
    Ok(())
}

/// The headers of a partner's call.
pub(super) fn usual_headers(authorization: Option<String>, id: &str) -> Vec<(String, String)> {
    let mut headers = vec![
        ("x-gd-requestid".to_owned(), id.to_owned()),
        (header::CONTENT_TYPE.to_string(), "application/json".to_owned()),
    ];
    headers.extend(authorization.map(|it| (header::AUTHORIZATION.to_string(), it)));
    headers
}
