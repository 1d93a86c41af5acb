//! Who may use the control API, and the ways its calls name a world and carry JSON.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::app::Sim;
use crate::http::fresh_world::RepeatableBody;
use crate::http::json;
use crate::kernel::ids::ProgramCode;
use crate::programs::ops::WorldError;
use crate::programs::world::World;

/// Lets a call through if no token is configured or the right one is shown.
pub(super) async fn guard(State(sim): State<Sim>, request: Request, next: Next) -> Response {
    let address = request.uri().path_and_query().map_or("", |address| address.as_str());
    if address.contains("%00") {
        // No Postgres text can hold it.
        return Problem::bad_request("the address must not hold U+0000").into_response();
    }
    let Some(expected) = &sim.config.control.token else { return next.run(request).await };
    let given = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    let given = given.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    if bool::from(expected.expose_secret().as_bytes().ct_eq(given.as_bytes())) {
        return next.run(request).await;
    }
    let detail = "the control API wants Authorization: Bearer <the token of --control-token>";
    Problem::new(StatusCode::UNAUTHORIZED, detail).into_response()
}

/// The program code of the path; the world need not exist.
#[derive(Debug)]
pub(super) struct Code(pub ProgramCode);

impl FromRequestParts<Sim> for Code {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let given = path_value(parts, sim, "code").await?;
        ProgramCode::from_str(&given)
            .map(Self)
            .map_err(|problem| Problem::bad_request(format!("program code {given:?} {problem}")))
    }
}

/// A value of the path.
pub(super) async fn path_value(
    parts: &mut Parts,
    sim: &Sim,
    name: &str,
) -> Result<String, Problem> {
    let params = RawPathParams::from_request_parts(parts, sim).await;
    let params = params.map_err(|cause| Problem::bad_request(cause.to_string()))?;
    let found = params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    Ok(found.unwrap_or_default())
}

/// A world that exists.
#[derive(Debug)]
pub(super) struct Existing(pub Arc<World>);

impl FromRequestParts<Sim> for Existing {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, Problem> {
        let Code(code) = Code::from_request_parts(parts, sim).await?;
        sim.worlds.refresh(&code);
        match sim.worlds.find(&code).await? {
            Some(world) => Ok(Self(world)),
            None => Err(WorldError::NotFound(code).into()),
        }
    }
}

/// A JSON body; what is wrong with it names the member.
#[derive(Debug)]
pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Sim> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, sim: &Sim) -> Result<Self, Problem> {
        let bytes = RepeatableBody::bytes(request, sim).await?;
        // Where every member may be left out, so may the body.
        let text = if bytes.is_empty() { &b"{}"[..] } else { &bytes };
        Ok(Self(json::parse(text)?))
    }
}
