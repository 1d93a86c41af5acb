//! HTTP clients of our own: webhooks and the commands that talk to a simulator. Built in one place,
//! never over a proxy, with a limit on how long an answer may take.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures_util::StreamExt;
use reqwest::ClientBuilder;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// A client in the making: callers add their headers and build it.
pub fn client(timeout: Duration) -> anyhow::Result<ClientBuilder> {
    Ok(reqwest::Client::builder().timeout(timeout).no_proxy().tls_backend_preconfigured(tls()?))
}

/// Trusts what the machine trusts, and the public authorities. The latter are built in, so that a
/// container without certificates starts and can still reach a public endpoint.
fn tls() -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // A machine without certificates, or with some that cannot be read, still has the public ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("choosing TLS versions")?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// The body of an answer, as far as `bytes_max`.
pub async fn read(response: reqwest::Response, bytes_max: usize) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        let room = bytes_max.saturating_sub(body.len());
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if room == 0 {
            break;
        }
    }
    Ok(body)
}
