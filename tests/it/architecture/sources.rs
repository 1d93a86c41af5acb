//! The project's files, as the checks see them.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::LazyLock;

use super::tokens::{Comment, Lexed, Token, closing, lex, reads};

/// One Rust file.
pub struct Source {
    /// Its path from the root, with forward slashes: `src/db/mod.rs`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Its tokens: the whole file.
    pub tokens: Vec<Token>,
    /// Its comments: the whole file.
    pub comments: Vec<Comment>,
    /// Where in `tokens` test code stands: all of a test file, the inline test modules of others.
    pub tests: Vec<Range<usize>>,
}

static RUST: LazyLock<Vec<Source>> = LazyLock::new(|| {
    let folders = ["src", "tests", "benches"].iter();
    let paths = folders.flat_map(|folder| files_below(folder));
    paths.filter(|path| path.ends_with(".rs")).map(Source::read).collect()
});

/// Every Rust file below `src`, `tests` and `benches`, in the order of the paths.
pub fn rust_files() -> &'static [Source] {
    &RUST
}

/// The Rust files below `src`.
pub fn src_files() -> impl Iterator<Item = &'static Source> {
    rust_files().iter().filter(|source| source.path.starts_with("src/"))
}

/// The folder of `Cargo.toml`.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the project.
#[expect(clippy::panic, reason = "a check that cannot read the sources has nothing to say")]
pub fn read(path: &str) -> String {
    let text = fs::read_to_string(root().join(path));
    text.unwrap_or_else(|problem| panic!("{path} cannot be read: {problem}"))
}

/// The paths of all files below a folder of the project, sorted; none if it is not there.
pub fn files_below(folder: &str) -> Vec<String> {
    let below = |path: String| match root().join(&path).is_dir() {
        true => files_below(&path),
        false => vec![path],
    };
    entries(folder).into_iter().flat_map(below).collect()
}

/// The paths of the files and folders that stand directly in a folder, sorted.
pub fn entries(folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return Vec::new();
    };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let mut paths: Vec<String> = names.map(|name| format!("{folder}/{name}")).collect();
    paths.sort();
    paths
}

/// Whether a path fits a pattern, part by part: `*` stands for one part, `*.rs` for a part that
/// ends so, `**` for any number of parts.
pub fn fits(pattern: &str, path: &str, separator: &str) -> bool {
    let pattern: Vec<&str> = pattern.split(separator).collect();
    let path: Vec<&str> = path.split(separator).collect();
    parts_fit(&pattern, &path)
}

fn parts_fit(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=path.len()).any(|skip| parts_fit(rest, &path[skip..])),
        (Some((first, rest)), Some((part, tail))) => {
            let ending = first.strip_prefix('*');
            let same = ending.map_or(first == part, |ending| part.ends_with(ending));
            same && parts_fit(rest, tail)
        }
        _ => false,
    }
}

impl Source {
    fn read(path: String) -> Source {
        let text = read(&path);
        Source::new(path, text)
    }

    /// A file of that path and text.
    pub fn new(path: String, text: String) -> Source {
        let Lexed { tokens, comments } = lex(&text);
        let tests = match is_test_file(&path) {
            true => std::iter::once(0..tokens.len()).collect(),
            false => inline_test_modules(&tokens),
        };
        Source { path, text, tokens, comments, tests }
    }

    /// Whether the path fits a pattern.
    pub fn fits(&self, pattern: &str) -> bool {
        fits(pattern, &self.path, "/")
    }

    /// The tokens that are no test code.
    pub fn code(&self) -> Vec<Token> {
        let is_code = |index: &usize| !self.tests.iter().any(|range| range.contains(index));
        let indexes = (0..self.tokens.len()).filter(is_code);
        indexes.map(|index| self.tokens[index].clone()).collect()
    }

    /// How many lines are no test code; comments and empty lines count.
    pub fn code_lines(&self) -> usize {
        let lines = |range: &Range<usize>| match self.tokens.get(range.clone()) {
            Some([first, .., last]) => last.last_line - first.line + 1,
            _ => 0,
        };
        match is_test_file(&self.path) {
            true => 0,
            false => self.text.lines().count() - self.tests.iter().map(lines).sum::<usize>(),
        }
    }

    /// `file:line`.
    pub fn at(&self, line: usize) -> String {
        format!("{}:{line}", self.path)
    }
}

/// Everything outside `src`, and the test modules in it that have a file of their own.
fn is_test_file(path: &str) -> bool {
    !path.starts_with("src/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

/// Where `#[cfg(test)] mod … { … }` stands.
fn inline_test_modules(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = test_module_end(tokens, at);
        found.extend(end.map(|end| at..end));
        at = end.unwrap_or(at + 1);
    }
    found
}

/// Just behind the test module that starts here, if one does.
fn test_module_end(tokens: &[Token], start: usize) -> Option<usize> {
    if !reads(tokens, start, "# [ cfg ( test ) ]") {
        return None;
    }
    let mut at = start;
    while reads(tokens, at, "# [") {
        at = closing(tokens, at + 1) + 1;
    }
    if reads(tokens, at, "pub") {
        at += 1;
    }
    if reads(tokens, at, "(") {
        at = closing(tokens, at) + 1;
    }
    let opens = reads(tokens, at, "mod") && reads(tokens, at + 2, "{");
    opens.then(|| closing(tokens, at + 2) + 1)
}

#[test]
fn patterns_fit_paths_part_by_part() {
    assert!(fits("src/**/store.rs", "src/domains/accounts/store.rs", "/"));
    assert!(fits("src/**", "src/lib.rs", "/"));
    assert!(fits("src/domains/**/endpoints/*.rs", "src/domains/a/endpoints/get.rs", "/"));
    assert!(!fits("src/**/store.rs", "src/domains/accounts/restore.rs", "/"));
    assert!(!fits("src/db/**", "src/dbx/a.rs", "/"));
    assert!(fits("crate::**::wire::**", "crate::domains::accounts::wire", "::"));
}

#[test]
fn test_code_is_told_from_the_rest() {
    let text = "//! Docs.\nfn a() {}\n#[cfg(test)]\nuse x; mod y {}\n#[cfg(test)]\n#[expect(a)]\n\
        pub(super) mod tests {\n    fn b() {}\n}\nfn c() {}\n";
    let source = Source::new("src/x.rs".to_owned(), text.to_owned());
    let words: String = source.code().iter().map(|token| token.text.as_str()).collect();
    assert_eq!(words, "fna(){}#[cfg(test)]usex;mody{}fnc(){}");
    assert_eq!(source.code_lines(), 5);
}
