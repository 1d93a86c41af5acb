//! Around every call: echo of the request id, the media type asked for, and one log line. The line
//! names ids and never holds a body, a header value or a query.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::call::REQUEST_ID_HEADERS;
use super::error::Cause;
use super::faults::Struck;
use super::path_form::masked_path;

/// The header that carries the echo.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-gd-requestid");

/// Wraps a call.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let path = masked_path(request.uri().path());
    let headers = request.headers();
    let echo = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name)).cloned();
    let wants_text_json = wants_text_json(headers);

    let mut response = next.run(request).await;

    let request_id = echo.as_ref().and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned();
    if let Some(echo) = echo {
        response.headers_mut().insert(REQUEST_ID, echo);
    }
    if wants_text_json {
        as_text_json(&mut response);
    }
    let status = response.status().as_u16();
    let fault = response.extensions().get::<Struck>().map(Struck::kinds);
    let fault = fault.as_deref();
    let latency_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
    match response.extensions().get::<Cause>() {
        Some(Cause(cause)) => tracing::error!(
            http.method = %method, http.path = path, http.status = status, latency_us,
            request.id = request_id, fault, cause, "call failed"
        ),
        None => tracing::info!(
            http.method = %method, http.path = path, http.status = status, latency_us,
            request.id = request_id, fault, "call answered"
        ),
    }
    response
}

/// The vendor answers as `text/json` to those who ask for nothing else.
fn wants_text_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == b"text/json")
}

fn as_text_json(response: &mut Response) {
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_TYPE).is_some_and(|t| t.as_bytes() == b"application/json") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/json"));
    }
}
