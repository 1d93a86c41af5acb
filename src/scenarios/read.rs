//! From the text of a file to a [`Scenario`]: what can be known to be wrong is said before anything
//! runs, with its place and the nearest right name.

use std::collections::BTreeSet;
use std::str::FromStr as _;
use std::sync::Arc;

use serde_json::Value as Json;

use super::document::{Document, FileProblem};
use super::matching;
use super::model::{Either, Scenario, StepKind};
use super::references::{self, BUILT_IN};
use super::steps::MEMBER_ENDS;
use super::variables::Variables;
use super::words::{self, Wrong};
use crate::kernel::ids::ProgramCode;
use crate::kernel::nearest::nearest;
use crate::kernel::{rulebook, strict_json};

/// Most steps of a scenario.
const STEPS: usize = 500;
/// Most people, receivers and variables, each.
const NAMES: usize = 100;
/// Most times that a call is repeated by one step.
const REPEATS: u32 = 50;
/// Names that stand for something before the program is there, and its clock with it.
const EARLY: &[&str] = &["program", "new"];
/// The receiver of a scenario that names none.
pub const ONLY_RECEIVER: &str = "hooks";

/// A scenario with the file it stands in.
#[derive(Debug)]
pub struct Read {
    /// What it says.
    pub scenario: Scenario,
    file: Arc<Document>,
    /// What stands before the paths of all members: `programs.wf.`.
    base: String,
}

impl Read {
    /// The line of a step, counted from 1; the step from 0.
    pub fn line(&self, step: usize) -> u64 {
        let place = self.file.place(&format!("{}steps[{step}]", self.base));
        place.map_or(1, |place| place.line)
    }

    /// A problem of a member that shows when the scenario is played.
    pub(super) fn problem(&self, member: &str, problem: String) -> FileProblem {
        self.file.problem(&format!("{}{member}", self.base), problem)
    }
}

/// Reads a file.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn read(text: &str) -> Result<Read, FileProblem> {
    let document = Arc::new(Document::read(text)?);
    let scenario: Scenario =
        strict_json::read(&document.value).map_err(|wrong| placed(&document, wrong))?;
    if scenario.steps.is_empty() {
        return Err(document.problem("steps", "there must be at least one"));
    }
    checked(&document, "", scenario)
}

/// A scenario that stands in a document below a member, `programs.wf.`: its names are known.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub(super) fn checked(
    file: &Arc<Document>,
    base: &str,
    scenario: Scenario,
) -> Result<Read, FileProblem> {
    Checker { document: file, base, scenario: &scenario, known: BTreeSet::new() }.check()?;
    Ok(Read { scenario, file: Arc::clone(file), base: base.to_owned() })
}

/// The reader's words, with a place and a name that may have been meant.
pub(super) fn placed(document: &Document, wrong: strict_json::JsonProblem) -> FileProblem {
    let mut member = wrong.member;
    let mut problem = wrong.problem;
    if let Some((inner, rest)) = problem.split_once(MEMBER_ENDS) {
        let dot = if inner.is_empty() || inner == "." { "" } else { "." };
        member = format!("{member}{dot}{}", inner.trim_start_matches('.'));
        problem = rest.to_owned();
    }
    problem = words::with_meant(problem);
    if problem.starts_with("unknown field `within`") && member.ends_with("expect.within") {
        problem = "stands beside expect, not inside it".to_owned();
    }
    document.problem(&member, problem)
}

struct Checker<'a> {
    document: &'a Document,
    /// What stands before the paths of all members.
    base: &'a str,
    scenario: &'a Scenario,
    /// Names that may be referred to at the step that is looked at.
    known: BTreeSet<&'a str>,
}

impl<'a> Checker<'a> {
    fn check(mut self) -> Result<(), FileProblem> {
        let scenario = self.scenario;
        self.check_sizes()?;
        for (at, id) in scenario.proves.iter().enumerate() {
            if rulebook::find(id).is_none() {
                let ids: Vec<&str> = rulebook::RULES.iter().map(|rule| rule.id).collect();
                let problem = format!("{id} is no rule of docs/rules.md");
                return Err(self.wrong(&format!("proves[{at}]"), problem, id, &ids));
            }
        }
        self.check_world()?;
        self.check_names()?;
        self.check_early_references()?;
        let variables = Variables::of(scenario);
        for (at, step) in scenario.steps.iter().enumerate() {
            let member = format!("steps[{at}]");
            self.check_references(&member, &step.written)?;
            self.check_step(&member, &step.kind)?;
            let at = |(inner, problem): Wrong| self.problem(&format!("{member}.{inner}"), problem);
            words::of_step(&variables.put_into(step)).map_err(at)?;
            if let Some(name) = step.kind.keeps() {
                self.known.insert(name);
            }
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<(), FileProblem> {
        let it = self.scenario;
        let sizes = [
            ("steps", it.steps.len(), STEPS),
            ("people", it.people.len(), NAMES),
            ("receivers", it.receivers.len(), NAMES),
            ("variables", it.variables.len(), NAMES),
        ];
        match sizes.iter().find(|(_, size, most)| size > most) {
            Some((member, _, most)) => {
                Err(self.problem(member, format!("at most {most} entries are allowed")))
            }
            None => Ok(()),
        }
    }

    /// The program, its clock, and what its endpoints take.
    fn check_world(&self) -> Result<(), FileProblem> {
        let it = self.scenario;
        if let Some(Err(problem)) = it.program.as_deref().map(ProgramCode::from_str) {
            return Err(self.problem("program", problem.to_string()));
        }
        let at = |(member, problem): Wrong| self.problem(&member, problem);
        it.clock.as_ref().map_or(Ok(()), words::clock).map_err(at)?;
        words::settings("settings", &it.settings).map_err(at)?;
        for (name, plan) in &it.receivers {
            let types = plan.event_types.iter().flatten().filter(|kind| *kind != "*");
            let member = format!("receivers.{name}.eventTypes");
            for kind in types {
                words::event_type(&member, kind).map_err(at)?;
            }
        }
        Ok(())
    }

    /// What is referred to before the first step: variables do by each other, settings and the
    /// proofs of receivers to variables, people to receivers and people as well.
    fn check_early_references(&self) -> Result<(), FileProblem> {
        let it = self.scenario;
        for (group, all) in [("variables", &it.variables), ("people", &it.changes_of_people())] {
            references::in_order(all).map_err(|ring| {
                let first = ring.first().copied().unwrap_or_default();
                let problem = format!("goes round: {} and {first} again", ring.join(", "));
                self.problem(&format!("{group}.{first}"), problem)
            })?;
        }
        let variables: BTreeSet<&str> = it.variables.keys().map(String::as_str).collect();
        for (name, value) in &it.variables {
            self.check_early(&format!("variables.{name}"), value, &variables)?;
        }
        for (name, value) in &it.settings {
            self.check_early(&format!("settings.{name}"), value, &variables)?;
        }
        for (name, plan) in &it.receivers {
            let auth = plan.auth.as_ref().unwrap_or(&Json::Null);
            self.check_early(&format!("receivers.{name}.auth"), auth, &variables)?;
        }
        for (name, change) in it.changes_of_people() {
            self.check_early(&format!("people.{name}.userData"), &change, &self.known)?;
        }
        Ok(())
    }

    fn check_early(
        &self,
        member: &str,
        value: &Json,
        known: &BTreeSet<&str>,
    ) -> Result<(), FileProblem> {
        self.check_texts(member, value, &|member, name| {
            if known.contains(name) || EARLY.contains(&name) {
                return Ok(());
            }
            let names: Vec<&str> = known.iter().copied().chain(EARLY.iter().copied()).collect();
            let problem = match self.known.contains(name) || BUILT_IN.contains(&name) {
                true => format!("{name} is not known yet where this is read"),
                false => format!("nothing is called {name}"),
            };
            Err(self.wrong(member, problem, name, &names))
        })
    }

    /// A name is one thing only, and can be written in a reference.
    fn check_names(&mut self) -> Result<(), FileProblem> {
        let it = self.scenario;
        let people = it.people.keys().map(|name| ("people", name));
        let receivers = it.receivers.keys().map(|name| ("receivers", name));
        let variables = it.variables.keys().map(|name| ("variables", name));
        let mut seen = BTreeSet::new();
        for (group, name) in people.chain(receivers).chain(variables) {
            let member = format!("{group}.{name}");
            if !references::is_name(name) {
                let problem = "a name is letters, digits, - and _, and begins with a letter";
                return Err(self.problem(&member, problem));
            }
            if BUILT_IN.contains(&name.as_str()) || !seen.insert(name.as_str()) {
                return Err(self.problem(&member, "the name stands for something else"));
            }
            self.known.insert(name);
        }
        if it.has_only_receiver() {
            self.known.insert(ONLY_RECEIVER);
        }
        Ok(())
    }

    /// Every `${…}` below a member names something that is known by then.
    fn check_references(&self, member: &str, value: &Json) -> Result<(), FileProblem> {
        self.check_texts(member, value, &|member, name| self.check_known(member, name))
    }

    fn check_texts(
        &self,
        member: &str,
        value: &Json,
        check: &dyn Fn(&str, &str) -> Result<(), FileProblem>,
    ) -> Result<(), FileProblem> {
        match value {
            Json::String(text) => {
                let found = references::names(text);
                let found = found.map_err(|problem| self.problem(member, problem))?;
                found.iter().try_for_each(|name| check(member, name))
            }
            Json::Array(entries) => entries.iter().enumerate().try_for_each(|(at, entry)| {
                self.check_texts(&format!("{member}[{at}]"), entry, check)
            }),
            Json::Object(members) => members.iter().try_for_each(|(name, inner)| {
                self.check_texts(&format!("{member}.{name}"), inner, check)
            }),
            Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
        }
    }

    fn check_known(&self, member: &str, name: &str) -> Result<(), FileProblem> {
        if self.known.contains(name) || BUILT_IN.contains(&name) {
            return Ok(());
        }
        let known: Vec<&str> = self.known.iter().copied().chain(BUILT_IN.iter().copied()).collect();
        let later = self.scenario.steps.iter().any(|step| step.kind.keeps() == Some(name));
        let problem = match later {
            true => format!("{name} is only known after a later step"),
            false => format!("nothing is called {name}"),
        };
        Err(self.wrong(member, problem, name, &known))
    }

    /// A word that stands for an account: a reference, a known name, or an identifier.
    fn check_account(&self, member: &str, word: &str) -> Result<(), FileProblem> {
        let is_literal = word.contains("${") || word.len() == 36;
        if is_literal { Ok(()) } else { self.check_known(member, word) }
    }

    fn check_person(&self, member: &str, name: &str) -> Result<(), FileProblem> {
        if self.scenario.people.contains_key(name) {
            return Ok(());
        }
        let known: Vec<&str> = self.scenario.people.keys().map(String::as_str).collect();
        Err(self.wrong(member, format!("nobody of people is called {name}"), name, &known))
    }

    fn check_receiver(&self, member: &str, name: &str) -> Result<(), FileProblem> {
        let mut names: Vec<&str> = self.scenario.receivers.keys().map(String::as_str).collect();
        if self.scenario.has_only_receiver() {
            names.push(ONLY_RECEIVER);
        }
        if names.contains(&name) {
            return Ok(());
        }
        Err(self.wrong(member, format!("no receiver is called {name}"), name, &names))
    }

    fn check_step(&self, member: &str, kind: &StepKind) -> Result<(), FileProblem> {
        let at = |inner: &str| format!("{member}.{inner}");
        if let Some(name) = kind.keeps() {
            let is_taken = self.scenario.variables.contains_key(name)
                || self.scenario.receivers.contains_key(name)
                || BUILT_IN.contains(&name);
            if !references::is_name(name) || is_taken {
                return Err(self.problem(&at("as"), "the name cannot be given"));
            }
        }
        match kind {
            StepKind::Enroll(step) => self.check_person(&at("enroll"), &step.enroll)?,
            StepKind::Repeat(step) => {
                self.check_known(&at("repeat"), &step.repeat)?;
                if step.times.is_some_and(|times| times == 0 || times > REPEATS) {
                    return Err(self.problem(&at("times"), format!("1 to {REPEATS}")));
                }
            }
            StepKind::Adjust(step) => self.check_account(&at("on"), &step.on)?,
            StepKind::Act(step) => self.check_account(&at("on"), &step.on)?,
            StepKind::Receiver(step) => self.check_receiver(&at("receiver"), &step.receiver)?,
            StepKind::Expect(_) => self.check_state(member, kind)?,
            _ => {}
        }
        self.check_matchers(&at("expect"))
    }

    fn check_state(&self, member: &str, kind: &StepKind) -> Result<(), FileProblem> {
        let StepKind::Expect(step) = kind else { return Ok(()) };
        let at = |inner: &str| format!("{member}.expect.{inner}");
        if let Some(account) = &step.expect.account {
            self.check_account(&at("account.of"), &account.of)?;
        }
        if let Some(of) = step.expect.count.as_ref().and_then(|count| count.of.as_ref()) {
            self.check_account(&at("count.of"), of)?;
        }
        let has_receiver = self.scenario.has_only_receiver() || !self.scenario.receivers.is_empty();
        if step.expect.webhooks.is_some() && !has_receiver {
            let problem =
                "no receiver takes webhooks here; name one in receivers, or expect events";
            return Err(self.problem(&at("webhooks"), problem));
        }
        for (name, list) in [("webhooks", &step.expect.webhooks), ("events", &step.expect.events)] {
            let Some(Either::Long(list)) = list else { continue };
            if let Some(of) = &list.of {
                self.check_account(&at(&format!("{name}.of")), of)?;
            }
            if let Some(to) = &list.to {
                self.check_receiver(&at(&format!("{name}.to")), to)?;
            }
        }
        Ok(())
    }

    /// Comparisons are spelt right, wherever they stand below an expectation.
    fn check_matchers(&self, member: &str) -> Result<(), FileProblem> {
        let whole = format!("{}{member}", self.base);
        let pointer = whole.replace("].", "/").replace(['.', '['], "/").replace(']', "");
        let Some(value) = self.document.value.pointer(&format!("/{pointer}")) else {
            return Ok(());
        };
        match matching::misspelt(value) {
            Some((inner, problem)) => Err(self.problem(&format!("{member}{inner}"), problem)),
            None => Ok(()),
        }
    }

    fn problem(&self, member: &str, problem: impl Into<String>) -> FileProblem {
        self.document.problem(&format!("{}{member}", self.base), problem)
    }

    fn wrong(&self, member: &str, problem: String, word: &str, known: &[&str]) -> FileProblem {
        let near =
            nearest(word, known.iter().copied()).map(|near| format!("; did you mean {near}?"));
        self.problem(member, format!("{problem}{}", near.unwrap_or_default()))
    }
}

/// `GET /accounts`: a method and a path.
pub(super) fn method_and_path(text: &str) -> Result<(&str, &str), String> {
    let parts = text.split_once(char::is_whitespace);
    let (method, path) = parts.ok_or("must be a method and a path, as in GET /accounts")?;
    let path = path.trim();
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    if !known.contains(&method) {
        return Err(format!("{method} is none of {}", known.join(", ")));
    }
    if !path.starts_with('/') || path.contains(char::is_whitespace) {
        return Err("the path must begin with / and hold no space".to_owned());
    }
    Ok((method, path))
}
