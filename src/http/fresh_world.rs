//! A call that decided by a stale copy of its world is repeated with a fresh one. Nothing of it was
//! committed, so the caller sees one call.
//!
//! The body is read when the call first asks for it, not before: who is refused for his token is
//! refused whatever he sends. A repetition gets the same bytes.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::Mutex;

use super::error::WorldMoved;
use super::faults::Met;
use crate::app::Sim;
use crate::kernel::ids::ProgramCode;
use crate::kernel::outcome::Refusal;

/// Repetitions before the answer 503 (or 409 of the control API) stands. Each follows a change of
/// the world, so a second one is rare and a fourth unheard of.
const REPEATS_MAX: usize = 5;

/// The body of a call that may be run more than once.
#[derive(Debug, Clone)]
pub struct RepeatableBody(Arc<Mutex<Reading>>);

#[derive(Debug)]
enum Reading {
    /// Nobody has asked for it yet.
    Unread(Option<Box<Request>>),
    /// It was read.
    Read(Bytes),
}

impl RepeatableBody {
    /// Puts the body of a request where it can be read more than once, unless it is there already.
    pub fn share(request: &mut Request) -> Self {
        if let Some(shared) = request.extensions().get::<RepeatableBody>() {
            return shared.clone();
        }
        let body = std::mem::take(request.body_mut());
        let mut unread = Request::new(body);
        *unread.headers_mut() = request.headers().clone();
        *unread.extensions_mut() = request.extensions().clone();
        let shared = Self(Arc::new(Mutex::new(Reading::Unread(Some(Box::new(unread))))));
        request.extensions_mut().insert(shared.clone());
        shared
    }

    /// The bytes of a request's body, however often they are asked for.
    pub async fn bytes(request: Request, sim: &Sim) -> Result<Bytes, BytesRejection> {
        match request.extensions().get::<RepeatableBody>().cloned() {
            Some(shared) => shared.read(sim).await,
            None => Bytes::from_request(request, sim).await,
        }
    }

    /// The bytes, read now unless they have been read before.
    pub async fn read(&self, sim: &Sim) -> Result<Bytes, BytesRejection> {
        let mut reading = self.0.lock().await;
        let unread = match &mut *reading {
            Reading::Read(bytes) => return Ok(bytes.clone()),
            Reading::Unread(request) => *request.take().unwrap_or_default(),
        };
        let bytes = Bytes::from_request(unread, sim).await?;
        *reading = Reading::Read(bytes.clone());
        Ok(bytes)
    }

    /// The body of a request as it comes in, of whatever length, for a call that is never repeated:
    /// a second time there is nothing to be had.
    pub async fn once(request: Request) -> Body {
        let Some(shared) = request.extensions().get::<RepeatableBody>().cloned() else {
            return request.into_body();
        };
        let mut reading = shared.0.lock().await;
        match &mut *reading {
            Reading::Read(bytes) => Body::from(bytes.clone()),
            Reading::Unread(unread) => unread.take().map(|r| r.into_body()).unwrap_or_default(),
        }
    }

    /// The bytes, if somebody has read them.
    pub fn so_far(&self) -> Option<Bytes> {
        match &*self.0.try_lock().ok()? {
            Reading::Read(bytes) => Some(bytes.clone()),
            Reading::Unread(_) => None,
        }
    }
}

/// Repeats calls that met a moved world.
pub async fn with_fresh_world(
    State(sim): State<Sim>,
    mut request: Request,
    next: Next,
) -> Response {
    RepeatableBody::share(&mut request);
    let (mut parts, _) = request.into_parts();
    parts.extensions.insert(Met::default());
    let code = program_code(parts.uri.path());
    let mut repeats = 0;
    loop {
        let request = Request::from_parts(parts.clone(), Body::empty());
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

/// The program code of a path, of the vendor's API or of the control API.
pub(super) fn program_code(path: &str) -> Option<ProgramCode> {
    let path = path.strip_prefix("/_sim/v1").unwrap_or(path);
    path.strip_prefix("/programs/")?.split('/').next()?.parse().ok()
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
    } else if response.extensions().get::<Refusal>().is_some() {
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
