//! Several processes on one database: a call that decided by a stale copy of its world is repeated
//! with a fresh one. Nothing of it was committed, so the caller sees one call.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::envelope::EXPLAIN;
use super::error::WorldMoved;
use super::json::unread;
use crate::app::Sim;
use crate::kernel::ids::ProgramCode;

/// Repetitions before the answer 503 stands. Each follows a change of the world, so a second one
/// is rare and a fourth unheard of.
const REPEATS_MAX: usize = 5;

/// The program code of a documented path.
fn program_code(path: &str) -> Option<ProgramCode> {
    path.strip_prefix("/programs/")?.split('/').next()?.parse().ok()
}

/// Repeats calls that met a moved world. Costs nothing where one process owns the database.
pub async fn with_fresh_world(State(sim): State<Sim>, request: Request, next: Next) -> Response {
    if sim.db.is_exclusive() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let probe = Request::from_parts(parts.clone(), body);
    let body = match Bytes::from_request(probe, &sim).await {
        Ok(body) => body,
        Err(rejection) => return unread(rejection).into_response(),
    };
    let code = program_code(parts.uri.path());
    let mut repeats = 0;
    loop {
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        let response = next.clone().run(request).await;
        let doubt = doubt(&response);
        if repeats == REPEATS_MAX || !was_stale(&sim, doubt, code.as_ref()).await {
            return response;
        }
        repeats += 1;
        if let Some(code) = &code {
            sim.worlds.forget(code);
        }
    }
}

/// Why a call may have decided by a stale copy.
#[derive(Debug, Clone, Copy)]
enum Doubt {
    /// It did: it met a newer version on its way.
    Certain,
    /// It was refused, perhaps before it read anything.
    Possible,
    /// It was answered from what it read.
    None,
}

fn doubt(response: &Response) -> Doubt {
    if response.extensions().get::<WorldMoved>().is_some() {
        Doubt::Certain
    } else if response.headers().contains_key(EXPLAIN) {
        Doubt::Possible
    } else {
        Doubt::None
    }
}

async fn was_stale(sim: &Sim, doubt: Doubt, code: Option<&ProgramCode>) -> bool {
    match (doubt, code) {
        (Doubt::Certain, _) => true,
        // Should the database fail now, the refusal stands as it is.
        (Doubt::Possible, Some(code)) => !sim.worlds.is_fresh(code).await.unwrap_or(true),
        _ => false,
    }
}
