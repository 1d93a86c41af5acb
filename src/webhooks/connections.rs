//! The HTTP clients of deliveries: one for all endpoints, and one for each set of certificates that
//! endpoints bring. Headers as the Webhooks Overview page prints them, no redirects.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use reqwest::header::{self, HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use crate::http::outgoing::{self, Identity};
use crate::programs::settings::EndpointTls;

const USER_AGENT: &str = "greendot-baas/3.0.0";
const ACCEPT: HeaderValue = HeaderValue::from_static("application/json, text/plain, text/html");
const ACCEPT_ENCODING: HeaderValue = HeaderValue::from_static("gzip, deflate");
/// Clients with certificates of their own that are kept at most.
const KEPT_MAX: usize = 200;

/// The clients.
#[derive(Debug)]
pub struct Connections {
    timeout: Duration,
    plain: reqwest::Client,
    /// By the hash of their PEM texts.
    own: Mutex<HashMap<[u8; 32], reqwest::Client>>,
}

impl Connections {
    /// Clients that wait at most `timeout` for an answer.
    pub fn new(timeout: Duration) -> anyhow::Result<Self> {
        let plain = build(timeout, &Identity::default())?;
        Ok(Self { timeout, plain, own: Mutex::default() })
    }

    /// The client for an endpoint with these certificates.
    pub fn client(&self, tls: Option<&EndpointTls>) -> anyhow::Result<reqwest::Client> {
        let Some(tls) = tls else { return Ok(self.plain.clone()) };
        let key = fingerprint(tls);
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = own.get(&key) {
            return Ok(known.clone());
        }
        let client = build(self.timeout, &tls.identity()?)?;
        if own.len() >= KEPT_MAX {
            own.clear();
        }
        own.insert(key, client.clone());
        Ok(client)
    }
}

fn build(timeout: Duration, identity: &Identity) -> anyhow::Result<reqwest::Client> {
    let headers = HeaderMap::from_iter([
        (header::ACCEPT, ACCEPT),
        (header::ACCEPT_ENCODING, ACCEPT_ENCODING),
    ]);
    outgoing::client_as(timeout, identity)?
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(USER_AGENT)
        .default_headers(headers)
        .build()
        .context("building the webhook client")
}

/// Tells sets of certificates apart.
pub(super) fn fingerprint(tls: &EndpointTls) -> [u8; 32] {
    let mut hash = Sha256::new();
    for pem in [&tls.certificate, &tls.private_key, &tls.ca] {
        let pem = pem.as_deref().unwrap_or_default();
        hash.update((pem.len() as u64).to_be_bytes());
        hash.update(pem);
    }
    hash.finalize().into()
}
