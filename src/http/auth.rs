//! Access tokens: issued to clients, checked on every resource call. Follows the Authentication
//! page; the six descriptions of a 401 are the vendor's own.
//!
//! A token is a signed statement (client, scopes, moment of issue), so checking one reads no
//! database, and every process that shares a database accepts what another has issued. It ages on
//! the clock of the world it is used in. Left out: IP allow-lists, refresh tokens (the vendor has
//! none).

use std::collections::HashMap;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::config::Client;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::ids::ProgramCode;
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;

/// Whether a client may use a program; `*` stands for all.
pub fn is_entitled(client: &Client, program: &ProgramCode) -> bool {
    client.programs.iter().any(|code| code == "*" || code == program.as_str())
}

/// Issues and checks tokens.
pub struct Tokens {
    clients: HashMap<String, Arc<Client>>,
    sign: EncodingKey,
    verify: DecodingKey,
    validation: Validation,
    lifetime_ms: i64,
    required_scope: String,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("clients", &self.clients.len()).finish_non_exhaustive()
    }
}

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    /// The client.
    sub: String,
    /// Scopes granted, separated by spaces.
    scope: String,
    /// Wall moment of issue, in milliseconds.
    iat_ms: i64,
}

/// A token just issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The token itself.
    pub token: String,
    /// Seconds it is good for.
    pub expires_in: i64,
    /// Scopes granted, separated by spaces.
    pub scope: String,
}

/// A token that is genuine; whether it is still good depends on the world it is used in.
#[derive(Debug, Clone)]
pub struct Bearer {
    /// Who it was issued to.
    pub client: Arc<Client>,
    scope: String,
    /// Wall moment of issue.
    pub issued_at: Timestamp,
}

impl Tokens {
    /// Tokens of these clients, signed with `key`.
    pub fn new(
        clients: Vec<Client>,
        key: &[u8],
        lifetime_seconds: u64,
        required_scope: String,
    ) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // Age is judged on a world's clock, not on the machine's.
        validation.validate_exp = false;
        validation.required_spec_claims.clear();
        Self {
            clients: clients.into_iter().map(|c| (c.id.clone(), Arc::new(c))).collect(),
            sign: EncodingKey::from_secret(key),
            verify: DecodingKey::from_secret(key),
            validation,
            lifetime_ms: i64::try_from(lifetime_seconds).unwrap_or(i64::MAX / 1_000) * 1_000,
            required_scope,
        }
    }

    /// Checks `Authorization: Basic ...` and issues a token for the scopes asked for; without any,
    /// for all the client may have.
    pub fn issue(
        &self,
        authorization: Option<&HeaderValue>,
        scope: Option<&str>,
        wall: Timestamp,
    ) -> Result<Issued, Refusal> {
        let refused = |facts: String| Refusal::of(&codes::TOKEN_REFUSED).because(facts);
        let client = self.client_of(authorization).ok_or_else(|| {
            refused("Authorization: Basic names no client, or its secret is another".to_owned())
        })?;
        let asked: Vec<&str> = scope.unwrap_or_default().split_whitespace().collect();
        let ungranted = asked.iter().find(|scope| !client.scopes.iter().any(|own| own == *scope));
        if let Some(scope) = ungranted {
            return Err(refused(format!("client {} is not granted scope {scope:?}", client.id)));
        }
        let scope = if asked.is_empty() { client.scopes.join(" ") } else { asked.join(" ") };
        let claims = Claims { sub: client.id.clone(), scope, iat_ms: wall.millis() };
        let token = jsonwebtoken::encode(&Header::default(), &claims, &self.sign)
            .map_err(|_| Refusal::of(&codes::INTERNAL))?;
        Ok(Issued { token, expires_in: self.lifetime_ms / 1_000, scope: claims.scope })
    }

    fn client_of(&self, authorization: Option<&HeaderValue>) -> Option<Arc<Client>> {
        let (scheme, value) = authorization?.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(BASE64_STANDARD.decode(value.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let client = self.clients.get(id)?;
        let expected = client.secret.expose_secret().as_bytes();
        bool::from(expected.ct_eq(secret.as_bytes())).then(|| Arc::clone(client))
    }

    /// Reads the bearer token of a resource call: prefix, format and signature, in this order. The
    /// direct deposit switch page calls the header `Authentication`; below its path both do.
    pub fn read(&self, headers: &HeaderMap, path: &str) -> Result<Bearer, &'static VendorCode> {
        let has_alias = path.contains("/directdeposit/");
        let aliased = || has_alias.then(|| headers.get("authentication")).flatten();
        let header = headers.get(header::AUTHORIZATION).or_else(aliased);
        let text =
            header.ok_or(&codes::NO_BEARER)?.to_str().map_err(|_| &codes::BAD_AUTH_FORMAT)?;
        let mut parts = text.split_whitespace();
        match (parts.next(), parts.next(), parts.next()) {
            (Some(scheme), _, _) if !scheme.eq_ignore_ascii_case("bearer") => {
                Err(&codes::NO_BEARER)
            }
            (None, _, _) => Err(&codes::NO_BEARER),
            (Some(_), Some(token), None) => self.verify(token),
            _ => Err(&codes::BAD_AUTH_FORMAT),
        }
    }

    fn verify(&self, token: &str) -> Result<Bearer, &'static VendorCode> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.validation)
            .map_err(|_| &codes::BAD_TOKEN)?
            .claims;
        let client = self.clients.get(&claims.sub).ok_or(&codes::BAD_TOKEN)?;
        let issued_at = Timestamp::from_millis(claims.iat_ms);
        Ok(Bearer { client: Arc::clone(client), scope: claims.scope, issued_at })
    }

    /// Whether a token issued at `issued` is past its life at `now`, both on one clock.
    pub fn is_expired(&self, issued: Timestamp, now: Timestamp) -> bool {
        now.millis_since(issued) >= self.lifetime_ms
    }

    /// Whether the token carries the scope that resource calls need.
    pub fn has_scope(&self, bearer: &Bearer) -> bool {
        bearer.scope.split(' ').any(|scope| scope == self.required_scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens() -> Tokens {
        let client = Client {
            id: "demo".into(),
            secret: "demo-secret".to_owned().into(),
            scopes: vec!["general".into()],
            programs: vec!["*".into()],
        };
        Tokens::new(vec![client], b"key", 86_400, "general".into())
    }

    #[test]
    fn auth_5_the_header_has_another_name_below_directdeposit_only() {
        let tokens = tokens();
        let basic = format!("Basic {}", BASE64_STANDARD.encode("demo:demo-secret"));
        let basic = HeaderValue::from_str(&basic).unwrap();
        let issued = tokens.issue(Some(&basic), None, Timestamp::from_millis(0)).unwrap();
        let bearer = HeaderValue::from_str(&format!("Bearer {}", issued.token)).unwrap();
        let headers = HeaderMap::from_iter([("authentication".parse().unwrap(), bearer)]);
        assert!(tokens.read(&headers, "/programs/{programCode}/directdeposit/switch").is_ok());
        let elsewhere = tokens.read(&headers, "/programs/{programCode}/accounts");
        assert_eq!(elsewhere.unwrap_err(), &codes::NO_BEARER);
    }

    proptest! {
        #[test]
        fn auth_3_no_header_text_panics_and_none_passes(text in "[ -~]{0,80}") {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, HeaderValue::from_str(&text).unwrap());
            prop_assert!(tokens().read(&headers, "/programs/wf/accounts").is_err());
        }
    }
}
