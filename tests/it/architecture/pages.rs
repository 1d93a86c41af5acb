//! Pages of `docs/` that are generated: compared with the file, or written over it.

use std::{env, fs};

use super::sources::root;

/// Set to 1, this variable has the pages written instead of compared.
const UPDATE: &str = "PIEBOX_UPDATE";

/// Fails unless the file holds exactly this text; when asked to update, writes it.
#[track_caller]
pub fn hold(file: &str, wanted: &str) {
    let path = root().join(file);
    let held = fs::read_to_string(&path).unwrap_or_default();
    let differs = held != wanted;
    if differs && env::var_os(UPDATE).is_some_and(|value| value == "1") {
        let folder = path.parent().unwrap_or(root());
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, wanted));
        assert!(written.is_ok(), "{file}: {written:?}");
        return;
    }
    let first = first_difference(&held, wanted);
    assert!(!differs, "{file} is out of date: run `scripts/update`\n{first}");
}

fn first_difference(held: &str, wanted: &str) -> String {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (held, wanted) = (lines(held), lines(wanted));
    let at = held.iter().zip(&wanted).take_while(|(left, right)| left == right).count();
    let line = |lines: &[String]| lines.get(at).map_or("(no such line)".to_owned(), String::clone);
    format!("line {}\n  is     {}\n  should {}", at + 1, line(&held), line(&wanted))
}

/// A row of a table.
pub fn row(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The two lines at the top of a table.
pub fn head(cells: &[&str]) -> String {
    format!("{}|{}\n", row(cells), " --- |".repeat(cells.len()))
}
