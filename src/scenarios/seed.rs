//! Seeds: programs as they are to begin, with settings, people, accounts, balances and history.
//!
//! A seed is a file of several programs, and each is played like a scenario: what happens in it is
//! made by the calls that partners and testers make. A program that cannot be made whole is
//! removed, so that none is left half-made. One that is there has a snapshot named `seed`, which a
//! reset returns to.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::document::{Document, FileProblem};
use super::model::SeededProgram;
use super::read::{Read, checked, placed};
use super::run::{RunOptions, run};
use super::stage::Stage;
use crate::kernel::ids::ProgramCode;
use crate::kernel::strict_json;
use crate::programs::state::SnapshotName;

/// Most programs of a seed.
const PROGRAMS: usize = 100;

/// Programs as they are to begin.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Seed {
    /// What it is for.
    #[serde(default)]
    pub description: Option<String>,
    /// The programs, by their codes.
    pub programs: BTreeMap<String, SeededProgram>,
}

/// A seed that was read: each program with what happens in it.
#[derive(Debug)]
pub struct Seeds(Vec<Read>);

/// Reads a seed.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub fn read(text: &str) -> Result<Seeds, FileProblem> {
    let document = Arc::new(Document::read(text)?);
    let seed: Seed =
        strict_json::read(&document.value).map_err(|wrong| placed(&document, wrong))?;
    if seed.programs.len() > PROGRAMS {
        return Err(document.problem("programs", format!("at most {PROGRAMS} entries are allowed")));
    }
    let programs = seed.programs.into_iter().map(|(code, program)| {
        if let Err(problem) = ProgramCode::from_str(&code) {
            return Err(document.problem(&format!("programs.{code}"), problem.to_string()));
        }
        let scenario = program.into_scenario(&code);
        checked(&document, &format!("programs.{code}."), scenario)
    });
    programs.collect::<Result<_, _>>().map(Seeds)
}

/// What becomes of a program that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays as it is.
    Keep,
    /// It is removed and made anew.
    Replace,
}

/// What has become of the seed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedStatus {
    /// How far it is.
    pub state: SeedState,
    /// The programs that are through, in the order of their codes.
    pub programs: Vec<SeedReport>,
}

/// How far seeding is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SeedState {
    /// There was no seed.
    #[default]
    None,
    /// Programs are being made.
    Running,
    /// All programs are there.
    Done,
    /// A program could not be made.
    Failed,
}

/// What has become of one program.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeedReport {
    /// The program.
    pub program_code: String,
    /// What was done.
    pub result: SeedResult,
    /// Accounts in it; the first thousand are counted.
    pub accounts: usize,
    /// Milliseconds that it took.
    pub took_ms: u64,
    /// What was wrong, with the step and its line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What was done with one program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum SeedResult {
    /// It was made.
    Made,
    /// It was there already, and is as it was.
    Kept,
    /// It could not be made, and is not there.
    Failed,
}

/// What has become of the seed, for whoever asks. One seed at a time.
#[derive(Debug, Default)]
pub struct Seeding(Mutex<Progress>);

#[derive(Debug, Default)]
struct Progress {
    status: SeedStatus,
    /// How far the seed is that the simulator began with. It is not ready before that is done.
    first: Option<SeedState>,
}

impl Seeding {
    /// What has become of the seed.
    pub fn status(&self) -> SeedStatus {
        self.lock().status.clone()
    }

    /// Why the simulator is not ready, if it began with a seed that is not done.
    pub fn holds_back(&self) -> Option<&'static str> {
        match self.lock().first {
            Some(SeedState::Running) => Some("the seed is being made"),
            Some(SeedState::Failed) => {
                Some("the seed could not be made; GET /_sim/v1/seed and the log say why")
            }
            _ => None,
        }
    }

    /// Begins, unless one is being made. Readiness waits for the seed that is the first, which the
    /// simulator begins with, and for no later one.
    pub fn begin(self: &Arc<Self>, is_first: bool) -> Option<Sowing> {
        let mut progress = self.lock();
        if progress.status.state == SeedState::Running {
            return None;
        }
        progress.status = SeedStatus { state: SeedState::Running, programs: Vec::new() };
        if is_first {
            progress.first = Some(SeedState::Running);
        }
        Some(Sowing { seeding: Arc::clone(self), is_first })
    }

    // Nothing is left half done under the lock, so a panic elsewhere does not spoil it.
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A seed that is being made. One that is given up in between has failed.
#[derive(Debug)]
pub struct Sowing {
    seeding: Arc<Seeding>,
    is_first: bool,
}

impl Sowing {
    /// Makes the programs, one after the other; a failed one does not hold up the others.
    pub async fn sow(self, stage: &Stage, seeds: &Seeds, existing: Existing) -> SeedStatus {
        for read in &seeds.0 {
            let report = sow(stage, read, existing).await;
            self.seeding.lock().status.programs.push(report);
        }
        let mut progress = self.seeding.lock();
        let programs = &progress.status.programs;
        let has_failed = programs.iter().any(|one| one.result == SeedResult::Failed);
        let state = if has_failed { SeedState::Failed } else { SeedState::Done };
        self.end(&mut progress, state);
        progress.status.clone()
    }

    fn end(&self, progress: &mut Progress, state: SeedState) {
        progress.status.state = state;
        if self.is_first {
            progress.first = Some(state);
        }
    }
}

impl Drop for Sowing {
    fn drop(&mut self) {
        let mut progress = self.seeding.lock();
        if progress.status.state == SeedState::Running {
            self.end(&mut progress, SeedState::Failed);
        }
    }
}

async fn sow(stage: &Stage, read: &Read, existing: Existing) -> SeedReport {
    let code = read.scenario.name.as_str();
    let path = format!("/_sim/v1/programs/{code}");
    let mut report = SeedReport {
        program_code: code.to_owned(),
        result: SeedResult::Kept,
        accounts: 0,
        took_ms: 0,
        problem: None,
    };
    let is_there = stage.control("GET", &path, None).await.status == Some(200);
    if is_there && existing == Existing::Replace {
        stage.control("DELETE", &path, None).await;
    }
    if !is_there || existing == Existing::Replace {
        // The program is named, so nothing is made or removed besides.
        let options = RunOptions { fresh_program: code.to_owned(), keep: true };
        let problem = match run(stage, read, &options).await {
            Ok(played) => {
                report.took_ms = played.took_ms;
                played.failed().map(|failed| failed.details("line").trim().to_owned())
            }
            Err(problem) => Some(problem.to_string()),
        };
        report.result = SeedResult::Made;
        if problem.is_some() {
            report.result = SeedResult::Failed;
            report.problem = problem;
            stage.control("DELETE", &path, None).await;
            return report;
        }
        let snapshot = json!({ "name": SnapshotName::SEED, "replace": true });
        let taken = stage.control("POST", &format!("{path}/snapshots"), Some(snapshot)).await;
        if taken.status != Some(201) {
            report.result = SeedResult::Failed;
            report.problem = Some(format!("no snapshot was taken: {}", taken.body["detail"]));
            stage.control("DELETE", &path, None).await;
            return report;
        }
    }
    let listed = stage.control("GET", &format!("{path}/accounts?limit=1000"), None).await;
    report.accounts = listed.body["accounts"].as_array().map_or(0, Vec::len);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_a_seed_is_said_with_its_place() {
        for (text, says) in [
            ("programs: {a: {}}", "1:12: programs.a: "),
            ("programs:\n  wf:\n    step: []", "3:5: programs.wf.step: unknown field `step`"),
            ("programs:\n  wf:\n    steps: [enroll: ann]", "3:13: programs.wf.steps[0].enroll: no"),
            (
                "programs:\n  wf:\n    steps: [{call: GET /x, expect: {stats: 1}}]",
                "3:37: programs.wf.steps[0].expect.stats: unknown field",
            ),
        ] {
            let problem = read(text).unwrap_err().to_string();
            assert!(problem.starts_with(says), "{text}\n{problem}");
        }
        assert_eq!(read("programs: {wf: {}, other: {steps: []}}").unwrap().0.len(), 2);
    }

    #[test]
    fn one_seed_at_a_time_and_one_that_is_given_up_has_failed() {
        let seeding = Arc::new(Seeding::default());
        assert_eq!((seeding.status().state, seeding.holds_back()), (SeedState::None, None));
        let sowing = seeding.begin(true).unwrap();
        assert!(seeding.begin(false).is_none());
        assert_eq!(seeding.holds_back(), Some("the seed is being made"));
        drop(sowing);
        assert_eq!(seeding.status().state, SeedState::Failed);
        assert!(seeding.holds_back().is_some());
        assert!(seeding.begin(false).is_some());
    }

    #[test]
    fn a_later_seed_that_fails_does_not_hold_back_what_was_ready() {
        let seeding = Arc::new(Seeding::default());
        let sowing = seeding.begin(true).unwrap();
        sowing.end(&mut seeding.lock(), SeedState::Done);
        drop(sowing);
        drop(seeding.begin(false).unwrap());
        assert_eq!((seeding.status().state, seeding.holds_back()), (SeedState::Failed, None));
    }
}
