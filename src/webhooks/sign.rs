//! How the simulator proves itself to an endpoint: a static key or token, a token it signs itself,
//! or one that it fetches. Left out so far: client certificates and the body signature.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, bail};
use jsonwebtoken::{EncodingKey, Header};
use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};

use crate::http::outgoing;
use crate::kernel::time::Timestamp;
use crate::programs::settings::EndpointAuth;

/// The scope that partners grant to the simulator.
const SCOPE: &str = "post:webhook";
/// Life of a self-signed token, in seconds.
const LIFETIME_SECONDS: i64 = 3_600;
/// A fetched token is dropped this long before it ends, in seconds.
const MARGIN_SECONDS: i64 = 60;
/// How much of a token endpoint's answer is read.
const ANSWER_BYTES_MAX: usize = 65_536;
/// Fetched tokens kept at most.
const TOKENS_MAX: usize = 1_000;

/// Makes the header that an endpoint wants; keeps fetched tokens.
#[derive(Debug, Default)]
pub struct Signer {
    fetched: Mutex<HashMap<(String, String), Fetched>>,
}

#[derive(Debug, Clone)]
struct Fetched {
    token: String,
    good_until: Timestamp,
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

/// What a token endpoint answers.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    expires_in: Option<i64>,
}

impl Signer {
    /// The header for a delivery sent at wall moment `wall`, if the endpoint wants one.
    pub async fn header(
        &self,
        http: &reqwest::Client,
        auth: &EndpointAuth,
        wall: Timestamp,
    ) -> anyhow::Result<Option<(HeaderName, HeaderValue)>> {
        let (name, value) = match auth {
            EndpointAuth::None {} => return Ok(None),
            EndpointAuth::ApiKey { key } => (HeaderName::from_static("api-key"), key.clone()),
            EndpointAuth::Bearer { token } => bearer(token),
            EndpointAuth::Jwt { secret } => bearer(&self_signed(secret, wall)?),
            EndpointAuth::Oauth { token_url, client_id, client_secret } => {
                let token = self.fetched(http, (token_url, client_id, client_secret), wall);
                bearer(&token.await.context("the token endpoint")?)
            }
        };
        let mut value = HeaderValue::from_str(&value).context("the key is no header value")?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }

    /// Drops the fetched token of an endpoint that no longer accepts it.
    pub fn forget(&self, auth: &EndpointAuth) {
        if let EndpointAuth::Oauth { token_url, client_id, .. } = auth {
            self.tokens().remove(&(token_url.clone(), client_id.clone()));
        }
    }

    async fn fetched(
        &self,
        http: &reqwest::Client,
        (url, id, secret): (&str, &str, &str),
        wall: Timestamp,
    ) -> anyhow::Result<String> {
        let key = (url.to_owned(), id.to_owned());
        let known = self.tokens().get(&key).filter(|t| t.good_until > wall).cloned();
        if let Some(known) = known {
            return Ok(known.token);
        }
        let form = [
            ("client_id", id),
            ("client_secret", secret),
            ("grant_type", "client_credentials"),
            ("scope", SCOPE),
        ];
        let response = http.post(url).form(&form).send().await?;
        if !response.status().is_success() {
            bail!("answered {}", response.status());
        }
        let body = outgoing::read(response, ANSWER_BYTES_MAX).await?;
        let answer: TokenAnswer = serde_json::from_slice(&body).context("answered no token")?;
        let seconds = answer.expires_in.unwrap_or(LIFETIME_SECONDS) - MARGIN_SECONDS;
        let good_until = wall.plus_millis(seconds.saturating_mul(1_000));
        let mut tokens = self.tokens();
        if tokens.len() >= TOKENS_MAX {
            tokens.clear();
        }
        tokens.insert(key, Fetched { token: answer.access_token.clone(), good_until });
        Ok(answer.access_token)
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Fetched>> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn bearer(token: &str) -> (HeaderName, String) {
    (reqwest::header::AUTHORIZATION, format!("Bearer {token}"))
}

fn self_signed(secret: &str, wall: Timestamp) -> anyhow::Result<String> {
    let iat = wall.millis() / 1_000;
    let claims = Claims { iss: "greendot", scope: SCOPE, iat, exp: iat + LIFETIME_SECONDS };
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::default(), &claims, &key).context("signing the token")
}
