//! How the simulator proves itself to an endpoint: a static key or token, a token it signs itself,
//! or one that it fetches; and the signature of the body. Client certificates are a matter of the
//! connection, in `connections.rs`.
//!
//! The vendor names the header `x-gd-signature` and says nothing of its making: an HMAC of the
//! body's bytes is our convention.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};

use super::connections::fingerprint;
use crate::http::outgoing;
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::Timestamp;
use crate::programs::settings::{
    BodySignature, Endpoint, EndpointAuth, SignatureEncoding, SignatureHash, TokenEncoding,
};

/// The header of a signature.
pub const SIGNATURE: HeaderName = HeaderName::from_static("x-gd-signature");
/// The header of a static key.
const API_KEY: HeaderName = HeaderName::from_static("api-key");

/// The scope of a self-signed token.
const SCOPE: &str = "post:webhook";
/// Life of a self-signed token, and of a fetched one that does not say, in seconds.
const LIFETIME_SECONDS: i64 = 3_600;
/// A fetched token is dropped this long before it ends, in seconds.
const MARGIN_SECONDS: i64 = 60;
/// How much of a token endpoint's answer is read.
const ANSWER_BYTES_MAX: usize = 65_536;
/// Fetched tokens kept at most.
const TOKENS_MAX: usize = 1_000;
/// What is shown in the place of the right proof.
const WRONG: &str = "wrong-on-purpose";

/// Makes the header that an endpoint wants; keeps fetched tokens.
#[derive(Debug, Default)]
pub struct Signer {
    fetched: Mutex<HashMap<TokenKey, Slot>>,
}

/// The token of one client; locked while it is fetched, so that many deliveries fetch one.
type Slot = Arc<tokio::sync::Mutex<Kept>>;

#[derive(Debug, Default)]
struct Kept {
    token: Option<Fetched>,
    failed: Option<(Instant, String)>,
}

/// Whose a fetched token is: a hash of the world and of all that the token host has seen, secret
/// and certificate too. So no world proves itself by what another one knows.
type TokenKey = [u8; 32];

#[derive(Debug, Clone)]
struct Fetched {
    token: String,
    good_until: Timestamp,
}

/// The header of a proof.
#[derive(Debug)]
pub struct Proof {
    /// Name and value, if the endpoint wants one.
    pub header: Option<(HeaderName, HeaderValue)>,
    /// Whether it is a token that was fetched for an earlier delivery: the endpoint may have
    /// forgotten it.
    pub is_kept: bool,
}

/// What a self-signed token says: no audience, and the scope as one text, which is what partners'
/// receivers accept.
#[derive(Serialize)]
struct Claims {
    iss: &'static str,
    scope: &'static str,
    iat: i64,
    exp: i64,
}

/// What a token endpoint is asked, and how.
struct Fetching<'a> {
    http: &'a reqwest::Client,
    url: &'a str,
    wanted: TokenRequest<'a>,
    encoding: TokenEncoding,
}

/// The body of such a request.
#[derive(Serialize)]
struct TokenRequest<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    grant_type: &'static str,
    scope: &'a str,
}

/// What a token endpoint answers.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<i64>,
}

impl Signer {
    /// The proof for a delivery to an endpoint of a world; `signed_at` is the moment that a
    /// self-signed token names, `wall` decides whether a fetched one is still good.
    pub async fn proof(
        &self,
        http: &reqwest::Client,
        (program, endpoint): (&ProgramCode, &Endpoint),
        (signed_at, wall): (Timestamp, Timestamp),
    ) -> anyhow::Result<Proof> {
        let mut is_kept = false;
        let (name, text) = match &endpoint.auth {
            EndpointAuth::None {} => return Ok(Proof { header: None, is_kept }),
            EndpointAuth::ApiKey { key } => (API_KEY, key.clone()),
            EndpointAuth::Bearer { token } => bearer(token),
            EndpointAuth::Jwt { secret } => bearer(&self_signed(secret, signed_at)?),
            EndpointAuth::Oauth { token_url, client_id, client_secret, scope, encoding } => {
                let grant_type = "client_credentials";
                let wanted = TokenRequest { client_id, client_secret, grant_type, scope };
                let fetching = Fetching { http, url: token_url, wanted, encoding: *encoding };
                let key = token_key(program, endpoint);
                let (token, kept) = self
                    .kept_or_fetched(key, &fetching, wall)
                    .await
                    .context("the token endpoint")?;
                is_kept = kept;
                bearer(&token)
            }
        };
        Ok(Proof { header: Some((name, sensitive(&text)?)), is_kept })
    }

    /// A proof that no endpoint accepts, where the right one would stand.
    pub fn wrong_proof(auth: &EndpointAuth) -> anyhow::Result<Proof> {
        let (name, text) = match auth {
            EndpointAuth::None {} => return Ok(Proof { header: None, is_kept: false }),
            EndpointAuth::ApiKey { .. } => (API_KEY, WRONG.to_owned()),
            _ => bearer(WRONG),
        };
        Ok(Proof { header: Some((name, sensitive(&text)?)), is_kept: false })
    }

    /// Drops the fetched token of an endpoint that no longer accepts it.
    pub fn forget(&self, program: &ProgramCode, endpoint: &Endpoint) {
        self.slots().remove(&token_key(program, endpoint));
    }

    /// The token, and whether it was fetched before.
    async fn kept_or_fetched(
        &self,
        key: TokenKey,
        fetching: &Fetching<'_>,
        wall: Timestamp,
    ) -> anyhow::Result<(String, bool)> {
        let asked = Instant::now();
        let slot = Arc::clone(self.slots().entry(key).or_default());
        let mut kept = slot.lock().await;
        if let Some(good) = kept.token.as_ref().filter(|token| token.good_until > wall) {
            return Ok((good.token.clone(), true));
        }
        if let Some((_, why)) = kept.failed.as_ref().filter(|(at, _)| *at > asked) {
            // Whoever waited for an attempt that failed does not wait for another one.
            bail!("{why}");
        }
        match fetch(fetching, wall).await {
            Ok(fetched) => {
                let token = fetched.token.clone();
                *kept = Kept { token: Some(fetched), failed: None };
                Ok((token, false))
            }
            Err(cause) => {
                *kept = Kept { token: None, failed: Some((Instant::now(), format!("{cause:#}"))) };
                Err(cause)
            }
        }
    }

    fn slots(&self) -> std::sync::MutexGuard<'_, HashMap<TokenKey, Slot>> {
        let mut slots = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= TOKENS_MAX {
            slots.clear();
        }
        slots
    }
}

fn token_key(program: &ProgramCode, endpoint: &Endpoint) -> TokenKey {
    let mut hash = Sha256::new();
    let mut add = |part: &[u8]| {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    };
    add(program.as_str().as_bytes());
    if let EndpointAuth::Oauth { token_url, client_id, client_secret, scope, encoding } =
        &endpoint.auth
    {
        for part in [token_url, client_id, client_secret, scope] {
            add(part.as_bytes());
        }
        add(&[u8::from(*encoding == TokenEncoding::Json)]);
    }
    add(&endpoint.tls.as_ref().map(fingerprint).unwrap_or_default());
    hash.finalize().into()
}

async fn fetch(fetching: &Fetching<'_>, wall: Timestamp) -> anyhow::Result<Fetched> {
    let Fetching { http, url, wanted, encoding } = fetching;
    let request = match encoding {
        TokenEncoding::Form => http.post(*url).form(wanted),
        TokenEncoding::Json => http.post(*url).json(wanted),
    };
    let response = request.send().await?;
    if !response.status().is_success() {
        bail!("answered {}", response.status());
    }
    let body = outgoing::read(response, ANSWER_BYTES_MAX).await?;
    let answer: TokenAnswer = serde_json::from_slice(&body).context("answered no token")?;
    let seconds = answer.expires_in.unwrap_or(LIFETIME_SECONDS) - MARGIN_SECONDS;
    let good_until = wall.plus_millis(seconds.saturating_mul(1_000));
    Ok(Fetched { token: answer.access_token, good_until })
}

fn bearer(token: &str) -> (HeaderName, String) {
    (AUTHORIZATION, format!("Bearer {token}"))
}

fn sensitive(text: &str) -> anyhow::Result<HeaderValue> {
    let mut value = HeaderValue::from_str(text).context("the key is no header value")?;
    value.set_sensitive(true);
    Ok(value)
}

fn self_signed(secret: &str, at: Timestamp) -> anyhow::Result<String> {
    let iat = at.millis() / 1_000;
    let claims = Claims { iss: "greendot", scope: SCOPE, iat, exp: iat + LIFETIME_SECONDS };
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).context("signing the token")
}

/// The value of `x-gd-signature` for a body.
pub fn signature(with: &BodySignature, body: &[u8]) -> String {
    let code = match with.hash {
        SignatureHash::Sha256 => mac::<Hmac<Sha256>>(&with.key, body),
        SignatureHash::Sha512 => mac::<Hmac<Sha512>>(&with.key, body),
    };
    match with.encoding {
        SignatureEncoding::Hex => code.iter().map(|byte| format!("{byte:02x}")).collect(),
        SignatureEncoding::Base64 => BASE64_STANDARD.encode(code),
    }
}

fn mac<M: Mac + KeyInit>(key: &str, body: &[u8]) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <M as KeyInit>::new_from_slice(key.as_bytes()).expect("any length will do");
    mac.update(body);
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whk_2_a_signature_is_the_hmac_of_rfc_4231() {
        let (key, body) = ("Jefe".to_owned(), b"what do ya want for nothing?");
        let sign =
            |hash, encoding| signature(&BodySignature { key: key.clone(), hash, encoding }, body);
        assert_eq!(
            sign(SignatureHash::Sha256, SignatureEncoding::Hex),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            sign(SignatureHash::Sha256, SignatureEncoding::Base64),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="
        );
        let long = sign(SignatureHash::Sha512, SignatureEncoding::Hex);
        assert!(long.starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505"));
    }
}
