//! HTTP clients of our own: webhooks and the commands that talk to a simulator. Built in one place,
//! never over a proxy, with a limit on how long an answer may take.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use futures_util::StreamExt;
use reqwest::ClientBuilder;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

/// A client in the making: callers add their headers and build it.
pub fn client(timeout: Duration) -> anyhow::Result<ClientBuilder> {
    client_as(timeout, &Identity::default())
}

/// As [`client`], with a certificate of its own and authorities that it trusts beside the others.
pub fn client_as(timeout: Duration, identity: &Identity) -> anyhow::Result<ClientBuilder> {
    let tls = tls(identity)?;
    Ok(reqwest::Client::builder().timeout(timeout).no_proxy().tls_backend_preconfigured(tls))
}

/// Who the simulator is on a connection, and whom it trusts beside what the machine trusts.
#[derive(Debug, Default)]
pub struct Identity {
    own: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    trusted: Vec<CertificateDer<'static>>,
}

impl Identity {
    /// Reads PEM texts: the own certificate with its private key, and authorities to trust. The
    /// message names the one that is wrong.
    pub fn read(
        (certificate, private_key): (Option<&str>, Option<&str>),
        ca: Option<&str>,
    ) -> anyhow::Result<Self> {
        let own = match (certificate, private_key) {
            (Some(certificate), Some(key)) => {
                let key = PrivateKeyDer::from_pem_slice(key.as_bytes())
                    .map_err(|_| anyhow::anyhow!("privateKey: holds no private key in PEM"))?;
                Some((certificates("certificate", certificate)?, key))
            }
            (None, None) => None,
            _ => bail!("certificate and privateKey: give both or neither"),
        };
        let trusted = ca.map(|ca| certificates("ca", ca)).transpose()?;
        Ok(Self { own, trusted: trusted.unwrap_or_default() })
    }
}

fn certificates(member: &str, pem: &str) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let read = read.map_err(|cause| anyhow::anyhow!("{member}: is no PEM: {cause}"))?;
    ensure!(!read.is_empty(), "{member}: holds no certificate in PEM");
    Ok(read)
}

/// Trusts what the machine trusts, and the public authorities. The latter are built in, so that a
/// container without certificates starts and can still reach a public endpoint.
pub fn tls(identity: &Identity) -> anyhow::Result<ClientConfig> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // A machine without certificates, or with some that cannot be read, still has the public ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for authority in &identity.trusted {
        roots.add(authority.clone()).context("ca: cannot be trusted")?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .context("choosing TLS versions")?
        .with_root_certificates(roots);
    match &identity.own {
        Some((chain, key)) => config
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .context("certificate and privateKey: do not go together"),
        None => Ok(config.with_no_client_auth()),
    }
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
