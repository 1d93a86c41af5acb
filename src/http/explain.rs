//! Around every vendor call: a refusal is recorded before its answer leaves, so that whoever gets
//! it may ask at once why.
//!
//! It stands outside the repetition of calls that met a changed world, so a call is recorded once,
//! by its final answer. A call without a readable request id is not recorded: there is nothing to
//! find it by. Panics are answered further out and stand in the log alone.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::{OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::call::request_id;
use super::fresh_world::program_code;
use super::path_form::masked_path;
use crate::app::Sim;
use crate::db::DbError;
use crate::journal::model::RefusedCall;
use crate::journal::ops;
use crate::kernel::ids::ProgramCode;
use crate::kernel::outcome::Refusal;

/// How long an answer waits for its record. Longer than any healthy database needs.
const RECORD_WAIT: Duration = Duration::from_secs(2);

/// Records the refusals among the answers. Other calls never touch the database for this, nor do
/// those of the control API: its problems are no refusals.
pub async fn record_refusals(State(sim): State<Sim>, mut request: Request, next: Next) -> Response {
    let asked = Asked::of(&request);
    let found = FoundProgram::default();
    request.extensions_mut().insert(found.clone());
    let response = next.run(request).await;
    let refusal = response.extensions().get::<Refusal>().cloned();
    let program = asked.program.clone().or_else(|| found.0.get().cloned());
    if let (Some(program), Some(refusal)) = (program, refusal) {
        asked.record(&sim, program, refusal).await;
    }
    response
}

/// Where a call whose path names no program leaves the one it found.
#[derive(Debug, Clone, Default)]
pub struct FoundProgram(Arc<OnceLock<ProgramCode>>);

impl FoundProgram {
    /// Leaves a program.
    pub fn leave(&self, program: &ProgramCode) {
        // A call that is repeated finds the same one again.
        let _ = self.0.set(program.clone());
    }
}

/// What was asked, as far as a refusal of it must be told from others.
#[derive(Debug)]
struct Asked {
    /// The program of the path, if it names one.
    program: Option<ProgramCode>,
    method: Method,
    /// As it was called, before its path was brought to form.
    uri: Uri,
    headers: HeaderMap,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let program = program_code(request.uri().path());
        let original = request.extensions().get::<OriginalUri>();
        Self {
            program,
            method: request.method().clone(),
            uri: original.map_or_else(|| request.uri().clone(), |OriginalUri(uri)| uri.clone()),
            headers: request.headers().clone(),
        }
    }

    /// Records the refusal; that it could not be done is for the log, not for the caller.
    async fn record(self, sim: &Sim, program: ProgramCode, refusal: Refusal) {
        let Some(call) = self.refused(sim, refusal) else { return };
        let wall = sim.worlds.wall();
        let recorded = timeout(RECORD_WAIT, ops::record(&sim.db, &program, wall, &call)).await;
        if let Err(cause) = recorded.unwrap_or(Err(DbError::Locked)) {
            let request_id = call.request_id.canonical();
            tracing::warn!(
                %program, request.id = request_id, %cause, "a refusal could not be recorded"
            );
        }
    }

    fn refused(self, sim: &Sim, refusal: Refusal) -> Option<RefusedCall> {
        let path = self.uri.path();
        let bearer = sim.tokens.read(&self.headers, path).ok();
        Some(RefusedCall {
            request_id: request_id(&self.headers).ok()?,
            method: self.method.to_string(),
            path: masked_path(path),
            client: bearer.map(|bearer| bearer.client.id.clone()),
            refusal,
        })
    }
}
