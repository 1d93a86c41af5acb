//! Checking what a webhook brings to prove itself, as a partner would.

use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use subtle::ConstantTimeEq;

use crate::programs::settings::{BodySignature, SignatureEncoding, SignatureHash};
use crate::webhooks::sign::{SIGNATURE, signature};

/// What webhooks must bring; nothing is asked of what is absent.
#[derive(Clone, Debug, Default)]
pub struct ExpectedProof {
    /// The value of `API-Key`.
    pub api_key: Option<SecretString>,
    /// The token of `Authorization: Bearer`.
    pub bearer: Option<SecretString>,
    /// The secret of an HS256 token with scope `post:webhook` in `Authorization: Bearer`.
    pub jwt_secret: Option<SecretString>,
    /// The key of `x-gd-signature`, an HMAC-SHA256 of the body in hexadecimal or base64.
    pub signature_key: Option<SecretString>,
}

/// What a token says, as far as a receiver looks at it.
#[derive(Deserialize)]
struct Claims {
    scope: String,
}

impl ExpectedProof {
    /// What is wrong with the proof of a request; `None` if nothing is.
    pub fn problem(&self, headers: &HeaderMap, body: &[u8]) -> Option<String> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let token = header("authorization").and_then(|text| text.strip_prefix("Bearer "));
        if let Some(key) = &self.api_key {
            match header("api-key") {
                None => return Some("no API-Key".to_owned()),
                Some(given) if !same(given, key) => return Some("another API-Key".to_owned()),
                Some(_) => {}
            }
        }
        if self.bearer.is_some() || self.jwt_secret.is_some() {
            let Some(token) = token else { return Some("no bearer token".to_owned()) };
            if self.bearer.as_ref().is_some_and(|expected| !same(token, expected)) {
                return Some("another bearer token".to_owned());
            }
            if let Some(problem) = self.jwt_secret.as_ref().and_then(|s| wrong_token(token, s)) {
                return Some(problem);
            }
        }
        let key = self.signature_key.as_ref()?;
        match header(SIGNATURE.as_str()) {
            None => Some("no x-gd-signature".to_owned()),
            Some(given) if !is_signed(given, key, body) => {
                Some("a wrong x-gd-signature".to_owned())
            }
            Some(_) => None,
        }
    }
}

fn same(given: &str, expected: &SecretString) -> bool {
    given.as_bytes().ct_eq(expected.expose_secret().as_bytes()).into()
}

fn wrong_token(token: &str, secret: &SecretString) -> Option<String> {
    let key = DecodingKey::from_secret(secret.expose_secret().as_bytes());
    let read = jsonwebtoken::decode::<Claims>(token, &key, &Validation::new(Algorithm::HS256));
    match read {
        Err(cause) => Some(format!("a token that does not hold: {cause}")),
        Ok(read) => {
            let scopes: Vec<&str> = read.claims.scope.split([' ', ',']).collect();
            let is_granted = scopes.contains(&"post:webhook");
            (!is_granted).then(|| "a token without the scope post:webhook".to_owned())
        }
    }
}

fn is_signed(given: &str, key: &SecretString, body: &[u8]) -> bool {
    [SignatureEncoding::Hex, SignatureEncoding::Base64].into_iter().any(|encoding| {
        let key = key.expose_secret().to_owned();
        let with = BodySignature { key, hash: SignatureHash::Sha256, encoding };
        given.as_bytes().ct_eq(signature(&with, body).as_bytes()).into()
    })
}
