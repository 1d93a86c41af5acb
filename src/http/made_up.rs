//! Answers that faults put together, or spoil.

use std::future::ready;

use axum::Json;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt as _, stream};
use serde_json::Value;

use super::envelope::{self, Empty, Envelope, ResponseDetail};
use crate::programs::faults::ops::Blow;
use crate::programs::faults::{FaultEffect, Malformation};

/// What a proxy says when it has nobody to ask.
const PROXY_PAGE: &str = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n\
    <body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n";

/// What is cut in half where the answer itself has no body.
const SOME_BODY: &[u8] = br#"{"responseDetails":[]}"#;

/// Which fault it was, for explanations.
pub fn by(blow: &Blow) -> String {
    match blow.fault_id {
        Some(id) => format!("fault {id} of the program"),
        None => "the header X-Piebox-Fault of the call".to_owned(),
    }
}

/// The answer of a `status` fault: its body, or the vendor's envelope.
pub fn status(blow: &Blow) -> Response {
    let FaultEffect::Status { status, code, sub_code, description, body } = &blow.effect else {
        return no_response();
    };
    let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let has_none = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status);
    let mut response = match body {
        _ if has_none => Body::empty().into_response(),
        Some(Value::String(text)) => text.clone().into_response(),
        Some(json) => Json(json).into_response(),
        None => {
            let number = i32::from(status.as_u16());
            let words = status.canonical_reason().unwrap_or("Fail");
            let detail = ResponseDetail::made_up(
                code.unwrap_or(if number < 400 { 0 } else { number }),
                sub_code.unwrap_or(0),
                description.as_deref().unwrap_or(words),
            );
            Json(Envelope { payload: Empty {}, response_details: [detail] }).into_response()
        }
    };
    *response.status_mut() = status;
    let facts = format!("FLT-3: {} answers {status} and nothing was done", by(blow));
    envelope::explain_as(&mut response, &facts);
    response
}

/// Stands in for an answer where nothing was done and nothing is sent. 444 is what proxies write
/// into their logs for it.
pub fn no_response() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(444).unwrap_or(StatusCode::BAD_REQUEST);
    response
}

/// The answer without its body.
pub fn empty(response: Response, status: Option<u16>) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(status) = status.and_then(|status| StatusCode::from_u16(status).ok()) {
        parts.status = status;
    }
    Response::from_parts(parts, Body::empty())
}

/// The answer with a body that nobody can read.
pub async fn malformed(response: Response, how: Malformation) -> Response {
    let (mut parts, body) = response.into_parts();
    let json = HeaderValue::from_static("application/json");
    if how == Malformation::NoJson {
        parts.headers.insert(header::CONTENT_TYPE, json);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::from(PROXY_PAGE));
    }
    // Answers are made in memory, so reading one back cannot fail and is bounded by what made it.
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let whole = if whole.len() < 2 { Bytes::from_static(SOME_BODY) } else { whole };
    let half = whole.slice(..whole.len() / 2);
    parts.headers.entry(header::CONTENT_TYPE).or_insert(json);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    // The pause lets the half get out before the missing rest ends the connection.
    let pause = stream::once(tokio::task::yield_now()).filter_map(|()| ready(None));
    let half = stream::iter([Ok::<_, std::io::Error>(half)]).chain(pause);
    Response::from_parts(parts, Body::from_stream(half))
}
