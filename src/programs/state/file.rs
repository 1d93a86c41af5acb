//! The file that a world travels in: JSON, one value a line, so that it is written and read without
//! ever being in memory as a whole, and compared line by line.
//!
//! ```text
//! {"format":"piebox-world","version":14,"program":"wf","clock":{...},"settings":{...}}
//! {"table":"accounts","columns":["account_id", ...]}
//! ["7d0f6a52-...", ...]
//! {"end":true,"rows":1}
//! ```
//!
//! The version is the number of the newest migration of whoever wrote it. A file of an earlier
//! version is read as a database of that version is migrated: tables and columns that came later
//! are empty or take their default, and what a migration has done to rows is done to these
//! (`UPGRADES` in `store.rs`). A file of a later version is refused. Empty tables are left out.
//! Which program the rows belong to is not in the rows, so a file can be imported under any code.

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::StateError;
use crate::db::{ColumnKind, Value};
use crate::kernel::time::Timestamp;
use crate::programs::clock::ClockMode;

/// What the first line calls the form.
const FORMAT: &str = "piebox-world";

/// The first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Header {
    format: String,
    /// Of the tables that the rows come from.
    pub version: i64,
    /// The program that was exported; for people.
    pub program: String,
    /// What its clock showed.
    pub clock: Shown,
    /// Its settings, secrets left out or not.
    pub settings: Json,
}

/// What a clock showed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Shown {
    /// Running or frozen.
    pub mode: ClockMode,
    /// The moment.
    pub now: Timestamp,
}

impl Header {
    /// The first line of a file written now.
    pub fn new(version: i64, program: String, clock: Shown, settings: Json) -> Self {
        Self { format: FORMAT.to_owned(), version, program, clock, settings }
    }

    /// Reads the first line; `newest` is the latest version that is understood.
    pub fn read(line: &str, newest: i64) -> Result<Self, StateError> {
        let foreign = || {
            let what = format!("this is no export: it must begin with {{\"format\":\"{FORMAT}\"");
            wrong(1, what)
        };
        let value: Json = serde_json::from_str(line).map_err(|_| foreign())?;
        if value["format"] != FORMAT {
            return Err(foreign());
        }
        let version = value["version"].as_i64().ok_or_else(|| wrong(1, "version: is missing"))?;
        if version > newest {
            let what = format!(
                "version: the file is of version {version}, and this release reads versions up \
                 to {newest}; import it into the release that wrote it, or a later one"
            );
            return Err(wrong(1, what));
        }
        serde_json::from_value(value).map_err(|cause| wrong(1, cause.to_string()))
    }
}

/// Any other line.
#[derive(Debug, Clone, PartialEq)]
pub enum Line {
    /// The rows that follow are of this table and have these columns.
    Table {
        /// The table.
        table: String,
        /// The columns.
        columns: Vec<String>,
    },
    /// A row.
    Row(Vec<Json>),
    /// The end: so many rows in all.
    End(u64),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableLine {
    table: String,
    columns: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndLine {
    #[serde(rename = "end")]
    _end: bool,
    rows: u64,
}

impl Line {
    /// Reads a line; `number` counts them from 1.
    pub fn read(number: usize, line: &str) -> Result<Self, StateError> {
        let value: Json = serde_json::from_str(line)
            .map_err(|cause| wrong(number, format!("is no JSON value: {cause}")))?;
        let unread = |cause: serde_json::Error| wrong(number, cause.to_string());
        match value {
            Json::Array(cells) => Ok(Self::Row(cells)),
            value if value.get("end").is_some() => serde_json::from_value(value)
                .map_err(unread)
                .map(|EndLine { rows, .. }| Self::End(rows)),
            value => {
                let TableLine { table, columns } = serde_json::from_value(value).map_err(unread)?;
                Ok(Self::Table { table, columns })
            }
        }
    }
}

/// The line that begins a table.
pub fn table_line(table: &str, columns: &[&str]) -> String {
    json!({ "table": table, "columns": columns }).to_string()
}

/// The line of a row.
pub fn row_line(cells: &[Value]) -> String {
    let cell = |cell: &Value| match cell {
        Value::Text(text) => json!(text),
        Value::Int(number) => json!(number),
        Value::Bool(truth) => json!(truth),
    };
    Json::Array(cells.iter().map(cell).collect()).to_string()
}

/// The last line.
pub fn end_line(rows: u64) -> String {
    json!({ "end": true, "rows": rows }).to_string()
}

/// A cell as its column wants it; `None` if it is of another kind.
pub fn cell(kind: ColumnKind, value: Json) -> Option<Value> {
    match (kind, value) {
        (ColumnKind::Text, Json::Null) => Some(Value::Text(None)),
        (ColumnKind::Int, Json::Null) => Some(Value::Int(None)),
        (ColumnKind::Bool, Json::Null) => Some(Value::Bool(None)),
        // No Postgres text can hold U+0000.
        (ColumnKind::Text, Json::String(text)) if !text.contains('\0') => {
            Some(Value::Text(Some(text)))
        }
        (ColumnKind::Int, Json::Number(number)) => number.as_i64().map(|n| Value::Int(Some(n))),
        (ColumnKind::Bool, Json::Bool(truth)) => Some(Value::Bool(Some(truth))),
        _ => None,
    }
}

/// What is wrong with a line.
pub fn wrong(line: usize, what: impl std::fmt::Display) -> StateError {
    StateError::File(format!("line {line}: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(version: i64) -> Header {
        let now = Timestamp::from_millis(1_000);
        let clock = Shown { mode: ClockMode::Frozen, now };
        Header::new(version, "wf".to_owned(), clock, json!({ "pieMode": true }))
    }

    #[test]
    fn a_header_reads_as_it_was_written_and_later_ones_are_refused() {
        let text = serde_json::to_string(&header(14)).unwrap();
        assert_eq!(Header::read(&text, 14).unwrap(), header(14));
        assert_eq!(Header::read(&text, 15).unwrap(), header(14));
        let refused = Header::read(&text, 13).unwrap_err().to_string();
        assert!(refused.contains("version 14") && refused.contains("up to 13"), "{refused}");
        for other in ["", "{}", "[]", r#"{"format":"other","version":1}"#] {
            let refused = Header::read(other, 14).unwrap_err().to_string();
            assert!(refused.contains("no export"), "{other}: {refused}");
        }
    }

    #[test]
    fn a_cell_of_another_kind_is_none() {
        for (kind, value) in [
            (ColumnKind::Text, json!(1)),
            (ColumnKind::Text, json!("a\0b")),
            (ColumnKind::Int, json!("1")),
            (ColumnKind::Int, json!(1.5)),
            (ColumnKind::Int, json!(u64::MAX)),
            (ColumnKind::Bool, json!(0)),
            (ColumnKind::Bool, json!([])),
        ] {
            assert_eq!(cell(kind, value.clone()), None, "{kind:?} {value}");
        }
    }

    fn cells() -> impl Strategy<Value = Value> {
        prop_oneof![
            proptest::option::of("[^\\x00]{0,20}").prop_map(Value::Text),
            any::<Option<i64>>().prop_map(Value::Int),
            any::<Option<bool>>().prop_map(Value::Bool),
        ]
    }

    proptest! {
        #[test]
        fn a_row_reads_as_it_was_written(row in prop::collection::vec(cells(), 0..12)) {
            let text = row_line(&row);
            prop_assert!(!text.contains('\n'));
            let Line::Row(read) = Line::read(2, &text).unwrap() else { panic!("{text}") };
            let kind = |cell: &Value| match cell {
                Value::Text(_) => ColumnKind::Text,
                Value::Int(_) => ColumnKind::Int,
                Value::Bool(_) => ColumnKind::Bool,
            };
            let back: Option<Vec<Value>> =
                row.iter().zip(read).map(|(was, now)| cell(kind(was), now)).collect();
            prop_assert_eq!(back, Some(row));
        }

        #[test]
        fn no_line_makes_the_reader_panic(line in "\\PC{0,60}") {
            let _ = Header::read(&line, 14);
            let _ = Line::read(2, &line);
        }
    }
}
