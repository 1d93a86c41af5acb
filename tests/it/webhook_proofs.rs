//! How the simulator proves itself to webhook endpoints, and by which clock its tokens count.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json as Body, Router};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use piebox::receiver::{Answer, ExpectedProof, Receiver, ReceiverOptions};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use crate::support::{
    Engine, START, TestSim, enrollment, guid, on_both_engines, open_receiver, webhooks,
};

const CA: &str = include_str!("certificates/ca.pem");
const CLIENT: &str = include_str!("certificates/client.pem");
const CLIENT_KEY: &str = include_str!("certificates/client.key");
const SERVER: &str = include_str!("certificates/server.pem");
const SERVER_KEY: &str = include_str!("certificates/server.key");

async fn enroll(sim: &TestSim) -> String {
    let body = enrollment(&sim.person("wf").await);
    sim.partner("wf").await.enroll(&guid(), &body).await.expect(200).account_id()
}

/// The first delivery of an account.
async fn delivery(sim: &TestSim, account: &str) -> Json {
    sim.settled("wf").await;
    let path = format!("wf/deliveries?accountIdentifier={account}");
    sim.control("GET", &path, Json::Null).await.expect(200).body["deliveries"][0].clone()
}

/// A token host that hands out `token-1`, `token-2` and so on, and what it was asked.
struct TokenHost {
    url: String,
    issued: Arc<AtomicUsize>,
}

impl TokenHost {
    async fn start(encoding: &'static str) -> Self {
        let issued = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&issued);
        let issue = move |headers: HeaderMap, body: Bytes| async move {
            let media = headers["content-type"].to_str().unwrap().to_owned();
            let asked: HashMap<String, String> = match encoding {
                "form" => {
                    assert_eq!(media, "application/x-www-form-urlencoded");
                    reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&body)))
                        .unwrap()
                        .query_pairs()
                        .into_owned()
                        .collect()
                }
                _ => serde_json::from_slice(&body).unwrap(),
            };
            assert_eq!(asked["grant_type"], "client_credentials");
            assert_eq!(asked["client_id"], "c");
            if asked["client_secret"] != "s" {
                return Err(StatusCode::UNAUTHORIZED);
            }
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            let token = format!("token-{number}-{}", asked["scope"]);
            Ok(Body(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 })))
        };
        let router = Router::new().route("/api/v1/token", post(issue));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1/token", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, issued }
    }

    fn auth(&self) -> Json {
        json!({ "type": "oauth", "tokenUrl": self.url, "clientId": "c", "clientSecret": "s" })
    }
}

fn token_of(received: &piebox::receiver::Received) -> &str {
    received.header("authorization").and_then(|text| text.strip_prefix("Bearer ")).unwrap_or("-")
}

fn claims(token: &str, secret: &str) -> Json {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::decode::<Json>(token, &key, &validation).unwrap().claims
}

on_both_engines! {
    async fn whk_2_each_endpoint_gets_the_proof_it_asks_for(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = open_receiver().await;
        let (form, as_json) = (TokenHost::start("form").await, TokenHost::start("json").await);
        let mut other = as_json.auth();
        other["encoding"] = json!("json");
        other["scope"] = json!("bank-events");
        for (auth, header, begins) in [
            (json!({ "type": "none" }), "authorization", None),
            (json!({ "type": "apiKey", "key": "k-1" }), "api-key", Some("k-1")),
            (json!({ "type": "bearer", "token": "t-1" }), "authorization", Some("Bearer t-1")),
            (json!({ "type": "jwt", "secret": "s-1" }), "authorization", Some("Bearer eyJ")),
            (form.auth(), "authorization", Some("Bearer token-1-post:webhook")),
            (other, "authorization", Some("Bearer token-1-bank-events")),
        ] {
            sim.send_to("wf", &receiver.url(), json!({ "auth": auth })).await;
            let next = receiver.total() + 1;
            enroll(&sim).await;
            let received = webhooks(&receiver, next).await.pop().unwrap();
            match begins {
                Some(begins) => {
                    let value = received.header(header).unwrap_or_default();
                    assert!(value.starts_with(begins), "{auth}: {value}");
                }
                None => assert_eq!(received.header(header), None),
            }
        }
    }

    async fn whk_2_a_fetched_token_is_kept_until_it_ends_or_is_refused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, host) = (open_receiver().await, TokenHost::start("form").await);
        sim.send_to("wf", &receiver.url(), json!({ "auth": host.auth() })).await;
        let shown = async |count: usize| {
            let received = webhooks(&receiver, count).await;
            received.iter().map(|one| token_of(one)[..7].to_owned()).collect::<Vec<_>>()
        };
        enroll(&sim).await;
        assert_eq!(shown(1).await, ["token-1"]);
        enroll(&sim).await;
        assert_eq!(shown(2).await[1..], ["token-1"], "it is kept");

        receiver.answer_next([Answer::Status(401)]);
        let account = enroll(&sim).await;
        assert_eq!(shown(4).await[2..], ["token-1", "token-2"], "refused once, then a fresh one");
        let delivery = delivery(&sim, &account).await;
        assert_eq!(delivery["state"], "delivered");
        assert_eq!(delivery["attempts"].as_array().unwrap().len(), 1, "{delivery}");

        receiver.answer_next([Answer::Status(401), Answer::Status(401)]);
        let account = enroll(&sim).await;
        assert_eq!(shown(6).await[4..], ["token-2", "token-3"]);
        let delivery = self::delivery(&sim, &account).await;
        assert_eq!(delivery["attempts"][0]["httpStatus"], 401, "a fresh token is tried once");

        enroll(&sim).await;
        assert_eq!(shown(7).await[6..], ["token-4"]);
        sim.wall.advance(3_541_000);
        enroll(&sim).await;
        assert_eq!(shown(8).await[7..], ["token-5"], "dropped a minute before its end");
        assert_eq!(host.issued.load(Ordering::SeqCst), 5);
    }

    async fn whk_2_a_fetched_token_is_of_one_world_and_one_secret(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let (receiver, host) = (open_receiver().await, TokenHost::start("form").await);
        for (program, count) in [("wf", 1), ("wf2", 2)] {
            sim.send_to(program, &receiver.url(), json!({ "auth": host.auth() })).await;
            let body = enrollment(&sim.person(program).await);
            sim.partner(program).await.enroll(&guid(), &body).await.expect(200);
            let received = webhooks(&receiver, count).await.pop().unwrap();
            assert_eq!(&token_of(&received)[..7], format!("token-{count}"));
        }
        let mut auth = host.auth();
        auth["clientSecret"] = json!("wrong");
        sim.send_to("wf", &receiver.url(), json!({ "auth": auth })).await;
        let account = enroll(&sim).await;
        let delivery = delivery(&sim, &account).await;
        let reason = delivery["attempts"][0]["reason"].as_str().unwrap();
        assert!(reason.starts_with("no token"), "{delivery}");
        assert_eq!(receiver.total(), 2, "no token that another secret has fetched");
    }

    async fn whk_2_a_signed_token_says_what_receivers_ask_for(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = open_receiver().await;
        let auth = json!({ "auth": { "type": "jwt", "secret": "s-1" } });
        sim.send_to("wf", &receiver.url(), auth).await;
        sim.control("PUT", "wf/clock", json!({ "now": "2040-01-01T00:00:00Z" })).await.expect(200);
        let (wall, world) = (1_935_828_000u64, 2_208_988_800u64);
        for (by, iat) in [("wall", wall), ("world", world)] {
            sim.control("PUT", "wf", json!({ "tokenTimes": { "webhooks": by } })).await.expect(200);
            let next = receiver.total() + 1;
            enroll(&sim).await;
            let received = webhooks(&receiver, next).await.pop().unwrap();
            let claims = claims(token_of(&received), "s-1");
            assert_eq!(claims["scope"], "post:webhook");
            assert_eq!(claims["iat"], iat, "{by} of {START}");
            assert_eq!(claims["exp"], iat + 3_600);
            assert_eq!(claims.get("aud"), None);
        }
    }

    async fn whk_2_a_receiver_that_checks_proofs_accepts_ours_and_no_other(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let proof = ExpectedProof {
            api_key: None,
            bearer: None,
            jwt_secret: Some("shared".to_owned().into()),
            signature_key: Some("signing".to_owned().into()),
        };
        let options = ReceiverOptions { proof, ..ReceiverOptions::default() };
        let receiver = Receiver::start("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
        for (secret, key, encoding, lacks) in [
            ("shared", "signing", "hex", None),
            ("shared", "signing", "base64", None),
            ("other", "signing", "hex", Some("a token that does not hold")),
            ("shared", "other", "hex", Some("a wrong x-gd-signature")),
        ] {
            let members = json!({
                "auth": { "type": "jwt", "secret": secret },
                "signature": { "key": key, "encoding": encoding },
            });
            sim.send_to("wf", &receiver.url(), members).await;
            let next = receiver.total() + 1;
            let account = enroll(&sim).await;
            let received = webhooks(&receiver, next).await.pop().unwrap();
            let unproved = received.unproved.unwrap_or_default();
            assert!(unproved.starts_with(lacks.unwrap_or_default()), "{unproved}");
            let state = if lacks.is_some() { "failed" } else { "delivered" };
            assert_eq!(delivery(&sim, &account).await["state"], state, "{unproved}");
        }
    }

    async fn whk_2_a_client_certificate_opens_an_endpoint_that_wants_one(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let url = tls_endpoint().await;
        let own = json!({ "certificate": CLIENT, "privateKey": CLIENT_KEY, "ca": CA });
        for (tls, state) in [
            (own.clone(), "delivered"),
            (json!({ "ca": CA }), "failed"),
            (json!({ "certificate": CLIENT, "privateKey": CLIENT_KEY }), "failed"),
        ] {
            sim.send_to("wf", &url, json!({ "tls": tls })).await;
            let account = enroll(&sim).await;
            let delivery = delivery(&sim, &account).await;
            assert_eq!(delivery["state"], state, "{tls}: {delivery}");
        }
        for (tls, member) in [
            (json!({ "certificate": CLIENT }), "certificate and privateKey"),
            (json!({ "certificate": CLIENT, "privateKey": SERVER_KEY }), "do not go together"),
            (json!({ "certificate": "x", "privateKey": CLIENT_KEY }), "holds no certificate"),
            (json!({ "certificate": CLIENT, "privateKey": "x" }), "holds no private key"),
            (json!({ "ca": "x" }), "ca: holds no certificate"),
        ] {
            let endpoints = json!({ "webhooks": [{ "url": url, "tls": tls }] });
            let refused = sim.control("PUT", "wf", endpoints).await.expect(400);
            assert!(refused.text.contains("webhooks[0].tls"), "{}", refused.text);
            assert!(refused.text.contains(member), "{}", refused.text);
        }
        sim.send_to("wf", &url, json!({ "tls": own })).await;
        let read = sim.control("GET", "wf", Json::Null).await.expect(200);
        assert!(!read.text.contains("PRIVATE KEY") && read.text.contains("BEGIN CERTIFICATE"));
    }

    async fn whk_2_secrets_do_not_come_back_and_survive_being_written_back(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let receiver = open_receiver().await;
        let members = json!({
            "auth": { "type": "apiKey", "key": "hidden-1" }, "signature": { "key": "hidden-2" },
        });
        sim.send_to("wf", &receiver.url(), members).await;
        let read = sim.control("GET", "wf", Json::Null).await.expect(200);
        assert!(!read.text.contains("hidden"), "{}", read.text);
        let written = sim.control("PUT", "wf", read.body).await.expect(200);
        assert!(!written.text.contains("hidden"), "{}", written.text);
        enroll(&sim).await;
        let received = webhooks(&receiver, 1).await.remove(0);
        assert_eq!(received.header("api-key"), Some("hidden-1"));
    }

    async fn auth_4_access_tokens_age_by_the_clock_that_the_settings_name(engine: Engine) {
        let sim = TestSim::with_days_tokens(engine).await;
        let partner = sim.partner("wf").await;
        let by = async |clock: &str| {
            let times = json!({ "tokenTimes": { "access": clock } });
            sim.control("PUT", "wf", times).await.expect(200);
            partner.get("/certificates").await.status
        };
        assert_eq!(by("world").await, 200);
        sim.wall.advance(1_000);
        sim.advance("wf", "PT24H").await;
        assert_eq!(by("world").await, 401);
        assert_eq!(by("wall").await, 200);
        sim.wall.advance(86_400_000);
        assert_eq!(by("wall").await, 401);
    }
}

/// An endpoint that wants a certificate of the test authority, and acknowledges.
async fn tls_endpoint() -> String {
    let certificates = |pem: &str| {
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>().unwrap()
    };
    let mut roots = RootCertStore::empty();
    roots.add(certificates(CA).remove(0)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            certificates(SERVER),
            PrivateKeyDer::from_pem_slice(SERVER_KEY.as_bytes()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(socket).await else { continue };
            let id = request_id(&mut stream).await;
            let body = r#"{"responseDetails":[{"code":0,"subCode":0}]}"#;
            let answer = format!(
                "HTTP/1.1 200 OK\r\nx-gd-requestid: {id}\r\nconnection: close\r\n\
                 content-length: {}\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("https://{address}/hooks")
}

/// Reads a whole request and tells its request id.
async fn request_id(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut text, mut part) = (String::new(), [0u8; 4_096]);
    let header = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.to_lowercase().starts_with(name))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    };
    loop {
        let read = stream.read(&mut part).await.unwrap_or(0);
        text.push_str(&String::from_utf8_lossy(&part[..read]));
        let length = header(&text, "content-length:").and_then(|length| length.parse().ok());
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        if read == 0 || (body.is_some() && body >= length) {
            return header(&text, "x-gd-requestid:").unwrap_or_default();
        }
    }
}
