//! Why a call produced no decision, and the one place where that becomes a response. Whatever unit
//! of work was under way is rolled back.

use axum::response::{IntoResponse, Response};

use crate::db::DbError;
use crate::http::envelope::refused;
use crate::kernel::codes::{self, VendorCode};
use crate::kernel::outcome::Refusal;

/// A call without a decision.
#[derive(Debug)]
pub enum ApiError {
    /// Refused before or beside the use case: token, headers, body, fields.
    Refused(Refusal),
    /// The database did not go along.
    Db(DbError),
    /// A defect of ours.
    Internal(anyhow::Error),
}

/// What endpoints return.
pub type ApiResult<T> = Result<T, ApiError>;

/// Marks the response of a call that decided by a stale copy of its world and may be repeated.
#[derive(Debug, Clone, Copy)]
pub struct WorldMoved;

/// The cause of a 500, for the log line of the request.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError::Refused(refusal)
    }
}

impl From<&'static VendorCode> for ApiError {
    fn from(code: &'static VendorCode) -> Self {
        ApiError::Refused(Refusal::of(code))
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        ApiError::Db(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match self {
            ApiError::Refused(refusal) => refused(&refusal),
            ApiError::Db(DbError::Locked) => refused(&Refusal::of(&codes::API_LOCKED)),
            ApiError::Db(DbError::Closed | DbError::Busy | DbError::Vetoed) => {
                refused(&Refusal::of(&codes::UNAVAILABLE))
            }
            ApiError::Db(DbError::WorldMoved) => {
                let mut response = refused(&Refusal::of(&codes::UNAVAILABLE));
                response.extensions_mut().insert(WorldMoved);
                response
            }
            ApiError::Db(error) => internal(error.to_string()),
            ApiError::Internal(error) => internal(format!("{error:#}")),
        }
    }
}

fn internal(cause: String) -> Response {
    let mut response = refused(&Refusal::of(&codes::INTERNAL));
    response.extensions_mut().insert(Cause(cause));
    response
}
