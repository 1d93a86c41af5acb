//! Which tests prove which rule of `src/kernel/rulebook.rs`.
//!
//! A test claims rules by the start of its name (`enr_1_names_are_required`,
//! `idm_1_and_lim_9_one_account_results`) and by a comment directly above it:
//! `// Proves ENR-1, ENR-2.` Test code is `tests/` and the test modules of `src/`; functions inside
//! a macro call, such as one that runs a test on both engines, count as tests. So does each ready
//! scenario, which a test runs: it claims the rules of its `proves`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use piebox::kernel::rulebook::{RULES, find};
use piebox::scenarios::{self, library};

use super::demand_none;
use super::sources::{Source, rust_files};
use super::tokens::{Comment, Kind, Token, closing, reads};

/// What the tests say of the rules.
#[derive(Debug, Default)]
pub struct Claims {
    /// The tests of each rule, as `file::name`.
    pub tests: BTreeMap<String, BTreeSet<String>>,
    /// `// Proves` comments that cannot be taken for a claim.
    problems: Vec<String>,
}

/// The claims of all tests.
pub fn all() -> Claims {
    let mut claims = Claims::default();
    for source in rust_files() {
        claims.read(source);
    }
    claims.read_scenarios();
    claims
}

#[test]
fn every_claimed_rule_exists() {
    let claims = all();
    let mut problems = claims.problems;
    for (id, tests) in claims.tests.iter().filter(|(id, _)| find(id).is_none()) {
        problems.extend(tests.iter().map(|test| format!("{test} claims {id}")));
    }
    let advice = "Name a rule of src/kernel/rulebook.rs in the test's name, or in a comment \
        `// Proves ENR-1, ENR-2.` directly above the test.";
    demand_none(&problems, advice);
}

#[test]
fn every_rule_shown_is_proved_by_a_test() {
    let claims = all();
    let bare = RULES.iter().filter(|rule| rule.built && !claims.tests.contains_key(rule.id));
    let problems: Vec<String> = bare.map(|rule| format!("{}: {}", rule.id, rule.says)).collect();
    let advice = "Write a test whose name starts with the id (enr_1_…), claim the id above a test \
        that proves it (`// Proves ENR-1.`), or let the rule wait.";
    demand_none(&problems, advice);
}

impl Claims {
    fn read(&mut self, source: &Source) {
        let mut attached = BTreeSet::new();
        for range in &source.tests {
            for test in tests(&source.tokens, range) {
                let place = format!("{}::{}", shown_path(&source.path), test.name);
                let mut ids = ids_of_name(&test.name);
                for comment in above(&source.comments, &test.lines) {
                    attached.insert(comment.line);
                    ids.extend(self.proved(source, comment));
                }
                for id in ids {
                    self.tests.entry(id).or_default().insert(place.clone());
                }
            }
        }
        let lonely = source
            .comments
            .iter()
            .filter(|comment| starts_claim(comment) && !attached.contains(&comment.line));
        self.problems.extend(lonely.map(|comment| {
            format!("{} `{}` stands above no test", source.at(comment.line), comment.text)
        }));
    }

    fn read_scenarios(&mut self) {
        for entry in library::all() {
            let place = format!("scenarios/{}.yaml", entry.name);
            match scenarios::read(entry.text) {
                Ok(read) => {
                    for id in read.scenario.proves {
                        self.tests.entry(id).or_default().insert(place.clone());
                    }
                }
                Err(problem) => self.problems.push(format!("{place}:{problem}")),
            }
        }
    }

    /// The ids of a `// Proves` comment; what is no id is a problem.
    fn proved(&mut self, source: &Source, first: &Comment) -> Vec<String> {
        let text = whole(&source.comments, first);
        let list = text.trim_start_matches(PROVES).trim_end_matches('.');
        let parts = list.split([',', ' ']).filter(|part| !part.is_empty() && *part != "and");
        let (ids, others): (Vec<&str>, Vec<&str>) = parts.partition(|part| is_id(part));
        self.problems.extend(
            others
                .iter()
                .map(|part| format!("{} `{text}`: {part} is no rule id", source.at(first.line))),
        );
        ids.into_iter().map(str::to_owned).collect()
    }
}

const PROVES: &str = "// Proves ";

fn starts_claim(comment: &Comment) -> bool {
    let word =
        comment.text.strip_prefix(PROVES).and_then(|rest| rest.split([',', '.', ' ']).next());
    word.is_some_and(is_id)
}

/// Capital letters, a hyphen and a number.
fn is_id(text: &str) -> bool {
    text.split_once('-').is_some_and(|(family, number)| {
        let of =
            |text: &str, is: fn(&char) -> bool| !text.is_empty() && text.chars().all(|c| is(&c));
        of(family, char::is_ascii_uppercase) && of(number, char::is_ascii_digit)
    })
}

/// A comment with the lines that follow it, up to the one that ends in a period.
fn whole(comments: &[Comment], first: &Comment) -> String {
    let mut text = String::new();
    let from = comments.iter().skip_while(|comment| comment.line != first.line);
    for (line, comment) in (first.line..).zip(from) {
        if comment.line != line || text.ends_with('.') {
            break;
        }
        let skipped = if text.is_empty() { "" } else { "//" };
        text.push_str(comment.text.trim_start_matches(skipped));
    }
    text
}

/// The claims that stand in the unbroken comments above a test, or among its attributes.
fn above<'a>(comments: &'a [Comment], lines: &Range<usize>) -> Vec<&'a Comment> {
    let at = |line: usize| comments.iter().any(|comment| comment.line == line);
    let first = (1..lines.start).rev().take_while(|line| at(*line)).last().unwrap_or(lines.start);
    let near = |comment: &&Comment| (first..lines.end).contains(&comment.line);
    comments.iter().filter(near).filter(|comment| starts_claim(comment)).collect()
}

/// The rules a test's name starts with. A word and a number are an id if rules have that family.
fn ids_of_name(name: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut rest = name;
    loop {
        let mut parts = rest.splitn(3, '_');
        let (family, number) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let id = format!("{}-{number}", family.to_uppercase());
        let start = format!("{}-", family.to_uppercase());
        if !is_id(&id) || !RULES.iter().any(|rule| rule.id.starts_with(&start)) {
            return ids;
        }
        ids.push(id);
        match parts.next().and_then(|rest| rest.strip_prefix("and_")) {
            Some(next) => rest = next,
            None => return ids,
        }
    }
}

/// `tests/it/cards.rs` as `cards.rs`, `src/db/mod.rs` as `db/mod.rs`.
fn shown_path(path: &str) -> &str {
    let starts = ["tests/it/", "tests/", "src/"];
    starts.iter().find_map(|start| path.strip_prefix(start)).unwrap_or(path)
}

/// One test function.
#[derive(Debug)]
struct Test {
    name: String,
    /// From its first attribute, or the macro it is the first of, to its `fn`.
    lines: Range<usize>,
}

/// The test functions among some tokens.
fn tests(tokens: &[Token], range: &Range<usize>) -> Vec<Test> {
    let macros = macro_calls(tokens, range);
    range.clone().filter_map(|at| test(tokens, at, &macros)).collect()
}

fn test(tokens: &[Token], at: usize, macros: &[Range<usize>]) -> Option<Test> {
    let name = tokens.get(at + 1).filter(|name| tokens[at].is("fn") && name.kind == Kind::Word)?;
    let mut start = at;
    while start > 0 && ["async", "pub", "unsafe"].iter().any(|word| tokens[start - 1].is(word)) {
        start -= 1;
    }
    let mut is_test = false;
    while let Some(before) = attribute_before(tokens, start) {
        is_test |= is_test_attribute(&tokens[before..start]);
        start = before;
    }
    let around = macros.iter().find(|call| {
        call.start <= start && start < call.end && { directly_inside(tokens, call.start, start) }
    });
    let first = around.filter(|call| call.start == start).map_or(start, |call| call.start - 3);
    let lines = tokens[first].line..tokens[at].line;
    (is_test || around.is_some()).then(|| Test { name: name.text.clone(), lines })
}

/// Where the attribute starts that ends just before `at`.
fn attribute_before(tokens: &[Token], at: usize) -> Option<usize> {
    if at == 0 || !tokens[at - 1].is("]") {
        return None;
    }
    let opens =
        |start: &usize| reads(tokens, *start, "# [") && closing(tokens, start + 1) == at - 1;
    (0..at).rev().find(opens)
}

/// `#[test]`, `#[tokio::test]`, `#[tokio::test(flavor = ..)]`.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let path = tokens.iter().skip(2).take_while(|token| token.kind == Kind::Word || token.is("::"));
    path.last().is_some_and(|last| last.is("test"))
}

/// What stands between the braces of `name! { … }`.
fn macro_calls(tokens: &[Token], range: &Range<usize>) -> Vec<Range<usize>> {
    let opens = |at: &usize| tokens[*at].kind == Kind::Word && reads(tokens, at + 1, "! {");
    let calls = range.clone().filter(opens);
    calls.map(|at| at + 3..closing(tokens, at + 2)).collect()
}

/// No bracket that opens after `from` is still open at `at`.
fn directly_inside(tokens: &[Token], from: usize, at: usize) -> bool {
    let mut index = from;
    while index < at {
        let opens = ["{", "(", "["].iter().any(|mark| tokens[index].is(mark));
        index = if opens { closing(tokens, index) + 1 } else { index + 1 };
    }
    index == at
}

#[test]
fn claims_are_read_from_names_and_comments() {
    let text = "
        #[test]
        fn auth_1_tokens() {}
        // A word before.
        // Proves ENR-1, ENR-2 and
        // ENR-3.
        #[tokio::test(flavor = \"multi_thread\")]
        #[cfg(unix)]
        async fn idm_1_and_lim_9_one_account() { fn enr_4_inner() {} }
        fn hdr_1_is_no_test() {}
        #[test]
        fn sha_256_is_no_family() {}
        // Proves HLT-1.
        on_both_engines! {
            async fn bcd_1_first(sim: TestSim) {}
            // Proves BCD-2, and that.
            async fn second(sim: TestSim) {}
        }
        // Proves WHK-1.
        fn helper() {}";
    let mut claims = Claims::default();
    claims.read(&Source::new("tests/it/x.rs".to_owned(), text.to_owned()));
    let of = |id: &str| claims.tests.get(id).into_iter().flatten().cloned().collect::<Vec<_>>();
    assert_eq!(of("AUTH-1"), ["x.rs::auth_1_tokens"]);
    for id in ["IDM-1", "LIM-9", "ENR-1", "ENR-2", "ENR-3"] {
        assert_eq!(of(id), ["x.rs::idm_1_and_lim_9_one_account"], "{id}");
    }
    assert_eq!(of("HLT-1"), ["x.rs::bcd_1_first"]);
    assert_eq!(of("BCD-1"), ["x.rs::bcd_1_first"]);
    assert_eq!(of("BCD-2"), ["x.rs::second"]);
    assert_eq!(claims.tests.len(), 9, "{claims:?}");
    assert_eq!(claims.problems.len(), 2, "{:?}", claims.problems);
}
