//! Around the use case of every vendor call: faults on purpose that befall the call as a whole,
//! laid by a rule of its program or asked for in a header of the call itself.
//!
//! A fault strikes who has come through the door: token, request id and program are checked before,
//! so a call that is refused there uses no rule up. It stands inside the repetition of calls that
//! met a changed world, and what a call has met is remembered over repetitions. Whoever stands
//! further out, the journal among them, finds the [`Struck`] in the answer, also in one that is
//! never sent. Calls in a world without rules, and without the header, cost two look-ups in memory.
//!
//! Left out: rules for calls that belong to no program (token, health). They take the header.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::call::{Call, REQUEST_ID_HEADERS};
use super::connection::Cut;
use super::envelope::refused;
use super::error::{ApiError, ApiResult, WorldMoved};
use super::fresh_world::program_code;
use super::made_up;
use super::operations::{KnownOperation, Operations, befalls};
use crate::app::Sim;
use crate::db::without_commits;
use crate::kernel::codes;
use crate::kernel::ids::FaultId;
use crate::kernel::outcome::Refusal;
use crate::programs::faults::effect::DELAY_MS_MAX;
use crate::programs::faults::ops::{self, Blow};
use crate::programs::faults::{FaultEffect, Moment, header, notes};
use crate::programs::world::World;

/// The header that asks for a fault, and in the answer tells which ones struck.
pub const FAULT: HeaderName = HeaderName::from_static("x-piebox-fault");

/// A fault that struck a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strike {
    /// The rule; `None` if the call asked for the fault itself.
    pub fault_id: Option<FaultId>,
    /// The kind, as rules spell it.
    pub kind: &'static str,
}

/// Marks the answer of a call that faults struck.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Struck(pub Vec<Strike>);

impl Struck {
    /// The kinds, in the order in which they struck.
    pub fn kinds(&self) -> String {
        self.0.iter().map(|strike| strike.kind).collect::<Vec<_>>().join(", ")
    }
}

/// What one call has met so far, however often it is repeated.
#[derive(Debug, Clone, Default)]
pub struct Met(Arc<Mutex<Option<Doom>>>);

impl Met {
    fn recall(&self) -> Option<Doom> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, doom: &Doom) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(doom.clone());
    }
}

/// What is to befall a call.
#[derive(Debug, Clone, Default)]
struct Doom {
    /// Latencies, and at most one fault of another kind at the end.
    blows: Vec<Blow>,
    /// What the call asks for in the midst of its use case.
    own: Option<FaultEffect>,
    /// The world whose rules these are.
    world: Option<Arc<World>>,
}

/// Whom the middleware asks.
#[derive(Debug)]
pub struct Fates {
    sim: Sim,
    operations: Arc<Operations>,
}

/// Has faults befall a call.
pub async fn befall(State(fates): State<Arc<Fates>>, request: Request, next: Next) -> Response {
    let asks = request.headers().contains_key(&FAULT);
    if !asks && !fates.may_strike(request.uri().path()) {
        return next.run(request).await;
    }
    let Some(operation) = fates.operations.called(&request) else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    match fates.doom(&mut parts, operation).await {
        Ok(doom) => fates.carry_out(doom, Request::from_parts(parts, body), next).await,
        Err(error) => error.into_response(),
    }
}

impl Fates {
    /// Of these operations.
    pub fn of(sim: &Sim, operations: Arc<Operations>) -> Arc<Self> {
        Arc::new(Self { sim: sim.clone(), operations })
    }

    /// False if no rule can strike a call at this path. Waits for nothing.
    fn may_strike(&self, path: &str) -> bool {
        match program_code(path) {
            Some(code) => self.sim.worlds.may_have_faults(&code),
            // The one path that names an account and no program: only the call itself finds it.
            None => path.starts_with("/accounts/"),
        }
    }

    /// What is to befall a call. A call that does not come through the door meets nothing; the
    /// endpoint refuses it.
    async fn doom(&self, parts: &mut Parts, operation: &KnownOperation) -> ApiResult<Doom> {
        let call = match operation.is_of_program() {
            true => match Call::from_request_parts(parts, &self.sim).await {
                Ok(call) => Some(call),
                Err(_) => return Ok(Doom::default()),
            },
            false => None,
        };
        let met = parts.extensions.get::<Met>().cloned().unwrap_or_default();
        let doom = match met.recall() {
            Some(doom) => doom,
            None => self.meet(&parts.headers, operation, call.as_ref()).await?,
        };
        met.keep(&doom);
        if let Some(call) = call
            && doom.delay(Moment::Call).is_zero()
        {
            // It need not be checked twice; after a delay it would carry the wrong moment.
            parts.extensions.insert(call.asking(doom.own.clone()));
        }
        Ok(doom)
    }

    /// What a call meets for the first time: what it asks for, or else what rules bring.
    async fn meet(
        &self,
        headers: &HeaderMap,
        operation: &KnownOperation,
        call: Option<&Call>,
    ) -> ApiResult<Doom> {
        let world = call.map(|call| Arc::clone(&call.world));
        let mut doom = Doom { world, ..Doom::default() };
        match (self.asked(headers, operation, call)?, call) {
            (Some(blow), _) if blow.effect.is_of_use_case() => doom.own = Some(blow.effect),
            (Some(blow), _) => doom.blows.push(blow),
            (None, Some(call)) => {
                let target = call.fault_target(&operation.id);
                let about = call.world.faults_of_call(&target);
                let faults: Vec<_> =
                    about.filter(|fault| operation.can_suffer(&fault.rule.effect)).collect();
                let request_id = call.request_id.canonical();
                doom.blows = ops::befall(&self.sim.db, &call.world, &faults, &request_id).await?;
            }
            (None, None) => {}
        }
        Ok(doom)
    }

    /// The fault that a call asks for itself, in place of those that rules would bring.
    fn asked(
        &self,
        headers: &HeaderMap,
        operation: &KnownOperation,
        call: Option<&Call>,
    ) -> Result<Option<Blow>, ApiError> {
        let Some(value) = headers.get(&FAULT) else { return Ok(None) };
        let refused = |problem: String| -> ApiError {
            Refusal::of(&codes::FAULT_HEADER).saying(format!("X-Piebox-Fault {problem}")).into()
        };
        let template = self.sim.worlds.template();
        let settings = call.map_or(&template.faults, |call| &call.world.settings.faults);
        if !settings.by_header {
            return Err(refused("is not taken here: faults.byHeader is off.".to_owned()));
        }
        let text = value.to_str().map_err(|_| refused("holds no plain text".to_owned()))?;
        let effect = header::parse(text).map_err(refused)?;
        if !operation.can_suffer(&effect) {
            let (befalls, id) = (befalls(&effect), &operation.id);
            let problem = format!("X-Piebox-Fault: {befalls}, and {id} is none of them");
            return Err(Refusal::of(&codes::FAULT_HEADER).saying(problem).into());
        }
        let request_id = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name));
        let request_id = request_id.and_then(|id| id.to_str().ok()).unwrap_or_default();
        Ok(Some(Blow::asked(effect, call.map(|call| &*call.world), request_id)))
    }

    async fn carry_out(&self, mut doom: Doom, request: Request, next: Next) -> Response {
        let met = request.extensions().get::<Met>().cloned().unwrap_or_default();
        hold_up(doom.delay(Moment::Call)).await;
        let (response, noted) = notes::noting(self.strike(&mut doom, request, next)).await;
        if response.extensions().get::<WorldMoved>().is_some() {
            // The call comes again. It has waited, and what else it met is to strike then.
            doom.spend_delay(Moment::Call);
            met.keep(&doom);
            return response;
        }
        hold_up(doom.delay(Moment::Answer)).await;
        let of_call = doom.blows.iter().map(|blow| (blow.fault_id, blow.effect.kind()));
        let of_use_case = noted.into_iter();
        let strikes = of_call.chain(of_use_case).map(|(fault_id, kind)| Strike { fault_id, kind });
        marked(response, strikes.collect())
    }

    /// Runs the call with what strikes it.
    async fn strike(&self, doom: &mut Doom, request: Request, next: Next) -> Response {
        let Some(blow) = doom.blows.last().cloned() else { return next.run(request).await };
        match &blow.effect {
            FaultEffect::Status { .. } => made_up::status(&blow),
            FaultEffect::Reset {} => Cut::Reset.in_place_of(made_up::no_response()),
            FaultEffect::FailBeforeCommit {} => {
                self.fail_before_commit(doom, &blow, request, next).await
            }
            effect => {
                let response = next.run(request).await;
                if response.extensions().get::<WorldMoved>().is_some() {
                    return response;
                }
                match effect {
                    FaultEffect::LoseAnswer {} => Cut::Close.in_place_of(response),
                    FaultEffect::Empty { status } => made_up::empty(response, *status),
                    FaultEffect::Malformed { how } => made_up::malformed(response, *how).await,
                    _ => response,
                }
            }
        }
    }

    async fn fail_before_commit(
        &self,
        doom: &mut Doom,
        blow: &Blow,
        request: Request,
        next: Next,
    ) -> Response {
        let (response, came_to_commit) = without_commits(next.run(request)).await;
        if response.extensions().get::<WorldMoved>().is_some() {
            return response;
        }
        if came_to_commit {
            // What struck inside was to be counted by that commit.
            notes::forget();
            let facts = format!("{} made the commit fail; nothing is written", made_up::by(blow));
            return refused(&Refusal::of(&codes::COMMIT_FAILED).because(facts));
        }
        // It had nothing to commit: the rule is still to be used.
        doom.blows.pop();
        if let (Some(fault), Some(world)) = (blow.fault_id, &doom.world)
            && let Err(cause) = ops::spare(&self.sim.db, world, fault).await
        {
            let program = &world.code;
            tracing::warn!(%program, %fault, %cause, "a fault that did not strike stays counted");
        }
        response
    }
}

impl Doom {
    /// How long the call, or its answer, is held up; however many rules add to it.
    fn delay(&self, moment: Moment) -> Duration {
        let then = self.blows.iter().filter(|blow| blow.holds_up() == Some(moment));
        let sum = then.map(|blow| blow.delay_ms).sum::<u64>();
        Duration::from_millis(sum.min(u64::from(DELAY_MS_MAX)))
    }

    fn spend_delay(&mut self, moment: Moment) {
        for blow in self.blows.iter_mut().filter(|blow| blow.holds_up() == Some(moment)) {
            blow.delay_ms = 0;
        }
    }
}

/// Waits, if there is anything to wait for.
async fn hold_up(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// The answer with what struck it, for the caller and for those further out.
fn marked(mut response: Response, strikes: Vec<Strike>) -> Response {
    if strikes.is_empty() {
        return response;
    }
    let struck = Struck(strikes);
    if let Ok(value) = HeaderValue::from_str(&struck.kinds()) {
        response.headers_mut().insert(FAULT, value);
    }
    response.extensions_mut().insert(struck);
    response
}
