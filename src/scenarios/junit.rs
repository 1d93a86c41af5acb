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
    let mut suite = TestSuite::new(legal(&report.name));
    suite.set_time(Duration::from_millis(report.took_ms));
    suite.add_property(("file", legal(file).as_str()));
    suite.add_property(("program", report.program.as_str()));
    suite.add_property(("seed", legal(&report.seed).as_str()));
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
                status.set_message(legal(&first.unwrap_or_default()));
                status.set_description(legal(&step.details(file)));
                status
            }
        };
        let mut case = TestCase::new(legal(&format!("{:02} {}", step.number, step.title)), status);
        case.set_classname(legal(file));
        case.set_time(Duration::from_millis(step.took_ms));
        suite.add_test_case(case);
    }
    suite
}

/// A file that could not be run is an error, not a failure.
fn unread(file: &str, problem: &str) -> TestSuite {
    let mut suite = TestSuite::new(legal(file));
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(legal(problem));
    let mut case = TestCase::new("reads the file", status);
    case.set_classname(legal(file));
    suite.add_test_case(case);
    suite
}

/// A text without the characters that XML 1.0 knows no way to write.
fn legal(text: &str) -> String {
    let is_legal = |c: char| match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ',
    };
    let shown = |c| if is_legal(c) { c } else { char::REPLACEMENT_CHARACTER };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_replaced() {
        assert_eq!(
            legal("a\u{ffff}b\u{1}c\u{fffe}\n\u{1f600}"),
            "a\u{fffd}b\u{fffd}c\u{fffd}\n\u{1f600}"
        );
        let problem = "\u{ffff}\u{b}".to_owned();
        let text = document(&[Ran { file: "\u{1}".to_owned(), outcome: Err(problem) }]).unwrap();
        assert!(!text.contains(['\u{ffff}', '\u{b}', '\u{1}']), "{text}");
    }
}
