//! The telling of `piebox demo`: headings, sentences, requests and answers, for a reader who sees
//! the API for the first time.
//!
//! It stays within 100 columns, cuts long values short and leaves out members that do not matter
//! to the step; with `--verbose` bodies are told whole, and then a long value may stick out.
//! Left out: what happens. That is up to the steps, which alone know what is worth telling.

mod layout;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use super::print_line;
use reqwest::StatusCode;
use serde_json::Value as Json;

use layout::{abridged, laid_out, only};

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns before a sentence or an arrow, and before what belongs to a message.
const INDENT: usize = 3;
const DEEPER: usize = 7;

const BOLD: &str = "1";
const RED: &str = "31";
const GREEN: &str = "32";
const CYAN: &str = "36";

/// One telling.
#[derive(Debug)]
pub(super) struct Story {
    verbose: bool,
    colours: bool,
    started: Instant,
    steps: usize,
    title: &'static str,
}

/// A body, and how much of it matters.
#[derive(Debug, Clone, Copy)]
pub(super) enum Telling<'a> {
    /// All of it.
    Whole(&'a Json),
    /// The members of these paths, `account.status`; a path leads through lists unchanged.
    Only(&'a Json, &'a [&'a str]),
    /// Words in its place; it may be told whole all the same.
    Words(&'a str, Option<&'a Json>),
    /// There is none.
    Nothing,
}

impl Story {
    /// Begins the telling, and the time that it takes. Colours need a terminal, and leave to be
    /// used.
    pub(super) fn begin(verbose: bool, plain: bool) -> Self {
        let colours = !plain && std::io::stdout().is_terminal();
        Self { verbose, colours, started: Instant::now(), steps: 0, title: "the stage is set" }
    }

    /// A part of the story; its steps follow.
    pub(super) fn chapter(&self, title: &str) {
        line("");
        let rule = "=".repeat(WIDTH.saturating_sub(title.chars().count() + 5));
        line(&self.painted(BOLD, &format!("=== {title} {rule}")));
    }

    /// The next step.
    pub(super) fn heading(&mut self, title: &'static str) {
        self.steps += 1;
        self.title = title;
        line("");
        line(&self.painted(BOLD, &format!("{}. {title}", self.steps)));
    }

    /// Where the telling is, for the error that ends it.
    pub(super) fn place(&self) -> String {
        match self.steps {
            0 => format!("before the first step ({})", self.title),
            step => format!("step {step} ({})", self.title),
        }
    }

    /// The last line of a story that ended well; `and` says what came of it.
    pub(super) fn close(&self, and: &str) {
        let millis = self.started.elapsed().as_millis();
        line("");
        line(&self.painted(BOLD, &format!("All {} steps took {millis} ms{and}.", self.steps)));
    }

    /// A paragraph.
    pub(super) fn say(&self, text: &str) {
        for row in wrapped(text, WIDTH - INDENT) {
            line(&format!("{:INDENT$}{row}", ""));
        }
    }

    /// A line of a list: a name, and what there is to say about it.
    pub(super) fn fact(&self, name: &str, text: &str) {
        line(&format!("{:INDENT$}{name:<17} {text}", ""));
    }

    /// What the partner sends.
    pub(super) fn sent(&self, what: &str, headers: &[(&str, String)], body: Telling<'_>) {
        self.message((CYAN, &format!("--> {what}")), headers, body);
    }

    /// What the partner is sent unasked.
    pub(super) fn came(&self, what: &str, headers: &[(&str, String)], body: Telling<'_>) {
        self.message((GREEN, &format!("<-- {what}")), headers, body);
    }

    /// What the partner is answered.
    pub(super) fn answered(&self, status: StatusCode, took: Duration, body: Telling<'_>) {
        let colour = if status.is_success() { GREEN } else { RED };
        let text = format!("<-- {status} (after {} ms)", took.as_millis());
        self.message((colour, &text), &[], body);
    }

    fn message(
        &self,
        (colour, first): (&str, &str),
        headers: &[(&str, String)],
        body: Telling<'_>,
    ) {
        for (at, row) in broken(first, WIDTH - DEEPER).iter().enumerate() {
            let indent = if at == 0 { INDENT } else { DEEPER };
            line(&format!("{:indent$}{}", "", self.painted(colour, row)));
        }
        for (name, value) in headers {
            line(&format!("{:DEEPER$}{name}: {value}", ""));
        }
        let told = match body {
            Telling::Nothing => return,
            Telling::Whole(json) | Telling::Only(json, _) | Telling::Words(_, Some(json))
                if self.verbose =>
            {
                json.clone()
            }
            Telling::Whole(json) => abridged(json),
            Telling::Only(json, paths) => abridged(&only(json, paths)),
            Telling::Words(words, _) => return line(&format!("{:DEEPER$}({words})", "")),
        };
        for row in laid_out(&told, DEEPER).lines() {
            line(row);
        }
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{colour}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn line(text: &str) {
    // Whoever has stopped reading the story need not be told.
    let _ = print_line(text);
}

/// Breaks a text between words. A word that is too long gets a row of its own.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match rows.last_mut() {
            Some(row) if row.chars().count() + 1 + word.chars().count() <= width => {
                row.push(' ');
                row.push_str(word);
            }
            _ => rows.push(word.to_owned()),
        }
    }
    rows
}

/// Breaks a path before a slash. A part that is too long gets a row of its own.
fn broken(text: &str, width: usize) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut rest = text;
    while rest.len() > width {
        let slashes = rest.match_indices('/').map(|(at, _)| at).filter(|at| *at > 0);
        let (fitting, beyond): (Vec<_>, Vec<_>) = slashes.partition(|at| *at <= width);
        let Some(at) = fitting.last().or(beyond.first()) else { break };
        let (row, left) = rest.split_at(*at);
        rows.push(row);
        rest = left;
    }
    rows.push(rest);
    rows
}

#[cfg(test)]
mod tests {
    use super::{broken, wrapped};

    #[test]
    fn a_path_breaks_before_slashes_and_a_long_part_stands_alone() {
        assert_eq!(broken("GET /a/bb/c", 8), ["GET /a", "/bb/c"]);
        assert_eq!(broken("/a/aVeryLongPart/b", 5), ["/a", "/aVeryLongPart", "/b"]);
        assert_eq!(broken("aVeryLongWord", 5), ["aVeryLongWord"]);
        assert_eq!(broken("", 5), [""]);
    }

    #[test]
    fn rows_break_between_words_and_a_long_word_stands_alone() {
        assert_eq!(wrapped("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a aVeryLongWord b", 5), ["a", "aVeryLongWord", "b"]);
        assert!(wrapped("", 5).is_empty());
    }
}
