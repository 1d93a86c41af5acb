//! The ledger alone writes balances, and nobody ever changes a posting.

use super::demand_none;
use super::sources::{Source, src_files};
use super::tokens::Kind;

/// The one file that writes postings and balances.
const LEDGER: &str = "src/domains/ledger/store.rs";
/// The file that empties a world.
const RESET: &str = "src/programs/store.rs";
/// The file that makes a purse, which begins with nothing.
const NEW_PURSE: &str = "src/domains/purses/store.rs";

/// What a statement must not say, and in which files it may all the same.
const RESERVED: &[(&str, &[&str])] = &[
    ("INSERT INTO postings", &[LEDGER]),
    ("UPDATE postings", &[]),
    ("DELETE FROM postings", &[RESET]),
    ("INSERT INTO holds", &[LEDGER]),
    ("UPDATE holds", &[LEDGER]),
    ("DELETE FROM holds", &[RESET]),
    ("SET available_e4", &[LEDGER]),
    ("SET ledger_e4", &[]),
    ("INSERT INTO purses", &[NEW_PURSE]),
];

#[test]
fn the_ledger_alone_moves_money_and_no_posting_changes() {
    let problems: Vec<String> = src_files().flat_map(statements_out_of_place).collect();
    demand_none(&problems, "Move money through domains/ledger/ops.rs: it keeps the books whole.");
}

fn statements_out_of_place(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for token in source.code().iter().filter(|token| token.kind == Kind::Text) {
        let text = token.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let wrong = RESERVED.iter().filter(|(statement, files)| {
            text.contains(statement) && !files.contains(&source.path.as_str())
        });
        found.extend(wrong.map(|(statement, _)| format!("{} {statement}", source.at(token.line))));
    }
    found
}

#[test]
fn statements_out_of_place_are_seen() {
    for (path, text, count) in [
        ("src/a/store.rs", "const S: &str = \"UPDATE postings SET x = 1\";", 1),
        ("src/a/store.rs", "const S: &str = \"UPDATE purses SET available_e4 = 1\";", 1),
        (LEDGER, "const S: &str = \"UPDATE purses SET available_e4 = 1\";", 0),
        (LEDGER, "const S: &str = \"DELETE FROM postings\";", 1),
        (RESET, "const S: &str = \"DELETE FROM postings WHERE x = $1\";", 0),
        ("src/a/store.rs", "const S: &str = \"SELECT available_e4 FROM purses\";", 0),
    ] {
        let source = Source::new(path.to_owned(), text.to_owned());
        assert_eq!(statements_out_of_place(&source).len(), count, "{path}: {text}");
    }
}
