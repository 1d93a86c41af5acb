//! Playing a scenario: a world is set up, the steps are taken in order until one fails, and what
//! was made for the run is removed.
//!
//! `doing.rs` takes the steps, `state.rs` looks at the state of things.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tokio::time::timeout;

use super::document::FileProblem;
use super::matching::{Mismatch, shown};
use super::model::{ClockMode, ClockSetting, Either, ReceiverAnswer, ReceiverPlan, ReceiverWord};
use super::model::{Scenario, Step};
use super::read::{ONLY_RECEIVER, Read};
use super::references::{self, Budget};
use super::report::{AnswerReport, Report, StepProblem, StepReport, StepResult};
use super::scope::{Kept, Scope, merge};
use super::stage::{Answer, Stage};
use super::title::title;
use super::words::with_meant;
use crate::crypto::PublicKey;
use crate::http::envelope::EXPLAIN;
use crate::kernel::secrets;
use crate::kernel::source::derive;
use crate::receiver::{Answer as Reply, Receiver, ReceiverOptions};

/// The header that asks for a fault in one call.
pub(super) const FAULT_HEADER: &str = "X-Piebox-Fault";
/// The moment at which the clock of a fresh program stands.
const FIRST_MOMENT: &str = "2031-05-06T10:00:00Z";
/// How long a step may take.
const STEP_LIMIT: Duration = Duration::from_secs(60);
/// Silence of a receiver that does not say how long: longer than any `webhooks.timeout_ms`, so that
/// it is always the simulator that gives up. It ends with the receiver.
const SILENCE: Duration = Duration::from_secs(15 * 60);
/// Longest body that a report shows, in characters.
const BODY_SHOWN: usize = 800;

/// How to play.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// The code of the program that is made if the scenario names none. It must be unused.
    pub fresh_program: String,
    /// Whether that program is left behind.
    pub keep: bool,
}

/// Why a step could not be taken, or what it found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub mismatches: Vec<Mismatch>,
    /// Calls with their answers; the last one is told where the step failed.
    pub calls: Vec<Kept>,
}

/// A scenario that is being played.
pub(super) struct Run<'a> {
    pub stage: &'a Stage,
    pub scope: Scope,
    pub receivers: BTreeMap<String, Receiver>,
    /// The partner's access token, while it is fresh.
    pub token: Option<String>,
    /// The key that user data is sealed to, where it is.
    pub key: Option<PublicKey>,
    pub is_sealed: bool,
    /// Request ids given out so far.
    pub requests: u64,
}

/// Why the world could not be set up.
#[derive(Debug)]
enum Unready {
    /// The file asks for what there cannot be: the member, and what is wrong with it.
    WrongFile(String, String),
    /// It was no fault of the file.
    NotDone(String),
}

impl Unready {
    fn wrong(member: impl Into<String>) -> impl FnOnce(String) -> Self {
        let member = member.into();
        |problem| Self::WrongFile(member, problem)
    }
}

impl From<String> for Unready {
    fn from(why: String) -> Self {
        Self::NotDone(why)
    }
}

/// Plays a scenario.
///
/// # Errors
///
/// What is wrong with the file, where only setting up the world can tell: settings that the
/// simulator refuses, references that lead nowhere or make too much.
pub async fn run(stage: &Stage, read: &Read, options: &RunOptions) -> Result<Report, FileProblem> {
    let started = Instant::now();
    let scenario = &read.scenario;
    let is_fresh = scenario.program.is_none();
    let program = scenario.program.clone().unwrap_or_else(|| options.fresh_program.clone());
    let seed = scenario.seed.as_ref().map_or(&scenario.name, |seed| &seed.0).clone();
    let scope = Scope {
        seed: derive(&[0; 32], &["scenario", &seed]),
        program: program.clone(),
        ..Scope::default()
    };
    let mut run = Run {
        stage,
        scope,
        receivers: BTreeMap::new(),
        token: None,
        key: None,
        is_sealed: is_sealed(scenario),
        requests: 0,
    };
    let steps = match run.set_up(scenario, &seed).await {
        Ok(()) => Ok(run.play(read, Ok(())).await),
        Err(Unready::NotDone(why)) => Ok(run.play(read, Err(why)).await),
        Err(Unready::WrongFile(member, problem)) => Err(read.problem(&member, problem)),
    };
    for (_, receiver) in std::mem::take(&mut run.receivers) {
        receiver.stop().await;
    }
    if is_fresh && !options.keep {
        let path = format!("/_sim/v1/programs/{program}");
        stage.control("DELETE", &path, None).await;
    }
    let steps = steps?;
    Ok(Report {
        name: scenario.name.clone(),
        passed: steps.iter().all(|step| step.result == StepResult::Passed),
        program,
        seed,
        proves: scenario.proves.clone(),
        took_ms: millis(started.elapsed()),
        steps,
    })
}

fn is_sealed(scenario: &Scenario) -> bool {
    let mode = scenario.settings.get("encryption").and_then(|it| it.get("mode"));
    scenario.sealed || mode.and_then(Json::as_str) == Some("required")
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl RunOptions {
    /// In a program with a code that nobody else draws.
    ///
    /// # Errors
    ///
    /// When the machine has no randomness.
    pub fn fresh(keep: bool) -> Result<Self, getrandom::Error> {
        let mut random = [0u8; 8];
        getrandom::fill(&mut random)?;
        let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { fresh_program: format!("s-{digits}"), keep })
    }
}

impl Run<'_> {
    /// The world, its endpoints and its people.
    async fn set_up(&mut self, scenario: &Scenario, seed: &str) -> Result<(), Unready> {
        // What is made here stays until the end, so all of it together has one budget.
        let mut budget = Budget::default();
        let order = references::in_order(&scenario.variables).map_err(ring);
        for name in order.map_err(Unready::wrong("variables"))? {
            let value = references::value(&scenario.variables[name], &self.scope, &mut budget);
            let value = value.map_err(Unready::wrong(format!("variables.{name}")))?;
            self.scope.variables.insert(name.to_owned(), value);
        }
        let mut settings = json!({});
        if scenario.program.is_none() {
            let clock = json!({ "mode": "frozen", "now": FIRST_MOMENT });
            settings = json!({ "seed": seed, "clock": clock });
        } else if scenario.seed.is_some() {
            settings = json!({ "seed": seed });
        }
        let clock = scenario.clock.as_ref().map(clock_document);
        if let Some(clock) = &clock {
            settings["clock"] = clock.clone();
        }
        let given = Json::Object(scenario.settings.clone());
        let given = references::value(&given, &self.scope, &mut budget);
        let given = given.map_err(Unready::wrong("settings"))?;
        let endpoints = self.start_receivers(scenario, &mut budget).await?;
        if !endpoints.is_empty() {
            settings["webhooks"] = Json::Array(endpoints);
        }
        if let Json::Object(given) = &given {
            merge(&mut settings, given);
        }
        self.put_settings(scenario, settings).await?;
        if let (Some(clock), Some(_)) = (clock, &scenario.program) {
            // The settings say how a clock begins; one that is there is set.
            self.must("PUT", "/clock", Some(clock)).await?;
        }
        self.invent_people(scenario, &mut budget).await
    }

    /// All are invented first, in the order of their names, so that they are the same whoever
    /// refers to whom. Then each is changed as the file says, behind those that it refers to.
    async fn invent_people(
        &mut self,
        scenario: &Scenario,
        budget: &mut Budget,
    ) -> Result<(), Unready> {
        for (name, plan) in &scenario.people {
            let wish = json!({ "outcome": plan.outcome() });
            let invented = self.must("POST", "/people", Some(wish)).await;
            let invented = invented.map_err(|why| format!("people.{name}: {why}"))?;
            self.scope.people.insert(name.clone(), invented.body["userData"].clone());
        }
        let changes = scenario.changes_of_people();
        let order = references::in_order(&changes).map_err(ring);
        for name in order.map_err(Unready::wrong("people"))? {
            let change = references::value(&changes[name], &self.scope, budget);
            let change = change.map_err(Unready::wrong(format!("people.{name}.userData")))?;
            if let (Json::Object(change), Some(person)) = (change, self.scope.people.get_mut(name))
            {
                merge(person, &change);
            }
        }
        Ok(())
    }

    /// Makes the program. What the simulator refuses is told by its place in the file.
    async fn put_settings(&self, scenario: &Scenario, settings: Json) -> Result<(), Unready> {
        let path = format!("/_sim/v1/programs/{}", self.scope.program);
        let answer = self.stage.control("PUT", &path, Some(settings)).await;
        let detail = answer.body["detail"].as_str().unwrap_or("no reason given");
        match answer.status {
            Some(200..=299) => Ok(()),
            Some(400) => {
                let (member, problem) = detail.split_once(": ").unwrap_or(("", detail));
                let member = of_receiver(scenario, member).unwrap_or_else(|| {
                    format!("settings{}{member}", if member.is_empty() { "" } else { "." })
                });
                Err(Unready::wrong(member)(with_meant(problem.to_owned())))
            }
            _ => Err(Unready::NotDone(format!("settings: {detail}"))),
        }
    }

    /// The endpoints as the settings have them.
    async fn start_receivers(
        &mut self,
        scenario: &Scenario,
        budget: &mut Budget,
    ) -> Result<Vec<Json>, Unready> {
        let only = BTreeMap::from([(ONLY_RECEIVER.to_owned(), ReceiverPlan::default())]);
        let plans = if scenario.has_only_receiver() { &only } else { &scenario.receivers };
        let mut endpoints = Vec::new();
        for (name, plan) in plans {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let receiver = Receiver::start(address, ReceiverOptions::default()).await;
            let receiver = receiver.map_err(|cause| format!("receivers.{name}: {cause}"))?;
            receiver.answer_next(plan.answers.iter().map(reply));
            if let Some(then) = &plan.then {
                receiver.answer_with(reply(then));
            }
            let mut endpoint = json!({
                "url": receiver.url(),
                "eventTypes": plan.event_types.clone().unwrap_or_else(|| vec!["*".to_owned()]),
                "retry": { "enabled": plan.retry },
            });
            if let Some(auth) = &plan.auth {
                let auth = references::value(auth, &self.scope, budget);
                endpoint["auth"] =
                    auth.map_err(Unready::wrong(format!("receivers.{name}.auth")))?;
            }
            endpoints.push(endpoint);
            self.scope.receivers.insert(name.clone(), receiver.url());
            self.receivers.insert(name.clone(), receiver);
        }
        Ok(endpoints)
    }

    async fn play(&mut self, read: &Read, ready: Result<(), String>) -> Vec<StepReport> {
        let mut reports = Vec::new();
        let mut goes_on = ready.is_ok();
        if let Err(why) = ready {
            let report = StepReport {
                number: 0,
                line: 1,
                title: "set the stage".to_owned(),
                result: StepResult::Failed,
                took_ms: 0,
                problems: vec![StepProblem { at: "setup".to_owned(), expected: None, came: why }],
                answer: None,
            };
            reports.push(report);
        }
        for (at, step) in read.scenario.steps.iter().enumerate() {
            let mut report = StepReport {
                number: at + 1,
                line: read.line(at),
                title: title(&step.kind),
                result: StepResult::Skipped,
                took_ms: 0,
                problems: Vec::new(),
                answer: None,
            };
            if goes_on {
                self.take(step, &mut report).await;
                goes_on = report.result == StepResult::Passed;
            }
            reports.push(report);
        }
        reports
    }

    async fn take(&mut self, step: &Step, report: &mut StepReport) {
        let started = Instant::now();
        let taken = match timeout(STEP_LIMIT, self.step(step)).await {
            Ok(taken) => taken,
            Err(_) => Err(format!("took longer than {} seconds", STEP_LIMIT.as_secs())),
        };
        report.took_ms = millis(started.elapsed());
        match taken {
            Ok(found) => {
                let told = found.mismatches.into_iter().map(|wrong| StepProblem {
                    at: wrong.at,
                    expected: Some(wrong.expected),
                    came: wrong.came,
                });
                report.problems = told.collect();
                if !report.problems.is_empty() {
                    report.answer = found.calls.last().map(told_answer);
                }
            }
            Err(why) => {
                let at = "cannot be done".to_owned();
                report.problems.push(StepProblem { at, expected: None, came: why });
            }
        }
        report.result = match report.problems.is_empty() {
            true => StepResult::Passed,
            false => StepResult::Failed,
        };
    }

    /// A call of the control API on the program that must succeed.
    pub async fn must(
        &self,
        method: &str,
        rest: &str,
        body: Option<Json>,
    ) -> Result<Answer, String> {
        let path = format!("/_sim/v1/programs/{}{rest}", self.scope.program);
        let answer = self.stage.control(method, &path, body).await;
        match answer.status {
            Some(200..=299) => Ok(answer),
            Some(status) => Err(match answer.body["detail"].as_str() {
                Some(detail) => detail.to_owned(),
                None => format!("{method} {path} was answered {status}"),
            }),
            None => Err(format!("{method} {path} was not answered")),
        }
    }
}

/// What is wrong with names that refer to one another in a ring.
fn ring(names: Vec<&str>) -> String {
    format!("go round: {}", names.join(", "))
}

/// `receivers.hooks.auth` for the member `webhooks[0].auth` of the settings, where the endpoints
/// are those of the receivers.
fn of_receiver(scenario: &Scenario, member: &str) -> Option<String> {
    let (index, rest) = member.strip_prefix("webhooks[")?.split_once(']')?;
    let name = scenario.receivers.keys().nth(index.parse().ok()?)?;
    let is_told = scenario.settings.contains_key("webhooks");
    (!is_told).then(|| format!("receivers.{name}{rest}"))
}

pub(super) fn clock_document(clock: &Either<String, ClockSetting>) -> Json {
    match clock {
        Either::Short(word) if word == "running" || word == "frozen" => json!({ "mode": word }),
        Either::Short(moment) => json!({ "mode": "frozen", "now": moment }),
        Either::Long(setting) => {
            let mut clock = json!({ "mode": setting.mode.unwrap_or(ClockMode::Frozen) });
            if let Some(now) = &setting.now {
                clock["now"] = json!(now);
            }
            clock
        }
    }
}

pub(super) fn reply(answer: &ReceiverAnswer) -> Reply {
    match answer {
        ReceiverAnswer::Status(status) => Reply::Status(*status),
        ReceiverAnswer::Word(ReceiverWord::Acknowledge) => Reply::Acknowledge,
        ReceiverAnswer::Word(ReceiverWord::NoEcho) => Reply::NoEcho,
        ReceiverAnswer::Word(ReceiverWord::Refuse) => Reply::Code(1),
        ReceiverAnswer::Word(ReceiverWord::Silence) => Reply::HangUp(SILENCE),
        ReceiverAnswer::Silence(bounded) => Reply::HangUp(bounded.silence.span()),
    }
}

fn told_answer(kept: &Kept) -> AnswerReport {
    let answer = &kept.answer;
    let call = kept.sent.as_ref().map(|sent| format!("{} {}", sent.method, sent.path));
    let description = answer.detail("description").and_then(Json::as_str).unwrap_or_default();
    let text = match &answer.body {
        Json::Null => String::new(),
        body => secrets::covered(body.clone()).to_string(),
    };
    let cut = text.char_indices().nth(BODY_SHOWN);
    AnswerReport {
        call: call.unwrap_or_default(),
        request_id: Some(kept.request_id.clone()).filter(|id| !id.is_empty()),
        status: answer.status,
        said: answer.code().map(|code| format!("{code} {description}")),
        explanation: answer.header(EXPLAIN.as_str()).map(str::to_owned),
        body: cut.map_or_else(|| text.clone(), |(cut, _)| format!("{} …", &text[..cut])),
    }
}

/// A mismatch of this step's own making.
pub(super) fn differs(at: &str, expected: &Json, came: &Json) -> Mismatch {
    Mismatch { at: at.to_owned(), expected: shown(expected), came: shown(came) }
}
