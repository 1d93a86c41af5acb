//! The paths a file uses: its imports, unfolded, and those written out in its code.

use super::tokens::{Kind, Token, reads};

/// One path and where it stands. Paths into this crate start with `crate`.
#[derive(Debug, PartialEq, Eq)]
pub struct UsedPath {
    /// `crate::db::Work`.
    pub path: String,
    /// Its line.
    pub line: usize,
}

/// The module that a file is: `crate::db::value` for `src/db/value.rs`.
pub fn module_of(file: &str) -> String {
    let inner = file.trim_start_matches("src/").trim_end_matches(".rs");
    let parts = inner.split('/').filter(|part| !["mod", "lib", "main"].contains(part));
    std::iter::once("crate").chain(parts).collect::<Vec<_>>().join("::")
}

/// Every import, and every path of at least two parts, seen from the module that uses it.
pub fn used(tokens: &[Token], module: &str) -> Vec<UsedPath> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    while reader.at < tokens.len() {
        reader.step();
    }
    let resolved = |(parts, line): (Vec<String>, usize)| UsedPath {
        path: resolve(parts, module).join("::"),
        line,
    };
    reader.found.into_iter().map(resolved).collect()
}

/// Replaces leading `self` and `super` by the module they stand for.
fn resolve(mut parts: Vec<String>, module: &str) -> Vec<String> {
    if !parts.first().is_some_and(|first| first == "self" || first == "super") {
        return parts;
    }
    let mut whole: Vec<String> = module.split("::").map(str::to_owned).collect();
    while parts.first().is_some_and(|first| first == "self" || first == "super") {
        if parts.remove(0) == "super" {
            whole.pop();
        }
    }
    whole.extend(parts);
    whole
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    found: Vec<(Vec<String>, usize)>,
}

impl Reader<'_> {
    fn step(&mut self) {
        if reads(self.tokens, self.at, "pub ( in") {
            self.at += 3;
            self.path();
        } else if self.is("use") && !reads(self.tokens, self.at, "use <") {
            self.at += 1;
            self.import(Vec::new());
        } else if self.word().is_some() {
            let line = self.tokens[self.at].line;
            let parts = self.path();
            if parts.len() > 1 {
                self.found.push((parts, line));
            }
        } else {
            self.at += 1;
        }
    }

    fn is(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.is(text))
    }

    fn word(&self) -> Option<String> {
        let token = self.tokens.get(self.at)?;
        (token.kind == Kind::Word).then(|| token.text.clone())
    }

    /// Words joined by `::`.
    fn path(&mut self) -> Vec<String> {
        let mut parts = Vec::new();
        while let Some(word) = self.word() {
            parts.push(word);
            self.at += 1;
            if !self.is("::") {
                break;
            }
            self.at += 1;
        }
        parts
    }

    /// What follows `use`, or one branch of its braces.
    fn import(&mut self, mut parts: Vec<String>) {
        let Some(line) = self.tokens.get(self.at).map(|token| token.line) else {
            return;
        };
        if self.is("::") {
            self.at += 1;
        }
        parts.extend(self.path());
        if self.is("{") {
            return self.branches(&parts);
        }
        if self.is("*") {
            self.at += 1;
            parts.push("*".to_owned());
        }
        if self.is("as") {
            self.at += 2;
        }
        if parts.len() > 1 && parts.last().is_some_and(|last| last == "self") {
            parts.pop();
        }
        self.found.push((parts, line));
    }

    fn branches(&mut self, stem: &[String]) {
        self.at += 1;
        while self.at < self.tokens.len() && !self.is("}") {
            let before = self.at;
            self.import(stem.to_vec());
            if self.is(",") || self.at == before {
                self.at += 1;
            }
        }
        self.at += 1;
    }
}

#[test]
fn imports_are_unfolded_and_seen_from_the_root() {
    let text = "use std::{fmt, io::{self, Read as _}}; use super::{store, wire::*}; use sqlx;
        pub(in crate::domains) fn f() -> crate::db::Work { self::x::y(); plain(a); Vec::<u8> }
        use super::super::kernel::ids;";
    let tokens = super::tokens::lex(text).tokens;
    let found = used(&tokens, &module_of("src/domains/accounts/ops.rs"));
    let paths: Vec<&str> = found.iter().map(|used| used.path.as_str()).collect();
    let expected = [
        "std::fmt",
        "std::io",
        "std::io::Read",
        "crate::domains::accounts::store",
        "crate::domains::accounts::wire::*",
        "sqlx",
        "crate::db::Work",
        "crate::domains::accounts::ops::x::y",
        "crate::domains::kernel::ids",
    ];
    assert_eq!(paths, expected);
    assert_eq!(module_of("src/db/mod.rs"), "crate::db");
}
