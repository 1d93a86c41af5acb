//! Words in a scenario that can be known to be wrong before anything runs: calls, actions,
//! settings, faults, spans, moments, types of events, and expectations that expect nothing, which
//! would pass whatever came.
//!
//! References to variables are followed first, as far as the file itself tells what they lead to. A
//! word with another one in it is known only when its step is taken. What a step says is to be
//! refused may be wrong.

use serde_json::Value as Json;

use super::expectations::{
    AnswerExpectation, Counts, ListExpectation, Standing, StateExpectation, WebhookExpectation,
};
use super::fitting::Misfit;
use super::model::{ActStep, CallStep, ClockSetting, ControlStep, Either, Object, StepKind};
use super::read::method_and_path;
use super::served::{self, Taken};
use super::stand_ins::{self, refers};
use super::state;
use crate::kernel::catalogue;
use crate::kernel::durations::Duration;
use crate::kernel::events::EVENT_TYPES;
use crate::kernel::nearest::nearest;
use crate::kernel::strict_json;
use crate::kernel::time::Timestamp;
use crate::programs::faults::{FaultRule, header};
use crate::sim::{action_names, action_problem};

/// The parameter of a path that comes by itself.
const PROGRAM_CODE: &str = "programCode";
/// States of deliveries.
const STATES: &[&str] = &["pending", "delivered", "failed", "dropped"];

/// The member, below what was looked at, and what is wrong with it.
pub(super) type Wrong = (String, String);

type Judged = Result<(), Wrong>;

fn wrong(member: impl Into<String>, problem: impl Into<String>) -> Judged {
    Err((member.into(), problem.into()))
}

/// The words of a step.
pub(super) fn of_step(kind: &StepKind) -> Judged {
    match kind {
        StepKind::Enroll(step) => fault(step.fault.as_deref())?,
        StepKind::Call(step) => {
            fault(step.fault.as_deref())?;
            call(step)?;
        }
        StepKind::Repeat(step) => fault(step.fault.as_deref())?,
        StepKind::Adjust(step) => fault(step.fault.as_deref())?,
        StepKind::Act(step) => act(step)?,
        StepKind::Advance(step) => match &step.advance {
            Either::Short(by) if refers(by) => {}
            Either::Short(by) => {
                by.parse::<Duration>().map_err(|why| ("advance".to_owned(), why.to_string()))?;
            }
            Either::Long(goal) => moment("advance.to", &goal.to)?,
        },
        StepKind::Clock(step) => clock(&step.clock)?,
        StepKind::FaultRule(step) => match &step.fault_rule {
            Either::Short(_) => {}
            Either::Long(rule) => fault_rule("faultRule", rule)?,
        },
        StepKind::Wait(step) => within(step.within.as_deref())?,
        StepKind::Expect(step) => {
            within(step.within.as_deref())?;
            of_state(&step.expect)?;
        }
        StepKind::Settings(step) => settings("settings", &step.settings)?,
        StepKind::Control(step) => control(step)?,
        StepKind::Receiver(_) => {}
    }
    match kind.answer().and_then(|expected| expected.account.as_ref()) {
        Some(account) => standing("expect.account", account),
        None => Ok(()),
    }
}

/// Whether an answer is expected that tells of a wrong call: such a call may be written.
fn is_to_fail(expected: Option<&AnswerExpectation>, from: u16) -> bool {
    expected.and_then(|it| it.status).is_some_and(|status| status >= from)
}

fn call(step: &CallStep) -> Judged {
    if step.call.contains(char::is_whitespace) {
        let (method, path) =
            method_and_path(&step.call).map_err(|problem| ("call".to_owned(), problem))?;
        let is_to_miss = is_to_fail(step.expect.as_ref(), 404);
        return match served::vendor_problem(method, path).filter(|_| !is_to_miss) {
            Some(problem) => wrong("call", problem),
            None => match step.path.keys().next() {
                Some(name) => {
                    wrong(format!("path.{name}"), "stands in the path of the call itself")
                }
                None => Ok(()),
            },
        };
    }
    let all = || catalogue::banking().map(|(_, operation)| operation);
    let Some(operation) = all().find(|operation| operation.slug == step.call) else {
        let slugs = all().map(|operation| operation.slug);
        let near = nearest(&step.call, slugs).map(|near| format!("; did you mean {near}?"));
        let problem = format!("{} is neither a method with a path nor an operation", step.call);
        return wrong("call", format!("{problem}{}", near.unwrap_or_default()));
    };
    path_values(&step.path, operation.path)
}

/// The values of the path of an operation: all that it needs, and no others.
fn path_values(given: &Object, path: &str) -> Judged {
    let names: Vec<&str> = served::parameters(path).collect();
    if let Some(name) = given.keys().find(|name| !names.contains(&name.as_str())) {
        let near = nearest(name, names).map(|near| format!("; did you mean {near}?"));
        let problem = format!("no parameter is called {name}: {path}");
        return wrong(format!("path.{name}"), format!("{problem}{}", near.unwrap_or_default()));
    }
    match names.iter().find(|name| **name != PROGRAM_CODE && !given.contains_key(**name)) {
        Some(name) => wrong("path", format!("{name} is needed: {path}")),
        None => Ok(()),
    }
}

fn control(step: &ControlStep) -> Judged {
    let (method, path) =
        method_and_path(&step.control).map_err(|problem| ("control".to_owned(), problem))?;
    if is_to_fail(step.expect.as_ref(), 404) {
        return Ok(());
    }
    if let Some(problem) = served::control_problem(method, path) {
        return wrong("control", problem);
    }
    let body = step.body.as_ref().filter(|_| !is_to_fail(step.expect.as_ref(), 400));
    match body.zip(served::control_body(method, path)) {
        Some((body, taken)) => control_body(body, taken),
        None => Ok(()),
    }
}

/// The body of a control call. A text is sent as it is.
fn control_body(body: &Json, taken: Taken) -> Judged {
    let Json::Object(members) = body else { return Ok(()) };
    match taken {
        Taken::Settings => settings("body", members),
        Taken::FaultRule => fault_rule("body", members),
        Taken::Action => {
            let word = members.get("action").and_then(Json::as_str);
            word.map_or(Ok(()), |word| one_of("body.action", word, &action_names()))?;
            action("body", body)
        }
        Taken::Documented(schema) => {
            if let Some(misfit) = served::body_misfit(schema, body) {
                return misfitting("body", misfit);
            }
            within(body["within"].as_str()).map_err(|(member, why)| (format!("body.{member}"), why))
        }
    }
}

fn act(step: &ActStep) -> Judged {
    one_of("act", &step.act, &action_names())?;
    if is_to_fail(step.expect.as_ref(), 400) {
        return Ok(());
    }
    let mut body = step.members.clone();
    body.insert("action".to_owned(), Json::String(step.act.clone()));
    action("with", &Json::Object(body))
}

/// The members of an action.
fn action(member: &str, body: &Json) -> Judged {
    match stand_ins::problem(body, action_problem) {
        Some(found) => misfitting(member, (found.member, found.problem)),
        None => Ok(()),
    }
}

/// Settings, as far as their members are known without a simulator.
pub(super) fn settings(member: &str, change: &Object) -> Judged {
    match served::settings_misfit(&Json::Object(change.clone())) {
        Some(misfit) => misfitting(member, misfit),
        None => Ok(()),
    }
}

fn misfitting(member: &str, (inner, problem): Misfit) -> Judged {
    let inner = inner.trim_start_matches('.');
    // The reader of a choice, and a rule, name the member in their words alone.
    let is_of_name = |c: char| c.is_alphanumeric() || c == '.';
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_of_name);
    let (inner, problem) = match problem.split_once(": ") {
        Some((name, rest)) if is_name(name) && name.starts_with(inner) => (name, rest),
        _ => (inner, problem.as_str()),
    };
    let dot = if inner.is_empty() { "" } else { "." };
    wrong(format!("{member}{dot}{inner}"), with_meant(problem.to_owned()))
}

/// How a clock is to go, in the member `clock`.
pub(super) fn clock(clock: &Either<String, ClockSetting>) -> Judged {
    match clock {
        Either::Short(word) if word == "running" || word == "frozen" => Ok(()),
        Either::Short(text) => moment("clock", text),
        Either::Long(setting) => match &setting.now {
            Some(now) => moment("clock.now", now),
            None => Ok(()),
        },
    }
}

fn moment(member: &str, text: &str) -> Judged {
    if refers(text) || Timestamp::parse(text).is_some() {
        return Ok(());
    }
    wrong(member, format!("{text:?} is no moment, as 2031-05-06T10:00:00Z is"))
}

fn within(text: Option<&str>) -> Judged {
    match text.filter(|text| !refers(text)).map(state::within) {
        Some(Err(problem)) => wrong("within", problem),
        _ => Ok(()),
    }
}

fn fault(text: Option<&str>) -> Judged {
    match text.filter(|text| !refers(text)).map(header::parse) {
        Some(Err(problem)) => wrong("fault", with_meant(problem)),
        _ => Ok(()),
    }
}

fn fault_rule(member: &str, rule: &Object) -> Judged {
    let document = Json::Object(rule.clone());
    let misread = |it: &Json| strict_json::read::<FaultRule>(it).err();
    if let Some(found) = stand_ins::problem(&document, misread) {
        return misfitting(member, (found.member, found.problem));
    }
    // What a condition refers to only makes the rule narrower: what cannot be without it cannot be.
    let Ok(known) = strict_json::read::<FaultRule>(&stand_ins::without_references(&document))
    else {
        return Ok(());
    };
    match known.problem().or_else(|| served::fault_problem(&known)) {
        Some(problem) => misfitting(member, (String::new(), problem)),
        None => Ok(()),
    }
}

/// The words of a reader, which may begin with a member, and the nearest right name.
pub(super) fn with_meant(problem: String) -> String {
    let words = problem.find("unknown ").map_or("", |at| &problem[at..]);
    match meant(words) {
        Some(near) => format!("{problem}; did you mean {near}?"),
        None => problem,
    }
}

/// ``unknown field `statsu`, expected one of `status`, `code` `` names the one that is nearest.
fn meant(problem: &str) -> Option<&str> {
    let names: Vec<&str> = problem.split('`').skip(1).step_by(2).collect();
    let is_unknown = ["unknown field", "unknown variant"].iter().any(|it| problem.starts_with(it));
    let (word, known) = names.split_first().filter(|_| is_unknown)?;
    nearest(word, known.iter().copied())
}

fn one_of(member: &str, word: &str, known: &[&str]) -> Judged {
    if refers(word) || known.contains(&word) {
        return Ok(());
    }
    match nearest(word, known.iter().copied()) {
        Some(near) => wrong(member, format!("there is no {word}; did you mean {near}?")),
        None => wrong(member, format!("there is no {word}; there are {}", known.join(", "))),
    }
}

/// The type of an event.
pub(super) fn event_type(member: &str, word: &str) -> Judged {
    let known: Vec<&str> = EVENT_TYPES.iter().map(|known| known.event_type).collect();
    one_of(member, word, &known)
}

fn of_state(expected: &StateExpectation) -> Judged {
    let it = expected;
    let is_some = [
        it.account.is_some(),
        it.webhooks.is_some(),
        it.events.is_some(),
        it.count.is_some(),
        it.books.is_some(),
        !it.values.is_empty(),
    ];
    if !is_some.contains(&true) {
        let says = "expects nothing: account, webhooks, events, count, books or values";
        return wrong("expect", says);
    }
    if let Some(account) = &it.account {
        standing("expect.account", &account.standing())?;
    }
    if let Some(count) = &it.count {
        counts(count)?;
    }
    for (name, list) in [("webhooks", &it.webhooks), ("events", &it.events)] {
        let member = format!("expect.{name}");
        match list {
            None => {}
            Some(Either::Short(all)) => entries(&member, all)?,
            Some(Either::Long(list)) => of_list(&member, list)?,
        }
    }
    match &it.events {
        Some(Either::Long(list)) if list.to.is_some() || list.state.is_some() => {
            wrong("expect.events", "to and state are of webhooks; events have neither")
        }
        _ => Ok(()),
    }
}

fn standing(member: &str, expected: &Standing) -> Judged {
    if *expected != Standing::default() {
        return Ok(());
    }
    let says = "expects nothing of the account: status, reason, kyc, ofac, gate, balance, \
                available, cards or body";
    wrong(member, says)
}

fn counts(count: &Counts) -> Judged {
    let all = [
        ("transactions", &count.transactions),
        ("postings", &count.postings),
        ("accounts", &count.accounts),
    ];
    if all.iter().all(|(_, wanted)| wanted.is_none()) {
        return wrong("expect.count", "counts nothing: transactions, postings or accounts");
    }
    if count.of.is_some() != count.transactions.is_some() {
        return wrong("expect.count", "of and transactions stand together");
    }
    all.iter().try_for_each(|(name, wanted)| number(&format!("expect.count.{name}"), wanted))
}

fn of_list(member: &str, list: &ListExpectation) -> Judged {
    if list.are.is_none() && list.include.is_none() && list.count.is_none() {
        return wrong(member, "expects nothing of them: are, include or count");
    }
    if let Some(kind) = &list.event_type {
        event_type(&format!("{member}.type"), kind)?;
    }
    if let Some(state) = &list.state {
        one_of(&format!("{member}.state"), state, STATES)?;
    }
    number(&format!("{member}.count"), &list.count)?;
    for (name, all) in [("are", &list.are), ("include", &list.include)] {
        entries(&format!("{member}.{name}"), all.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

fn entries(member: &str, all: &[WebhookExpectation]) -> Judged {
    for (at, one) in all.iter().enumerate() {
        if let Some(Json::String(kind)) = &one.event_type {
            event_type(&format!("{member}[{at}].type"), kind)?;
        }
        if let Some(account) = &one.account {
            standing(&format!("{member}[{at}].account"), account)?;
        }
    }
    Ok(())
}

/// How many: a whole number or a comparison that can hold.
fn number(member: &str, wanted: &Option<Json>) -> Judged {
    match wanted {
        None => Ok(()),
        Some(Json::Number(number)) if number.as_u64().is_some() => Ok(()),
        Some(Json::Number(_)) => wrong(member, "must be a whole number, 0 or more"),
        Some(Json::String(text)) if refers(text) => Ok(()),
        Some(Json::Object(words)) if words.keys().any(|word| word.starts_with('$')) => {
            let bound = |word: &str| words.get(word).and_then(Json::as_f64);
            match bound("$atLeast").zip(bound("$atMost")) {
                Some((least, most)) if least > most => {
                    wrong(member, format!("no number is at least {least} and at most {most}"))
                }
                _ => Ok(()),
            }
        }
        Some(_) => wrong(member, "must be a number or a comparison, as {$atLeast: 1} is"),
    }
}
