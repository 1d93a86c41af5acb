//! A partner who calls the simulator.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use piebox::crypto::{Binding, Container, KeyPair, PublicKey, seal};
use piebox::http::connection::Cut;
use piebox::http::faults::{Strike, Struck};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

/// A GUID that no other call of this process uses.
pub fn guid() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("5b0c7a0e-8d7c-4b43-9a55-{number:012x}")
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// 0 if the connection was cut in place of an answer.
    pub status: u16,
    /// The faults that struck the call.
    pub strikes: Vec<Strike>,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Json,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// `code/subCode` of the envelope.
    pub fn code(&self) -> String {
        let detail = &self.body["responseDetails"][0];
        format!("{}/{}", detail["code"], detail["subCode"])
    }

    /// HTTP status and code of a refusal.
    #[track_caller]
    pub fn expect_refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        assert!(self.header("x-piebox-explain").is_some(), "a refusal without explanation");
        self
    }

    pub fn description(&self) -> &str {
        self.body["responseDetails"][0]["description"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn explanation(&self) -> &str {
        self.header("x-piebox-explain").unwrap_or_default()
    }

    pub fn account_id(&self) -> String {
        self.body["account"]["accountIdentifier"].as_str().unwrap().to_owned()
    }
}

pub async fn send(
    router: &Router,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let strikes = parts.extensions.get::<Struck>().map_or_else(Vec::new, |it| it.0.clone());
    if parts.extensions.get::<Cut>().is_some() {
        to_bytes(body, 1).await.expect_err("a body where the connection is cut");
        let headers = HeaderMap::new();
        return Answer { status: 0, strikes, headers, text: String::new(), body: Json::Null };
    }
    let bytes = to_bytes(body, 16 << 20).await.unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let body = serde_json::from_str(&text).unwrap_or(Json::Null);
    let status = parts.status.as_u16();
    Answer { status, strikes, headers: parts.headers, text, body }
}

/// `Basic ...` of client credentials.
pub fn basic(client: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{client}:{secret}")))
}

/// A partner with a token, in one program.
#[derive(Clone)]
pub struct Partner {
    router: Router,
    pub program: String,
    pub token: String,
}

impl Partner {
    pub async fn sign_in(router: Router, program: &str) -> Self {
        let basic = basic("demo", "demo-secret");
        let headers = [("authorization", basic.as_str()), ("x-gd-requestid", &guid())];
        let body = json!({ "grant_type": "client_credentials" }).to_string();
        let answer = send(&router, "POST", "/authentication", &headers, body.into()).await;
        let token = answer.expect(200).body["access_token"].as_str().unwrap().to_owned();
        Self { router, program: program.to_owned(), token }
    }

    /// The same partner, calling another process.
    pub fn at(&self, router: Router) -> Self {
        Self { router, ..self.clone() }
    }

    /// A call below `/programs/{programCode}` with token and request id.
    pub async fn call(&self, method: &str, path: &str, request_id: &str, body: Json) -> Answer {
        let authorization = format!("Bearer {}", self.token);
        let headers = [
            ("authorization", authorization.as_str()),
            ("x-gd-requestid", request_id),
            ("content-type", "application/json"),
        ];
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/programs/{}{path}", self.program);
        send(&self.router, method, &path, &headers, text.into()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &guid(), Json::Null).await
    }

    pub async fn enroll(&self, request_id: &str, body: &Json) -> Answer {
        self.call("POST", "/enrollments", request_id, body.clone()).await
    }

    /// The program's public key, fetched as a partner does.
    pub async fn program_key(&self) -> PublicKey {
        let certificates = self.get("/certificates").await.expect(200).body;
        let key = certificates["certificates"][0]["publicKey"].as_str().unwrap().to_owned();
        PublicKey::from_spki_base64(&key).unwrap()
    }

    /// Seals a document to the program, for one request id.
    pub async fn seal(&self, request_id: &str, document: &Json) -> Container {
        let seed: [u8; 32] = std::array::from_fn(|at| request_id.as_bytes()[at]);
        let binding = Binding { program_code: &self.program, request_id };
        let key = self.program_key().await;
        let text = document.to_string();
        seal(text.as_bytes(), &key, &KeyPair::from_seed(seed), binding).unwrap()
    }
}
