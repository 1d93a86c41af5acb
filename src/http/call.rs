//! The way into every call on a program: token, request id, program, in the vendor's order.
//!
//! Order of checks: prefix, format and signature of the token; its age on the world's clock;
//! whether the client is entitled to the program; its scope; the request id; whether the program
//! is known.
//! Everything after that is the endpoint's.

use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::auth::{Bearer, is_entitled};
use super::error::{ApiError, ApiResult};
use super::journal::Seen;
use crate::app::Sim;
use crate::config::Client;
use crate::db::DbError;
use crate::kernel::codes;
use crate::kernel::ids::{AccountId, IdProblem, ProgramCode, RequestId};
use crate::kernel::outcome::Refusal;
use crate::kernel::time::Timestamp;
use crate::programs::faults::{Fault, FaultEffect, FaultTarget};
use crate::programs::settings::TimeSource;
use crate::programs::world::World;

/// The partner's request id, as the vendor spells it and as one page spells it.
pub const REQUEST_ID_HEADERS: [&str; 2] = ["x-gd-requestid", "x-gd-request-id"];

/// An authorised call on a known program.
#[derive(Debug, Clone)]
pub struct Call {
    /// The program of the path.
    pub world: Arc<World>,
    /// The request id.
    pub request_id: RequestId,
    /// The world's moment at which the call came in.
    pub now: Timestamp,
    /// Who calls.
    pub client: Arc<Client>,
    method: Method,
    template: String,
    path: String,
    /// What the call has asked for, to strike in the midst of its use case.
    own_fault: Option<Arc<Fault>>,
}

impl Call {
    /// The same call, with what it asks to strike in the midst of its use case.
    #[must_use]
    pub fn asking(self, effect: Option<FaultEffect>) -> Self {
        Self { own_fault: effect.map(|effect| Arc::new(Fault::asked(effect))), ..self }
    }

    /// Faults that strike this call in the midst of its use case: its own, then those of rules.
    pub fn faults_for<'c>(
        &'c self,
        target: &'c FaultTarget<'c>,
    ) -> impl Iterator<Item = &'c Fault> {
        self.own_fault.as_deref().into_iter().chain(self.world.faults_for(target))
    }

    /// The call as fault rules see it.
    pub fn fault_target<'a>(&'a self, operation: &'a str) -> FaultTarget<'a> {
        FaultTarget {
            method: self.method.as_str(),
            template: &self.template,
            path: &self.path,
            operation,
            caller: &self.client.id,
        }
    }

    /// Goes on if the world has not changed since, or has the call repeated. For calls that read
    /// nothing else; one trip where several processes share the database, none elsewhere.
    pub async fn expect_fresh(&self, sim: &Sim) -> ApiResult<()> {
        let is_fresh = sim.worlds.is_fresh(&self.world.code).await?;
        if is_fresh { Ok(()) } else { Err(DbError::WorldMoved.into()) }
    }

    /// Goes on with rows that carry the version of the world they were read in, or has the call
    /// repeated if the world has changed since.
    pub fn expect_version(&self, version: i64) -> ApiResult<()> {
        if version == self.world.edition.version { Ok(()) } else { Err(DbError::WorldMoved.into()) }
    }
}

impl FromRequestParts<Sim> for Call {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sim: &Sim) -> Result<Self, ApiError> {
        // Somebody further out has looked already.
        if let Some(call) = parts.extensions.remove::<Call>() {
            return Ok(call);
        }
        let template = parts.extensions.get::<MatchedPath>().map(|path| path.as_str().to_owned());
        let template = template.unwrap_or_default();
        let seen = parts.extensions.get::<Seen>().cloned().unwrap_or_default();
        let bearer = sim.tokens.read(&parts.headers, &template)?;
        seen.client(&bearer.client);
        let code = program_code(parts, sim, &bearer, &seen).await?;
        let known = match &code {
            Ok(code) => sim.worlds.find(code).await?,
            Err(_) => None,
        };
        if let Some(world) = &known {
            seen.world(world, world.now(sim.worlds.wall()));
        }
        authorise(sim, &bearer, code.as_ref().ok(), known.as_deref())?;
        let request_id = request_id(&parts.headers)?;
        let world = match known {
            Some(world) => world,
            None => sim.worlds.enter(&code?).await?.ok_or(&codes::UNKNOWN_PROGRAM)?,
        };
        let now = world.now(sim.worlds.wall());
        seen.world(&world, now);
        Ok(Self {
            now,
            world,
            request_id,
            client: bearer.client,
            method: parts.method.clone(),
            template,
            path: parts.uri.path().to_owned(),
            own_fault: None,
        })
    }
}

/// The program that the path names, by its code or, on the one path without it, by an account.
async fn program_code(
    parts: &mut Parts,
    sim: &Sim,
    bearer: &Bearer,
    seen: &Seen,
) -> Result<Result<ProgramCode, Refusal>, DbError> {
    let params = RawPathParams::from_request_parts(parts, sim).await;
    let unknown = |facts: String| Refusal::of(&codes::UNKNOWN_PROGRAM).because(facts);
    let params = match params {
        Ok(params) => params,
        Err(cause) => return Ok(Err(unknown(cause.to_string()))),
    };
    let given = |name: &str| params.iter().find(|(known, _)| *known == name).map(|(_, v)| v);
    match (given("programCode"), path_id(&params, "accountIdentifier")) {
        (None, Ok(account)) => program_of(sim, bearer, account, seen).await,
        (None, Err(refusal)) => Ok(Err(refusal)),
        (Some(code), _) => Ok(ProgramCode::from_str(code)
            .map_err(|problem| unknown(format!("the program code {code:?} {problem}")))),
    }
}

/// The one program of the client that holds an account. Several may, since ids follow from seeds;
/// to guess among them would change somebody else's account.
async fn program_of(
    sim: &Sim,
    bearer: &Bearer,
    account: AccountId,
    seen: &Seen,
) -> Result<Result<ProgramCode, Refusal>, DbError> {
    let mut holding = sim.worlds.holding(account).await?;
    holding.retain(|code| is_entitled(&bearer.client, code));
    let count = holding.len();
    Ok(match (holding.pop(), count) {
        (Some(code), 1) => {
            // Nobody further out knows the program, to have the call repeated with a fresh copy.
            sim.worlds.refresh(&code);
            seen.program(&code);
            Ok(code)
        }
        (last, _) => {
            holding.extend(last);
            let codes: Vec<&str> = holding.iter().take(5).map(ProgramCode::as_str).collect();
            Err(Refusal::of(&codes::ACCOUNT_NOT_FOUND).because(format!(
                "{count} programs of client {} hold account {account} ({}); without its program \
                 an account is found where one does, as with a client that has one program",
                bearer.client.id,
                codes.join(", ")
            )))
        }
    })
}

/// A GUID of the path; `name` is the parameter's.
pub fn path_id<T: FromStr<Err = IdProblem>>(
    path: &RawPathParams,
    name: &'static str,
) -> Result<T, Refusal> {
    let given = path.iter().find(|(known, _)| *known == name).map_or("", |(_, v)| v);
    T::from_str(given)
        .map_err(|problem| Refusal::of(&codes::PATH_ID_NO_GUID).saying(format!("{name} {problem}")))
}

/// The checks that answer 401. A token ages on the clock that its world's settings name; used in no
/// known world, on the wall clock.
fn authorise(
    sim: &Sim,
    bearer: &Bearer,
    code: Option<&ProgramCode>,
    world: Option<&World>,
) -> ApiResult<()> {
    let wall = sim.worlds.wall();
    let by_world = world.filter(|w| w.settings.token_times.access == TimeSource::World);
    let (issued, now) = match by_world {
        Some(world) => (world.clock.shown_at(bearer.issued_at), world.now(wall)),
        None => (bearer.issued_at, wall),
    };
    if sim.tokens.is_expired(issued, now) {
        let whose = if by_world.is_some() { "the program" } else { "the wall" };
        let facts = format!("issued at {issued}, now {now} on the clock of {whose}");
        return Err(Refusal::of(&codes::EXPIRED_TOKEN).because(facts).into());
    }
    if let Some(code) = code.filter(|code| !is_entitled(&bearer.client, code)) {
        let facts = format!("client {} is not entitled to program {code}", bearer.client.id);
        return Err(Refusal::of(&codes::NOT_ENTITLED).because(facts).into());
    }
    if !sim.tokens.has_scope(bearer) {
        return Err((&codes::OUT_OF_SCOPE).into());
    }
    Ok(())
}

/// Reads the request id of a call.
pub fn request_id(headers: &HeaderMap) -> Result<RequestId, Refusal> {
    let given = REQUEST_ID_HEADERS.iter().find_map(|name| headers.get(*name));
    let refused = |facts: String| Refusal::of(&codes::REQUEST_ID_NO_GUID).because(facts);
    let given = given.ok_or_else(|| refused("the header X-GD-RequestId is missing".to_owned()))?;
    let text = given.to_str().map_err(|_| refused("the header holds no plain text".to_owned()))?;
    text.parse().map_err(|_| refused(format!("the header holds {text:?}")))
}
