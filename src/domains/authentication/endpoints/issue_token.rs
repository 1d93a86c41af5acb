//! POST authentication: a token for client credentials. Vendor slug: authentication_post.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};

use crate::app::Sim;
use crate::domains::authentication::wire::{TokenRequest, TokenResponse};
use crate::http::call::request_id;
use crate::http::error::ApiResult;
use crate::http::fresh_world::RepeatableBody;
use crate::http::json::unread;

/// Get a token
///
/// Client id and secret come as `Authorization: Basic ...`. The body may be JSON or a form.
#[utoipa::path(
    post,
    path = "/authentication",
    operation_id = "authentication_post",
    tag = "Authentication",
    request_body = TokenRequest,
    responses((status = 200, description = "The token", body = TokenResponse)),
    security(("clientCredentials" = []))
)]
pub async fn issue_token(
    State(sim): State<Sim>,
    headers: HeaderMap,
    request: Request,
) -> ApiResult<Json<TokenResponse>> {
    request_id(&headers)?;
    let body = RepeatableBody::bytes(request, &sim).await.map_err(unread)?;
    let request = TokenRequest::read(&headers, &body)?;
    let authorization = headers.get(header::AUTHORIZATION);
    let issued =
        sim.tokens.issue(authorization, request.scope.as_deref(), sim.worlds.token_moment())?;
    Ok(Json(issued.into()))
}
