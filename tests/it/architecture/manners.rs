//! Docs on top, names that say something, nothing left undone, no talk of things outside.

use std::process::Command;

use super::demand_none;
use super::sources::{Source, entries, files_below, root, rust_files};
use super::tokens::{Kind, closing, reads};

/// Words in the name of a file, folder or module that say nothing.
const EMPTY_WORDS: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"];

/// Code that must not stay, and what to do instead.
const UNWANTED_CODE: &[(&str, &str)] = &[
    ("todo ! (", "write it, or let the rule wait in src/kernel/rulebook.rs"),
    ("unimplemented ! (", "write it, or let the rule wait in src/kernel/rulebook.rs"),
    ("# [ ignore", "mend the test or delete it"),
    ("# [ allow (", "use #[expect(.., reason = \"..\")]"),
    ("# ! [ allow (", "use #![expect(.., reason = \"..\")]"),
];

/// Words in comments that mark something as unfinished.
const UNWANTED_COMMENTS: &[&str] = &[concat!("FIX", "ME"), concat!("XX", "X")];

/// Text that speaks of things outside the project: its readers cannot follow it.
const OUTSIDE: &[&str] = &[
    concat!("../", "shared"),
    concat!("RULES", ".md"),
    concat!("/wo", "rk/"),
    concat!("DESIGN", ".md"),
];

#[test]
fn every_file_starts_with_its_docs() {
    let bare = rust_files().iter().filter(|source| !source.text.starts_with("//! "));
    let problems: Vec<String> = bare.map(|source| source.path.clone()).collect();
    demand_none(&problems, "Start the file with `//! ` and a sentence on what it is for.");
}

#[test]
fn every_name_of_a_file_or_module_says_something() {
    let problems: Vec<String> = rust_files().iter().flat_map(empty_names).collect();
    demand_none(
        &problems,
        "Name it after what it is about, or move its parts to where they belong.",
    );
}

fn empty_names(source: &Source) -> Vec<String> {
    let says_nothing = |name: &str| {
        let mut words = name.trim_end_matches(".rs").split('_');
        words.any(|word| EMPTY_WORDS.contains(&word))
    };
    let path = source.path.split('/').filter(|name| says_nothing(name));
    let mut found: Vec<String> = path.map(|name| format!("{}: {name}", source.path)).collect();
    for pair in source.tokens.windows(2) {
        if pair[0].is("mod") && pair[1].kind == Kind::Word && says_nothing(&pair[1].text) {
            found.push(format!("{} mod {}", source.at(pair[1].line), pair[1].text));
        }
    }
    found
}

#[test]
fn nothing_is_left_undone_or_silenced() {
    let problems: Vec<String> = rust_files().iter().flat_map(unwanted).collect();
    demand_none(&problems, "Finish these, or say in the docs what is left out.");
}

fn unwanted(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (at, token) in source.tokens.iter().enumerate() {
        for (pattern, advice) in UNWANTED_CODE {
            if reads(&source.tokens, at, pattern) {
                let shown = pattern.replace(' ', "");
                found.push(format!("{} {shown}: {advice}", source.at(token.line)));
            }
        }
    }
    for comment in &source.comments {
        let mut words = comment.text.split(|c: char| !c.is_alphanumeric());
        if words.any(|word| UNWANTED_COMMENTS.contains(&word)) {
            found.push(format!("{} {}", source.at(comment.line), comment.text));
        }
    }
    found
}

#[test]
fn every_silenced_lint_has_a_reason() {
    let problems: Vec<String> = rust_files().iter().flat_map(without_reason).collect();
    demand_none(&problems, "Add `reason = \"..\"` to the attribute.");
}

fn without_reason(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let is_bare = |at: &usize| {
        let open = (*at + 2..).find(|index| tokens[*index].is("(")).unwrap_or(*at);
        let inner = &tokens[open..closing(tokens, open)];
        !inner.iter().any(|token| token.is("reason"))
    };
    let is_expect =
        |at: &usize| reads(tokens, *at, "# [ expect (") || reads(tokens, *at, "# ! [ expect (");
    let bare = (0..tokens.len()).filter(is_expect).filter(is_bare);
    bare.map(|at| source.at(tokens[at].line)).collect()
}

#[test]
fn the_project_speaks_only_of_itself() {
    let files = own_files();
    assert!(files.iter().any(|path| path == "Cargo.toml"), "no files found");
    let problems: Vec<String> = files.iter().flat_map(|path| outside_talk(path)).collect();
    demand_none(&problems, "Say it in this project's own words, or link a page of docs/.");
}

fn outside_talk(path: &str) -> Vec<String> {
    let bytes = std::fs::read(root().join(path)).unwrap_or_default();
    let Some(text) = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0')) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let said = OUTSIDE.iter().filter(|outside| line.contains(**outside));
        found.extend(said.map(|outside| format!("{path}:{number} speaks of {outside}")));
    }
    found
}

/// Every file that is in version control or about to be. Without git: every file but build output.
fn own_files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    let files: Vec<String> = match listed {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
        }
        _ => without_git(),
    };
    files.into_iter().filter(|path| path != "Cargo.lock").collect()
}

fn without_git() -> Vec<String> {
    let kept = |path: &String| path != "./target" && !path.starts_with("./.");
    let files = |path: String| match root().join(&path).is_dir() {
        true => files_below(&path),
        false => vec![path],
    };
    let found = entries(".").into_iter().filter(kept).flat_map(files);
    found.map(|path| path.trim_start_matches("./").to_owned()).collect()
}

#[test]
fn unfinished_code_is_seen_and_talk_of_it_is_not() {
    let text = "fn f() { todo!() } // XXX: later\n#![allow(a)] #[expect(b)]
        #[expect(c, reason = \"d\")] const S: &str = \"todo!() XXX\"; mod db_utils {}";
    let text = text.replace("XXX", UNWANTED_COMMENTS[0]);
    let source = Source::new("src/x.rs".to_owned(), text);
    assert_eq!(unwanted(&source).len(), 3);
    assert_eq!(without_reason(&source).len(), 1);
    assert_eq!(empty_names(&source), ["src/x.rs:3 mod db_utils"]);
}
