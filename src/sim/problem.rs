//! Errors of the control API: problem details as in RFC 9457.

use axum::Json;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::db::{DbError, NoPlace};
use crate::http::error::{Cause, WorldMoved};
use crate::kernel::outcome::Refusal;
use crate::programs::ops::WorldError;

/// `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Problem {
    /// HTTP status.
    status: u16,
    /// The status in words.
    title: String,
    /// What is wrong, naming the member.
    detail: String,
    #[serde(skip)]
    cause: Option<String>,
    #[serde(skip)]
    world_moved: bool,
}

impl Problem {
    /// 400: the caller must send something else.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// Any other status.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self {
            status: status.as_u16(),
            title,
            detail: detail.into(),
            cause: None,
            world_moved: false,
        }
    }

    fn internal(cause: impl ToString) -> Self {
        let detail = "something broke inside the simulator; its log says what";
        let mut problem = Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail);
        problem.cause = Some(cause.to_string());
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let (cause, moved) = (self.cause.clone(), self.world_moved);
        let mut response = (status, Json(self)).into_response();
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        if moved {
            response.extensions_mut().insert(WorldMoved);
        }
        if let Some(cause) = cause {
            response.extensions_mut().insert(Cause(cause));
        }
        response
    }
}

impl From<WorldError> for Problem {
    fn from(error: WorldError) -> Self {
        match error {
            WorldError::NotFound(_) | WorldError::FaultNotFound(_) => {
                Problem::new(StatusCode::NOT_FOUND, error.to_string())
            }
            WorldError::Settings(_) | WorldError::SeedFixed | WorldError::Fault(_) => {
                Problem::bad_request(error.to_string())
            }
            WorldError::BegunAnew(_) => Problem::new(StatusCode::CONFLICT, error.to_string()),
            WorldError::Db(error) => error.into(),
        }
    }
}

impl From<DbError> for Problem {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Locked => {
                Problem::new(StatusCode::CONFLICT, "another change of the program is in progress")
            }
            DbError::WorldMoved => {
                let detail = "the program is being changed all the time; repeat";
                Self { world_moved: true, ..Self::new(StatusCode::CONFLICT, detail) }
            }
            DbError::Busy | DbError::Closed => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, format!("{error}; repeat later"))
            }
            other => Problem::internal(other),
        }
    }
}

impl From<NoPlace> for Problem {
    fn from(error: NoPlace) -> Self {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Problem::bad_request(refusal.description)
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        Problem::new(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Problem::bad_request(rejection.body_text())
    }
}

/// The answer to paths under `/_sim` that name nothing.
pub fn not_found(path: &str) -> Response {
    let detail = format!("there is no {path}; /_sim/docs lists the operations");
    Problem::new(StatusCode::NOT_FOUND, detail).into_response()
}

/// The answer to methods that a path under `/_sim` does not know.
pub fn method_not_allowed(method: &Method, path: &str) -> Response {
    let detail = format!("{path} does not know {method}; /_sim/docs lists the operations");
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, detail).into_response()
}
