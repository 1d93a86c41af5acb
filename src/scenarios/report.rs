//! What came of a scenario: for machines as JSON, for people as text. `junit.rs` makes the form
//! that pipelines read.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What came of a scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// The name of the scenario.
    pub name: String,
    /// Whether every step went as expected.
    pub passed: bool,
    /// The program that it was played in.
    pub program: String,
    /// What everything invented was drawn from.
    pub seed: String,
    /// Ids of the rules that it proves.
    pub proves: Vec<String>,
    /// Milliseconds from the first to the last.
    pub took_ms: u64,
    /// The steps in order. Those before the first are told as step 0, if they failed.
    pub steps: Vec<StepReport>,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// Its number, counted from 1.
    pub number: usize,
    /// Its line in the file.
    pub line: u64,
    /// What it does.
    pub title: String,
    /// How it went.
    pub result: StepResult,
    /// Milliseconds.
    pub took_ms: u64,
    /// What was not as expected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<StepProblem>,
    /// The last answer, where the step failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<AnswerReport>,
}

/// How a step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepResult {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// Not taken, because an earlier one failed.
    Skipped,
}

/// Something that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepProblem {
    /// What it is about: `body.account.status`.
    pub at: String,
    /// What was expected; left out where the step could not be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What came, or what went wrong.
    pub came: String,
}

/// An answer, as far as a report shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AnswerReport {
    /// The call that was answered.
    pub call: String,
    /// `X-GD-RequestId` of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The HTTP status; left out if the answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `code/subCode description` of `responseDetails`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// `X-Piebox-Explain`: rule, facts and source of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// The beginning of the body; what is secret in it is not shown.
    pub body: String,
}

impl Report {
    /// The step that failed.
    pub fn failed(&self) -> Option<&StepReport> {
        self.steps.iter().find(|step| step.result == StepResult::Failed)
    }

    /// For people: one line a step, and what was wrong below it. `file` stands before line numbers.
    pub fn text(&self, file: &str) -> String {
        let mut text = format!("{}\n", self.name);
        for step in &self.steps {
            step.write(&mut text, file);
        }
        let passed = self.steps.iter().filter(|step| step.result == StepResult::Passed).count();
        let verdict = if self.passed { "passed" } else { "FAILED" };
        let _ = writeln!(
            text,
            "  {verdict}: {passed} of {} steps in {} ms, program {}, seed {}",
            self.steps.len(),
            self.took_ms,
            self.program,
            self.seed,
        );
        text
    }
}

impl StepReport {
    fn write(&self, text: &mut String, file: &str) {
        let mark = match self.result {
            StepResult::Passed => "ok  ",
            StepResult::Failed => "FAIL",
            StepResult::Skipped => "-   ",
        };
        let took = match self.result {
            StepResult::Skipped => String::new(),
            _ => format!(" ({} ms)", self.took_ms),
        };
        let _ = writeln!(text, "  {mark} {:>2} {}{took}", self.number, self.title);
        if self.result == StepResult::Failed {
            let _ = writeln!(text, "          at {file}:{}", self.line);
        }
        for problem in &self.problems {
            match &problem.expected {
                Some(expected) => {
                    let _ = writeln!(text, "          {}", problem.at);
                    let _ = writeln!(text, "            expected {expected}");
                    let _ = writeln!(text, "            came     {}", problem.came);
                }
                None => {
                    let _ = writeln!(text, "          {}: {}", problem.at, problem.came);
                }
            }
        }
        if let Some(answer) = &self.answer {
            answer.write(text);
        }
    }

    /// What was wrong, as a block of text.
    pub fn details(&self, file: &str) -> String {
        let mut text = String::new();
        self.write(&mut text, file);
        text
    }
}

impl AnswerReport {
    fn write(&self, text: &mut String) {
        let status = self.status.map_or("no answer".to_owned(), |status| status.to_string());
        let said = self.said.as_deref().unwrap_or_default();
        let _ = writeln!(text, "          {} -> {status} {said}", self.call);
        if let Some(explanation) = &self.explanation {
            let _ = writeln!(text, "          explained: {explanation}");
        }
        if let Some(id) = &self.request_id {
            let _ = writeln!(text, "          request id {id}");
        }
        if !self.body.is_empty() {
            let _ = writeln!(text, "          body {}", self.body);
        }
    }
}
