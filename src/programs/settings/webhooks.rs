//! Settings of webhook endpoints: where events go, how the simulator proves itself there, and what
//! counts as received.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{LIST_MAX, Settings, at};
use crate::http::outgoing::{self, Identity};
use crate::kernel::events;
use crate::kernel::nearest::question;
use crate::kernel::strict_json::JsonProblem;

/// Longest secret, scope or key, in characters.
const SECRET_MAX: usize = 4_096;
/// Longest certificate or private key with its chain, in characters of PEM.
const PEM_MAX: usize = 65_536;
/// Characters of an unknown type that are told.
const SHOWN_MAX: usize = 100;

/// One webhook endpoint of the partner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// Event types that go there; `*` is every one.
    #[serde(default = "every_event")]
    pub event_types: Vec<String>,
    /// http or https. Shown with stars in place of a password and of parameters that are called
    /// like a secret; it may be given so wherever this endpoint is meant.
    pub url: String,
    /// How the simulator proves itself.
    #[serde(default)]
    pub auth: EndpointAuth,
    /// How the connection is secured, beside what the machine trusts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<EndpointTls>,
    /// How bodies are signed; without it, they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<BodySignature>,
    /// Whether failed deliveries are repeated.
    #[serde(default)]
    pub retry: Retry,
    /// Whether a 200 or 201 must echo the request id and carry code 0; without it, the status is
    /// enough.
    #[serde(default = "yes")]
    pub strict_acknowledgement: bool,
}

fn every_event() -> Vec<String> {
    vec!["*".to_owned()]
}

fn yes() -> bool {
    true
}

impl Endpoint {
    /// An endpoint that takes every event, wants no proof and gets each delivery once.
    pub fn plain(url: String) -> Self {
        Self {
            event_types: every_event(),
            url,
            auth: EndpointAuth::default(),
            tls: None,
            signature: None,
            retry: Retry::default(),
            strict_acknowledgement: true,
        }
    }

    /// Whether events of this type go there.
    pub fn takes(&self, event_type: &str) -> bool {
        self.event_types.iter().any(|taken| taken == "*" || taken == event_type)
    }

    /// Whether anything is brought there that proves who sends: a key, a token, a certificate.
    pub fn brings_proof(&self) -> bool {
        let has_own = |tls: &EndpointTls| tls.certificate.is_some();
        self.auth != EndpointAuth::None {} || self.tls.as_ref().is_some_and(has_own)
    }
}

/// How the simulator proves itself to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
pub enum EndpointAuth {
    /// Not at all.
    None {},
    /// The program's static key in the header `API-Key`.
    ApiKey {
        /// The key.
        key: String,
    },
    /// A token that never changes, as `Authorization: Bearer`.
    Bearer {
        /// The token.
        token: String,
    },
    /// A token that the simulator signs itself, HS256, scope `post:webhook`.
    Jwt {
        /// The secret shared with the partner.
        secret: String,
    },
    /// A token fetched with client credentials.
    #[serde(rename_all = "camelCase")]
    Oauth {
        /// Where tokens are fetched, http or https.
        token_url: String,
        /// Client id.
        client_id: String,
        /// Client secret.
        client_secret: String,
        /// The scope asked for.
        #[serde(default = "post_webhook")]
        scope: String,
        /// How the request for a token is written.
        #[serde(default)]
        encoding: TokenEncoding,
    },
}

/// The scope that partners grant to the simulator.
fn post_webhook() -> String {
    "post:webhook".to_owned()
}

impl Default for EndpointAuth {
    fn default() -> Self {
        Self::None {}
    }
}

/// How a request for a token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TokenEncoding {
    /// `application/x-www-form-urlencoded`.
    #[default]
    Form,
    /// `application/json`.
    Json,
}

/// The simulator's own certificate, and whom it trusts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndpointTls {
    /// The client certificate with its chain, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Its private key, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_key: Option<String>,
    /// Certificates of authorities that are trusted beside the machine's, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
}

impl EndpointTls {
    /// What these texts hold.
    pub fn identity(&self) -> anyhow::Result<Identity> {
        let own = (self.certificate.as_deref(), self.private_key.as_deref());
        Identity::read(own, self.ca.as_deref())
    }

    /// Whom to trust, and no certificate of its own.
    #[must_use]
    pub fn without_own(&self) -> Self {
        Self { certificate: None, private_key: None, ca: self.ca.clone() }
    }
}

/// How bodies are signed, in the header `x-gd-signature`: an HMAC of the body's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BodySignature {
    /// The key shared with the partner.
    pub key: String,
    /// The hash.
    #[serde(default)]
    pub hash: SignatureHash,
    /// How it is written.
    #[serde(default)]
    pub encoding: SignatureEncoding,
}

/// The hash of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SignatureHash {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-512.
    Sha512,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SignatureEncoding {
    /// Hexadecimal, in lower case.
    #[default]
    Hex,
    /// Base64 with padding.
    Base64,
}

/// Whether failed deliveries are repeated.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retry {
    /// Hourly for 24 hours on the world's clock. Off unless asked for, as with the vendor.
    #[serde(default)]
    pub enabled: bool,
}

/// By which clock tokens count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenTimes {
    /// The age of access tokens of the banking API.
    pub access: TimeSource,
    /// `iat` and `exp` of tokens that the simulator signs for webhook endpoints.
    pub webhooks: TimeSource,
}

/// A clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum TimeSource {
    /// The world's.
    World,
    /// The machine's.
    Wall,
}

impl Settings {
    pub(super) fn check_endpoints(&self) -> Result<(), JsonProblem> {
        if self.webhooks.len() > LIST_MAX {
            return Err(at("webhooks", format!("at most {LIST_MAX} entries")));
        }
        for (number, endpoint) in self.webhooks.iter().enumerate() {
            let member = |name: &str| format!("webhooks[{number}].{name}");
            expect_http(member("url"), &endpoint.url)?;
            expect_event_types(member("eventTypes"), &endpoint.event_types)?;
            expect_auth(&member("auth"), &endpoint.auth)?;
            if let Some(tls) = &endpoint.tls {
                expect_tls(&member("tls"), tls)?;
            }
            if let Some(signature) = &endpoint.signature {
                expect_secret(member("signature.key"), &signature.key)?;
            }
            let earlier = &self.webhooks[..number];
            if earlier.iter().any(|earlier| earlier.url == endpoint.url) {
                // Deliveries remember their endpoint by its URL.
                return Err(at(member("url"), "is listed twice; give it all its types"));
            }
        }
        Ok(())
    }
}

/// A misspelt type would mean silence: it is refused, with the nearest ones and with all there are.
fn expect_event_types(member: String, types: &[String]) -> Result<(), JsonProblem> {
    if types.is_empty() {
        return Err(at(member, "must name at least one type; \"*\" is every one"));
    }
    let is_known = |name: &str| name == "*" || events::find(name).is_some();
    let Some(unknown) = types.iter().find(|name| !is_known(name)) else { return Ok(()) };
    let known = || events::EVENT_TYPES.iter().map(|known| known.event_type);
    let all = known().collect::<Vec<_>>().join(", ");
    let there = match question(unknown, known()) {
        Some(question) => format!("{question} There are: {all}"),
        None => format!("there are: {all}"),
    };
    let unknown: String = unknown.chars().take(SHOWN_MAX).collect();
    Err(at(member, format!("there is no event type {unknown:?}; {there}")))
}

fn expect_auth(member: &str, auth: &EndpointAuth) -> Result<(), JsonProblem> {
    let secret = |name: &str, value: &String| expect_secret(format!("{member}.{name}"), value);
    match auth {
        EndpointAuth::None {} => Ok(()),
        EndpointAuth::ApiKey { key } => secret("key", key),
        EndpointAuth::Bearer { token } => secret("token", token),
        EndpointAuth::Jwt { secret: shared } => secret("secret", shared),
        EndpointAuth::Oauth { token_url, client_id, client_secret, scope, encoding: _ } => {
            expect_http(format!("{member}.tokenUrl"), token_url)?;
            secret("clientId", client_id)?;
            secret("clientSecret", client_secret)?;
            secret("scope", scope)
        }
    }
}

fn expect_secret(member: String, secret: &str) -> Result<(), JsonProblem> {
    let is_header_text = |c: char| !c.is_control();
    match secret.chars().count() {
        1..=SECRET_MAX if secret.chars().all(is_header_text) => Ok(()),
        _ => Err(at(member, format!("must have 1 to {SECRET_MAX} characters, none of control"))),
    }
}

fn expect_tls(member: &str, tls: &EndpointTls) -> Result<(), JsonProblem> {
    let parts =
        [("certificate", &tls.certificate), ("privateKey", &tls.private_key), ("ca", &tls.ca)];
    for (name, pem) in parts {
        if pem.as_ref().is_some_and(|pem| pem.len() > PEM_MAX) {
            return Err(at(format!("{member}.{name}"), format!("at most {PEM_MAX} characters")));
        }
    }
    let wrong = |cause: anyhow::Error| at(member, format!("{cause:#}"));
    let identity = tls.identity().map_err(wrong)?;
    outgoing::tls(&identity).map(drop).map_err(wrong)
}

fn expect_http(member: String, url: &str) -> Result<(), JsonProblem> {
    match Url::parse(url) {
        Ok(parsed) if ["http", "https"].contains(&parsed.scheme()) && parsed.has_host() => Ok(()),
        _ => Err(at(member, "must be an http or https URL")),
    }
}
