//! The token request, as JSON or as a form, and its answer.

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::auth::Issued;
use crate::http::json;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;

/// What a client asks for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(example = "client_credentials")]
    grant_type: String,
    /// Scopes separated by spaces; without it, all the client may have.
    #[serde(default)]
    pub scope: Option<String>,
}

/// A token.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct TokenResponse {
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    scope: String,
}

impl From<Issued> for TokenResponse {
    fn from(issued: Issued) -> Self {
        let Issued { token, expires_in, scope } = issued;
        Self { access_token: token, token_type: "Bearer", expires_in, scope }
    }
}

impl TokenRequest {
    /// Reads the body and checks the grant type.
    pub fn read(headers: &HeaderMap, body: &Bytes) -> Result<Self, Refusal> {
        let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let media = media.unwrap_or_default().to_ascii_lowercase();
        let is_form = media.starts_with("application/x-www-form-urlencoded");
        // curl sends JSON as a form unless told otherwise; the first character tells.
        let request = if is_form && !body.trim_ascii_start().starts_with(b"{") {
            form(body)
        } else {
            json::parse(body).map_err(|problem| invalid(problem.description))
        };
        let request = request?;
        if request.grant_type != "client_credentials" {
            return Err(invalid("grant_type must be client_credentials."));
        }
        Ok(request)
    }
}

fn form(body: &[u8]) -> Result<TokenRequest, Refusal> {
    let pairs: Vec<(String, String)> = reqwest::Url::parse("form:")
        .map(|mut url| {
            url.set_query(Some(&String::from_utf8_lossy(body)));
            url.query_pairs().into_owned().collect()
        })
        .unwrap_or_default();
    let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone());
    let grant_type = value("grant_type").ok_or_else(|| invalid("grant_type is missing."))?;
    Ok(TokenRequest { grant_type, scope: value("scope") })
}

fn invalid(description: impl Into<String>) -> Refusal {
    Refusal::of(&codes::TOKEN_REQUEST_INVALID).saying(description)
}
