//! JSON bodies. What is wrong is answered in the envelope and names the member.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::error::ApiError;
use super::fresh_world::RepeatableBody;
use crate::app::Sim;
use crate::kernel::codes;
use crate::kernel::outcome::Refusal;
use crate::kernel::strict_json;

/// A request body, read as JSON.
#[derive(Debug)]
pub struct VendorJson<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Sim> for VendorJson<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, sim: &Sim) -> Result<Self, ApiError> {
        expect_json(request.headers())?;
        let bytes = RepeatableBody::bytes(request, sim).await.map_err(unread)?;
        Ok(Self(parse(&bytes)?))
    }
}

/// A request body, read as JSON, with the bytes that it was read from.
#[derive(Debug)]
pub struct VendorJsonText<T> {
    /// As it came.
    pub text: Bytes,
    /// What it says.
    pub document: T,
}

impl<T: DeserializeOwned> FromRequest<Sim> for VendorJsonText<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, sim: &Sim) -> Result<Self, ApiError> {
        expect_json(request.headers())?;
        let text = RepeatableBody::bytes(request, sim).await.map_err(unread)?;
        Ok(Self { document: parse(&text)?, text })
    }
}

/// Accepts JSON media types, and none at all; `application/x-www-form-urlencoded` is what curl
/// sends unasked, so the refusal says what to send instead.
fn expect_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(given) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let given = given.to_str().unwrap_or("unreadable");
    let media = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if ["application/json", "text/json"].contains(&media.as_str()) {
        return Ok(());
    }
    let facts = format!("Content-Type is {given:?}; send Content-Type: application/json");
    Err(Refusal::of(&codes::MEDIA_TYPE).because(facts).into())
}

/// A body that could not be taken in.
pub fn unread(rejection: BytesRejection) -> ApiError {
    if rejection.status().as_u16() == codes::BODY_TOO_LARGE.http {
        return (&codes::BODY_TOO_LARGE).into();
    }
    Refusal::of(&codes::BODY_INVALID).saying("The request body could not be read.").into()
}

/// Reads a JSON text and names the member that is wrong.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let refused = |description: String| Refusal::of(&codes::BODY_INVALID).saying(description);
    if bytes.is_empty() {
        return Err(refused("The request body is empty; JSON is expected.".to_owned()));
    }
    let document = serde_json::from_slice(bytes)
        .map_err(|cause| refused(format!("The request body is not valid JSON: {cause}")))?;
    if let Some(problem) = strict_json::misspelt_number(bytes) {
        return Err(refused(problem.to_string()));
    }
    strict_json::read(&document).map_err(|problem| match problem.member.as_str() {
        "." => refused(format!("The request body: {}", problem.problem)),
        _ => refused(problem.to_string()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Body {
        user: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        names: Vec<String>,
    }

    #[test]
    fn hdr_5_a_wrong_body_names_the_member() {
        for (json, expected) in [
            (
                r#"{"user":{"names":["a",1]}}"#,
                "user.names[1]: invalid type: integer, expected a string",
            ),
            (r#"{"user":{}}"#, "user: missing field `names`"),
            ("", "The request body is empty"),
            ("{\"user\":", "The request body is not valid JSON: EOF"),
            ("{\"user\":{\"names\":[]}} x", "The request body is not valid JSON: trailing"),
            ("7", "The request body: invalid type: integer, expected"),
        ] {
            let refusal = parse::<Body>(json.as_bytes()).unwrap_err();
            assert!(refusal.description.starts_with(expected), "{json}: {}", refusal.description);
            assert_eq!(refusal.code.http, 400);
        }
    }
}
