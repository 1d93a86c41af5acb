//! Files, functions and lines stay small enough to be read in one go. Test modules do not count.

use std::collections::BTreeSet;

use super::demand_none;
use super::sources::{Source, rust_files, src_files};
use super::tokens::{Kind, Token, closing};

/// Most lines of a file, tests not counted. The first row that fits a file holds; those above the
/// general ones are exceptions and say why.
const FILES: &[(&str, usize, &str)] = &[
    ("src/db/mod.rs", 600, "the seam itself: both engines behind one set of types"),
    ("src/kernel/**", 600, "its mod.rs is only a list, its tables are read as a whole"),
    ("src/**/mod.rs", 150, "mod.rs introduces a folder: move the code into files beside it"),
    ("src/domains/**/endpoints/*.rs", 250, "an endpoint only translates: move the rest to ops.rs"),
    ("src/**", 600, "split the file along what it talks about"),
];

/// Most lines in the body of a function, comments and empty lines not counted.
const FUNCTION: usize = 70;

/// Functions that may be longer because they are mostly one `match`: file, name, reason.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

/// Most characters of a line.
const LINE: usize = 100;

/// Files that may have longer lines, with the reason.
const WIDE_FILES: &[(&str, &str)] =
    &[("src/kernel/catalogue.rs", "one line is one operation, however long its path")];

#[test]
fn no_file_is_too_long() {
    let problems: Vec<String> = src_files().filter_map(too_long).collect();
    demand_none(&problems, "Limits: FILES in tests/it/architecture/lengths.rs.");
}

fn too_long(source: &Source) -> Option<String> {
    let (_, most, advice) = FILES.iter().find(|(pattern, _, _)| source.fits(pattern))?;
    let lines = source.code_lines();
    let path = &source.path;
    (lines > *most).then(|| format!("{path} has {lines} lines, at most {most}: {advice}"))
}

#[test]
fn no_function_is_too_long() {
    let is_excused = |source: &Source, name: &str| {
        LONG_FUNCTIONS.iter().any(|(file, excused, _)| source.path == *file && name == *excused)
    };
    let mut problems = Vec::new();
    for source in src_files() {
        for Function { name, line, lines } in functions(&source.code()) {
            if lines > FUNCTION && !is_excused(source, &name) {
                problems.push(format!("{} {name} has {lines} lines", source.at(line)));
            }
        }
    }
    let advice = "At most 70 lines: take steps out into functions that have a name. One that is \
        mostly a match may be listed in LONG_FUNCTIONS, tests/it/architecture/lengths.rs.";
    demand_none(&problems, advice);
}

#[test]
fn no_excuse_outlives_its_function() {
    let is_needed = |(file, name, _): &&(&str, &str, &str)| {
        let found = src_files().find(|source| source.path == *file);
        let mut all = found.map(|source| functions(&source.code())).unwrap_or_default().into_iter();
        all.any(|function| function.name == *name && function.lines > FUNCTION)
    };
    let idle = LONG_FUNCTIONS.iter().filter(|entry| !is_needed(entry));
    let problems: Vec<String> = idle.map(|(file, name, _)| format!("{file} {name}")).collect();
    demand_none(&problems, "No longer too long, or gone: take them out of LONG_FUNCTIONS.");
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// Every function that has a name and a body.
fn functions(tokens: &[Token]) -> Vec<Function> {
    let starts = (0..tokens.len()).filter(|at| tokens[*at].is("fn"));
    starts.filter_map(|at| function(tokens, at)).collect()
}

fn function(tokens: &[Token], at: usize) -> Option<Function> {
    let name = tokens.get(at + 1).filter(|token| token.kind == Kind::Word)?;
    let open = body(tokens, at + 2)?;
    let inner = &tokens[open + 1..closing(tokens, open)];
    let lines: BTreeSet<usize> =
        inner.iter().flat_map(|token| token.line..=token.last_line).collect();
    Some(Function { name: name.text.clone(), line: name.line, lines: lines.len() })
}

/// The brace that opens the body; none for a declaration that ends in a semicolon.
fn body(tokens: &[Token], mut at: usize) -> Option<usize> {
    loop {
        let token = tokens.get(at)?;
        if token.is("{") {
            return Some(at);
        } else if token.is(";") {
            return None;
        } else if token.is("(") || token.is("[") {
            at = closing(tokens, at);
        }
        at += 1;
    }
}

#[test]
fn no_line_is_too_wide() {
    let is_excused = |source: &&Source| !WIDE_FILES.iter().any(|(file, _)| source.path == *file);
    let mut problems = Vec::new();
    for source in rust_files().iter().filter(is_excused) {
        for (number, line) in (1..).zip(source.text.lines()) {
            let width = line.chars().count();
            if width > LINE {
                problems.push(format!("{} has {width} characters", source.at(number)));
            }
        }
    }
    let advice = "At most 100 characters: run `cargo fmt`; break strings with a backslash.";
    demand_none(&problems, advice);
}

#[test]
fn the_lines_of_a_function_are_those_of_its_body() {
    let text = "trait T { fn a(&self) -> [u8; 2]; }\nfn b(x: fn(u8)) -> u8 {\n    // no\n\n    1\n}
        fn c() {\n let t = \"x\ny\";\n fn d() { 1 }\n}";
    let found = functions(&super::tokens::lex(text).tokens);
    let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.line, it.lines)).collect();
    assert_eq!(found, [("b", 2, 1), ("c", 7, 3), ("d", 10, 1)]);
}
