//! Around every call of a program: its record is handed to the journal before its answer leaves, so
//! that whoever gets the answer finds the call at once.
//!
//! It stands outside the repetition of calls that met a changed world, so a call is recorded once,
//! by its final answer, and outside the faults, so it sees what struck and what would have been
//! answered. A caller who goes away before the answer leaves a record too: what was asked may have
//! been done. Of the control API the calls that change something are recorded, and only if they
//! did. Panics are answered further out and stand in the log alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{MatchedPath, OriginalUri, Request, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::timeout;

use super::call::request_id;
use super::faults::Struck;
use super::fresh_world::{RepeatableBody, program_code};
use super::openapi::ApiDocument;
use crate::app::Sim;
use crate::config::Client;
use crate::db::on_behalf_of;
use crate::journal::model::{
    Answered, Asked, BODY_READ_MAX, CallRecord, Kept, Kind, RawBody, StruckFault,
};
use crate::kernel::ids::{CallId, ProgramCode, RequestId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::world::World;

/// Operations of the control API that are not told: they ask or wait, they invent people whose
/// identity numbers are all there would be to tell, or they put a journal back as it was.
const QUIET: [&str; 6] = [
    "sim_verify_requests",
    "sim_audit_ledger",
    "sim_wait_for_events",
    "sim_invent_person",
    "sim_restore_snapshot",
    "sim_import_program",
];
/// The operation that begins the life of a world anew.
const RESET: &str = "sim_reset_program";

/// How long the body of a call that was struck before it was read is waited for.
const UNREAD_BODY: Duration = Duration::from_millis(100);

/// What the middleware works with.
#[derive(Debug, Clone)]
pub struct Recorder {
    sim: Sim,
    operations: Arc<Operations>,
}

impl Recorder {
    /// Records calls of the operations in this document.
    pub fn new(sim: Sim, document: &ApiDocument) -> Self {
        Self { sim, operations: Arc::new(Operations::of(document)) }
    }
}

/// The ids of operations, by the path and method that lead to them.
#[derive(Debug)]
struct Operations(HashMap<String, HashMap<Method, String>>);

impl Operations {
    fn of(document: &ApiDocument) -> Self {
        let mut known: HashMap<String, HashMap<Method, String>> = HashMap::new();
        for (path, method, operation) in document.operations() {
            let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes());
            if let (Ok(method), Some(id)) = (method, operation["operationId"].as_str()) {
                known.entry(path.to_owned()).or_default().insert(method, id.to_owned());
            }
        }
        Self(known)
    }

    fn id(&self, template: &str, method: &Method) -> Option<&str> {
        self.0.get(template)?.get(method).map(String::as_str)
    }
}

/// What is learnt of a call further in. A call that is repeated is learnt of again.
#[derive(Debug, Clone, Default)]
pub struct Seen(Arc<Mutex<Learnt>>);

#[derive(Debug, Default)]
struct Learnt {
    program: Option<ProgramCode>,
    world: Option<(Arc<World>, Timestamp)>,
    client: Option<Arc<Client>>,
}

impl Seen {
    /// The program of a call whose path names none.
    pub fn program(&self, program: &ProgramCode) {
        self.learnt().program = Some(program.clone());
    }

    /// The world that a call met, and its moment.
    pub fn world(&self, world: &Arc<World>, now: Timestamp) {
        self.learnt().world = Some((Arc::clone(world), now));
    }

    /// Who calls.
    pub fn client(&self, client: &Arc<Client>) {
        self.learnt().client = Some(Arc::clone(client));
    }

    fn learnt(&self) -> MutexGuard<'_, Learnt> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Records a call.
pub async fn record_calls(
    State(recorder): State<Recorder>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(mut open) = Open::of(&recorder, &mut request) else { return next.run(request).await };
    open.prepare().await;
    let response = on_behalf_of(open.id, next.run(request)).await;
    open.close(response).await
}

/// A call under way. Dropped before it is closed, it records that its caller has gone.
struct Open {
    recorder: Recorder,
    id: CallId,
    kind: Kind,
    seen: Seen,
    body: RepeatableBody,
    /// The program of the path, if it names one.
    program: Option<ProgramCode>,
    method: Method,
    /// As it was called, before its path was brought to form.
    called: Uri,
    plain_path: String,
    template: Option<MatchedPath>,
    request_id: Option<RequestId>,
    media_type: Option<String>,
    began: Instant,
    wall: Timestamp,
    /// What the world's clock showed before a control call.
    before: Option<Timestamp>,
    is_closed: bool,
}

impl Open {
    /// `None` for what is not recorded.
    fn of(recorder: &Recorder, request: &mut Request) -> Option<Self> {
        let path = request.uri().path();
        let is_control = path.starts_with("/_sim");
        let template = request.extensions().get::<MatchedPath>().cloned();
        let operation = template
            .as_ref()
            .and_then(|template| recorder.operations.id(template.as_str(), request.method()));
        let is_quiet = |id: &str| QUIET.contains(&id);
        if is_control && (request.method() == Method::GET || operation.is_none_or(is_quiet)) {
            return None;
        }
        let kind = match operation {
            Some(RESET) => Kind::Reset,
            _ if is_control => Kind::Control,
            _ => Kind::Call,
        };
        let (sim, seen) = (&recorder.sim, Seen::default());
        let original = request.extensions().get::<OriginalUri>();
        let called = original.map_or_else(|| request.uri().clone(), |OriginalUri(uri)| uri.clone());
        let (program, plain_path) = (program_code(path), path.to_owned());
        request.extensions_mut().insert(seen.clone());
        let wall = sim.worlds.wall();
        Some(Self {
            id: sim.journal.next_id(wall),
            kind,
            seen,
            body: RepeatableBody::share(request),
            program,
            method: request.method().clone(),
            called,
            plain_path,
            template,
            request_id: request_id(request.headers()).ok(),
            media_type: media_type(request.headers()),
            began: Instant::now(),
            wall,
            before: None,
            is_closed: false,
            recorder: recorder.clone(),
        })
    }

    fn operation(&self) -> Option<&str> {
        let template = self.template.as_ref()?;
        self.recorder.operations.id(template.as_str(), &self.method)
    }

    /// Before a control call: what the clock shows, which the call may move.
    async fn prepare(&mut self) {
        let Some(program) = self.program.as_ref().filter(|_| self.kind != Kind::Call) else {
            return;
        };
        let sim = &self.recorder.sim;
        sim.worlds.refresh(program);
        let world = sim.worlds.find(program).await.ok().flatten();
        self.before = world.map(|world| world.now(sim.worlds.wall()));
    }

    /// Records the call by its answer.
    async fn close(mut self, response: Response) -> Response {
        self.is_closed = true;
        if self.kind != Kind::Call && !response.status().is_success() {
            return response;
        }
        let Some((world, at)) = self.place().await else { return response };
        let Some(kept) = kept(&world) else { return response };
        let struck = response.extensions().get::<Struck>().cloned().unwrap_or_default();
        if kept.body_bytes > 0 && !struck.0.is_empty() {
            // A fault that strikes first leaves the body unread; what was sent is evidence too, but
            // a caller who is slow to send it is struck no later.
            let _ = timeout(UNREAD_BODY, self.body.read(&self.recorder.sim)).await;
        }
        let refusal = response.extensions().get::<Refusal>().cloned();
        let status = response.status().as_u16();
        // What a control call answered can be asked for again; what a partner was told cannot.
        let is_copied = kept.body_bytes > 0 && self.kind == Kind::Call;
        let (response, body) = with_copy(response, is_copied).await;
        let faults = struck.0.into_iter();
        let faults = faults.map(|one| StruckFault { fault_id: one.fault_id, kind: one.kind });
        let answered = Answered { status, body, refusal, faults: faults.collect() };
        self.hand_in((&world, kept, at), Some(answered));
        response
    }

    /// The world of the call, and the moment at which it came in. A call that was refused before it
    /// met its world, or that made it, meets it now.
    async fn place(&self) -> Option<(Arc<World>, Timestamp)> {
        let (named, met) = {
            let mut learnt = self.seen.learnt();
            (learnt.program.take(), learnt.world.take())
        };
        if met.is_some() {
            return met;
        }
        let program = self.program.clone().or(named)?;
        let sim = &self.recorder.sim;
        let world = sim.worlds.find(&program).await.ok().flatten()?;
        let now = world.now(sim.worlds.wall());
        // The call came in before it moved the clock on; after it, if it moved it back or began it.
        let at = self.before.map_or(now, |before| before.min(now));
        Some((world, at))
    }

    fn hand_in(&self, (world, kept, at): (&World, Kept, Timestamp), answered: Option<Answered>) {
        let caller = self.seen.learnt().client.as_ref().map(|client| client.id.clone());
        let bytes = self.body.so_far();
        let body = raw(self.media_type.clone(), bytes.as_deref(), kept.body_bytes > 0);
        let asked = Asked {
            method: self.method.as_str().to_owned(),
            path: self.called.path().to_owned(),
            plain_path: self.plain_path.clone(),
            query: self.called.query().map(str::to_owned),
            template: self.template.as_ref().map(|template| template.as_str().to_owned()),
            operation: self.operation().map(str::to_owned),
            request_id: self.request_id.as_ref().map(RequestId::canonical),
            caller,
            body,
        };
        let duration_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (id, kind, wall) = (self.id, self.kind, self.wall);
        let (program, life) = (world.code.clone(), world.edition.life);
        let record =
            CallRecord { id, kind, program, life, kept, at, wall, duration_ms, asked, answered };
        self.recorder.sim.journal.keep(record);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.is_closed || self.kind != Kind::Call || std::thread::panicking() {
            return;
        }
        let met = self.seen.learnt().world.take();
        let Some((world, at)) = met else { return };
        if let Some(kept) = kept(&world) {
            self.hand_in((&world, kept, at), None);
        }
    }
}

/// What the world wants to be kept, if anything.
fn kept(world: &World) -> Option<Kept> {
    let settings = &world.settings.journal;
    let kept = Kept {
        calls: usize::try_from(settings.calls).unwrap_or(0),
        body_bytes: usize::try_from(settings.body_bytes).unwrap_or(0),
    };
    (kept.calls > 0).then_some(kept)
}

/// The answer, and a copy of its body for the record.
async fn with_copy(response: Response, is_wanted: bool) -> (Response, RawBody) {
    let length = response.body().size_hint().exact();
    let media_type = media_type(response.headers());
    let short = length.filter(|length| is_wanted && *length <= BODY_READ_MAX);
    let Some(short) = short.and_then(|length| usize::try_from(length).ok()) else {
        return (response, RawBody { media_type, length, bytes: None });
    };
    let (parts, body) = response.into_parts();
    // A body of known length is there already: nothing is waited for.
    match to_bytes(body, short).await {
        Ok(bytes) => {
            let copy = raw(media_type, Some(&bytes), true);
            (Response::from_parts(parts, Body::from(bytes)), copy)
        }
        Err(cause) => {
            tracing::error!(%cause, "an answer was lost on its way out");
            (Response::from_parts(parts, Body::empty()), RawBody::default())
        }
    }
}

fn raw(media_type: Option<String>, bytes: Option<&[u8]>, is_wanted: bool) -> RawBody {
    let length = bytes.map(|bytes| bytes.len() as u64);
    let bytes = bytes.filter(|bytes| is_wanted && bytes.len() as u64 <= BODY_READ_MAX);
    RawBody { media_type, length, bytes: bytes.map(Into::into) }
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok().map(str::to_owned)
}
