//! GET ping: is anybody there. Vendor slug: ping_get.

use axum::http::HeaderMap;

use crate::http::call::request_id;
use crate::http::error::ApiResult;

/// Is anybody there
///
/// Needs `X-GD-RequestId`, no token.
#[utoipa::path(
    get,
    path = "/ping",
    operation_id = "ping_get",
    tag = "Health",
    responses((status = 200, description = "OK", body = String, content_type = "text/plain")),
    security(())
)]
pub async fn ping(headers: HeaderMap) -> ApiResult<&'static str> {
    request_id(&headers)?;
    Ok("OK")
}
