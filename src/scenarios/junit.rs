//! The form that pipelines read: JUnit XML, a suite for each scenario and a case for each step.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::report::{Report, StepResult};

/// One file that was to be run.
#[derive(Debug)]
pub struct Ran {
    /// Its name.
    pub file: String,
    /// The report, or what is wrong with the file.
    pub outcome: Result<Report, String>,
}

/// The document.
///
/// # Errors
///
/// When it cannot be written.
pub fn document(all: &[Ran]) -> Result<String, quick_junit::SerializeError> {
    let mut document = quick_junit::Report::new("piebox");
    for Ran { file, outcome } in all {
        document.add_test_suite(match outcome {
            Ok(report) => suite(file, report),
            Err(problem) => unread(file, problem),
        });
    }
    document.to_string()
}

fn suite(file: &str, report: &Report) -> TestSuite {
    let mut suite = TestSuite::new(report.name.as_str());
    suite.set_time(Duration::from_millis(report.took_ms));
    suite.add_property(("file", file));
    suite.add_property(("program", report.program.as_str()));
    suite.add_property(("proves", report.proves.join(" ").as_str()));
    for step in &report.steps {
        let status = match step.result {
            StepResult::Passed => TestCaseStatus::success(),
            StepResult::Skipped => TestCaseStatus::skipped(),
            StepResult::Failed => {
                let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
                let first = step.problems.first().map(|problem| match &problem.expected {
                    Some(expected) => {
                        format!("{}: expected {expected}, came {}", problem.at, problem.came)
                    }
                    None => format!("{}: {}", problem.at, problem.came),
                });
                status.set_message(first.unwrap_or_default());
                status.set_description(step.details(file));
                status
            }
        };
        let mut case = TestCase::new(format!("{:02} {}", step.number, step.title), status);
        case.set_classname(file);
        case.set_time(Duration::from_millis(step.took_ms));
        suite.add_test_case(case);
    }
    suite
}

/// A file that could not be run is an error, not a failure.
fn unread(file: &str, problem: &str) -> TestSuite {
    let mut suite = TestSuite::new(file);
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(problem);
    let mut case = TestCase::new("reads the file", status);
    case.set_classname(file);
    suite.add_test_case(case);
    suite
}
