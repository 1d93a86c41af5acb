//! SQL of copies: the rows of a world's life, from one code to another.

use std::collections::HashMap;
use std::str::FromStr;

use sqlx::FromRow;

use super::file::Shown;
use super::{Snapshot, SnapshotName, StateError};
use crate::db::{Cells, Column, ColumnKind, Db, DbError, Read, Value, Work, composed_sql, sql};
use crate::kernel::ids::ProgramCode;
use crate::kernel::secrets::urls;
use crate::kernel::time::Timestamp;
use crate::programs::clock::ClockMode;
use crate::programs::store::{LIFE_TABLES, stored_json};

/// What a migration has done to rows, once more for the rows of an imported file of an earlier
/// version: the number of the migration, and its statement narrowed to the program `$1`.
#[rustfmt::skip]
pub(super) const UPGRADES: &[(i64, &str)] = &[
    (15, "UPDATE accounts SET completed_at = created_at \
        WHERE program_code = $1 AND cycle_day IS NOT NULL"),
    (16, "UPDATE webhook_deliveries SET turn = sequence * 2, \
        ready_at = CASE WHEN state = 'pending' THEN due_at END WHERE program_code = $1"),
    (19, "UPDATE webhook_deliveries SET fault_at = created_at \
        WHERE program_code = $1 AND fault IS NOT NULL"),
];

/// Tables that a migration took away: its number, and the table. Their rows in a file of an earlier
/// version are passed over.
const DROPPED: &[(i64, &str)] = &[(17, "refusals")];

/// Whether a table was there in this version, and is no more.
pub(super) fn is_dropped(table: &str, version: i64) -> bool {
    DROPPED.iter().any(|(number, name)| *number > version && *name == table)
}

/// Columns that a copy does not take over, with what they hold instead: a delivery on its way to an
/// endpoint is on its way from the original only.
const NOT_COPIED: &[(&str, &str, &str)] =
    &[("webhook_deliveries", "lease_owner", "NULL"), ("webhook_deliveries", "lease_wall_at", "0")];

/// Whether a column holds URLs of endpoints: a file shows them as it shows those of the settings.
pub(super) fn holds_endpoints(column: &Column) -> bool {
    (column.table.as_str(), column.name.as_str()) == ("webhook_deliveries", "url")
}

/// How a file without secrets shows the texts of a column; `None` if they hold none.
pub(super) fn cover(column: &Column) -> Option<fn(&str) -> String> {
    match (column.table.as_str(), column.name.as_str()) {
        _ if holds_endpoints(column) => Some(urls::covered),
        // Documents and words in which such URLs may stand.
        ("faults", "rule") | ("journal", "entry") | ("webhook_attempts", "reason") => {
            Some(urls::covered_in)
        }
        _ => None,
    }
}

/// Cells of one statement at most: SQLite finds the place of each argument by looking through all
/// before it.
const CELLS_MAX: usize = 1_000;

/// A table of a world's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns but the program code.
    pub columns: Vec<Column>,
}

/// The tables of a world's life, parents before children.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The tables.
    pub tables: Vec<Table>,
    byte_order: &'static str,
}

impl Shape {
    /// As the database knows them.
    pub(in crate::programs) async fn read(db: &Db) -> Result<Self, DbError> {
        let mut columns: HashMap<String, Vec<Column>> = HashMap::new();
        for column in db.world_columns().await? {
            columns.entry(column.table.clone()).or_default().push(column);
        }
        let table = |(name, _): &(&str, &str)| {
            let mut columns = columns.remove(*name).unwrap_or_default();
            columns.retain(|column| column.name != "program_code");
            Table { name: (*name).to_owned(), columns }
        };
        let tables = LIFE_TABLES.iter().rev().map(table).collect();
        Ok(Self { tables, byte_order: db.byte_order() })
    }

    /// The table of this name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    /// The primary key but the program code, in its order.
    fn key(&self) -> Vec<&Column> {
        let mut key: Vec<&Column> = self.columns.iter().filter(|c| c.key_place > 0).collect();
        key.sort_by_key(|column| column.key_place);
        key
    }

    /// The cells of the primary key of a row.
    pub fn key_of(&self, row: &Cells) -> Vec<Value> {
        let place = |key: &Column| self.columns.iter().position(|c| c.name == key.name);
        let cells = self.key().into_iter().filter_map(place);
        cells.filter_map(|place| row.0.get(place).cloned()).collect()
    }

    fn copy_text(&self) -> String {
        let instead = |column: &str| {
            let found = NOT_COPIED.iter().find(|(t, c, _)| *t == self.name && *c == column);
            found.map_or(column, |(_, _, value)| value).to_owned()
        };
        let (name, names) = (&self.name, self.names());
        let read: Vec<String> = names.iter().map(|column| instead(column)).collect();
        let (into, from) = (list("", names.iter()), list("", read.iter()));
        format!(
            "INSERT INTO {name} (program_code{into}) SELECT CAST($2 AS TEXT){from} FROM {name} \
             WHERE program_code = $1"
        )
    }

    fn page_text(&self, byte_order: &str, after: bool, limit: usize) -> String {
        let ordered = |key: &&Column| match key.kind {
            ColumnKind::Text => format!("{}{byte_order}", key.name),
            ColumnKind::Int | ColumnKind::Bool => key.name.clone(),
        };
        let key: Vec<String> = self.key().iter().map(ordered).collect();
        let (names, name) = (self.names().join(", "), &self.name);
        // A table of one row a world has no key but the code.
        let order = if key.is_empty() { "program_code".to_owned() } else { key.join(", ") };
        let behind = match (after, key.len()) {
            (true, 1..) => {
                let places: Vec<String> = (0..key.len()).map(|at| format!("${}", at + 2)).collect();
                format!(" AND ({}) > ({})", key.join(", "), places.join(", "))
            }
            (true, 0) => " AND FALSE".to_owned(),
            (false, _) => String::new(),
        };
        format!(
            "SELECT {names} FROM {name} WHERE program_code = $1{behind} ORDER BY {order} \
             LIMIT {limit}"
        )
    }
}

/// `, a, b`, each with a prefix.
fn list(prefix: &str, names: impl Iterator<Item = impl AsRef<str>>) -> String {
    names.map(|name| format!(", {prefix}{}", name.as_ref())).collect()
}

/// Collects the copying of everything that lives under `from` to `to`, where nothing may be yet.
pub(super) fn copy_life(work: &mut Work, shape: &Shape, from: &str, to: &str) {
    for table in &shape.tables {
        work.write(composed_sql(table.copy_text()).bind(from).bind(to));
    }
}

/// Collects the removal of everything that lives under a code.
pub(super) fn delete_life(work: &mut Work, code: &str) {
    for (_, delete) in LIFE_TABLES {
        work.write(sql(delete).bind(code));
    }
}

/// The next rows of a table under a code, behind the one with this key, in the order of the key by
/// its bytes.
pub(super) async fn page(
    mut read: impl Read,
    (shape, table): (&Shape, &Table),
    code: &str,
    after: Option<&[Value]>,
    limit: usize,
) -> Result<Vec<Cells>, DbError> {
    let text = table.page_text(shape.byte_order, after.is_some(), limit);
    let mut query = composed_sql(text).bind(code);
    for cell in after.unwrap_or_default() {
        query = query.bind(cell.clone());
    }
    read.all(query).await
}

/// Rows that one statement may put into this many columns.
pub(super) fn rows_max(columns: usize) -> usize {
    (CELLS_MAX / (columns + 1)).max(1)
}

/// Collects the filling of a table: rows with these columns, under a code.
pub(super) fn fill(
    work: &mut Work,
    table: &Table,
    columns: &[&Column],
    (code, rows): (&str, Vec<Vec<Value>>),
) {
    let mut place = 0;
    let mut next = || {
        place += 1;
        format!("${place}")
    };
    let tuple = |_: &Vec<Value>| {
        let places: Vec<String> = (0..=columns.len()).map(|_| next()).collect();
        format!("({})", places.join(", "))
    };
    let tuples: Vec<String> = rows.iter().map(tuple).collect();
    let names = list("", columns.iter().map(|column| &column.name));
    let text =
        format!("INSERT INTO {} (program_code{names}) VALUES {}", table.name, tuples.join(", "));
    let mut statement = composed_sql(text);
    for row in rows {
        statement = statement.bind(code);
        for cell in row {
            statement = statement.bind(cell);
        }
    }
    work.write(statement);
}

/// Collects what later migrations have done to rows, for rows of this version.
pub(super) fn upgrade(work: &mut Work, code: &str, version: i64) {
    for (_, statement) in UPGRADES.iter().filter(|(number, _)| *number > version) {
        work.write(sql(statement).bind(code));
        work.next_step();
    }
}

/// A copy of a world.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Copy {
    /// What its rows stand under.
    pub code: String,
    pub settings: serde_json::Value,
    pub clock: Shown,
}

#[derive(Debug, FromRow)]
struct CopyRow {
    copy_code: String,
    name: Option<String>,
    settings: String,
    clock_mode: String,
    clock_now_at: i64,
}

impl CopyRow {
    fn clock(&self) -> Result<Shown, DbError> {
        let mode = match self.clock_mode.as_str() {
            "running" => ClockMode::Running,
            "frozen" => ClockMode::Frozen,
            other => return Err(DbError::Unreadable(format!("world_copies.clock_mode: {other}"))),
        };
        Ok(Shown { mode, now: Timestamp::from_millis(self.clock_now_at) })
    }
}

const INSERT: &str = "INSERT INTO world_copies (program_code, copy_code, name, settings, \
    clock_mode, clock_now_at, created_wall_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";

/// Collects the record of a copy; without a name it is needed in passing only.
pub(super) fn insert_copy(
    work: &mut Work,
    program: &ProgramCode,
    (copy, name): (&Copy, Option<&SnapshotName>),
    wall: Timestamp,
) {
    let mode = match copy.clock.mode {
        ClockMode::Running => "running",
        ClockMode::Frozen => "frozen",
    };
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(copy.code.as_str())
            .bind(name.map(SnapshotName::as_str))
            .bind(copy.settings.to_string())
            .bind(mode)
            .bind(copy.clock.now)
            .bind(wall),
    );
}

/// Collects the removal of a copy with its rows.
pub(in crate::programs) fn delete_copy(work: &mut Work, program: &ProgramCode, code: &str) {
    let delete = "DELETE FROM world_copies WHERE program_code = $1 AND copy_code = $2";
    work.write(sql(delete).bind(program).bind(code));
    delete_life(work, code);
}

const COPIES: &str = "SELECT copy_code, name, settings, clock_mode, clock_now_at \
    FROM world_copies WHERE program_code = $1 ORDER BY created_wall_at, name";

/// The snapshots of a world, oldest first.
pub(super) async fn snapshots(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Vec<Snapshot>, DbError> {
    let rows: Vec<CopyRow> = read.all(sql(COPIES).bind(program)).await?;
    let snapshot = |row: CopyRow| {
        let clock = row.clock();
        let named = row.name.map(|name| (name, clock));
        named.map(|(name, clock)| {
            clock.map(|clock| Snapshot { name, clock_mode: clock.mode, now: clock.now })
        })
    };
    rows.into_iter().filter_map(snapshot).collect()
}

/// The copy behind a snapshot.
pub(super) async fn find_snapshot(
    read: &mut impl Read,
    program: &ProgramCode,
    name: &SnapshotName,
) -> Result<Copy, StateError> {
    let rows: Vec<CopyRow> = read.all(sql(COPIES).bind(program)).await?;
    let row = rows.into_iter().find(|row| row.name.as_deref() == Some(name.as_str()));
    let missing = || StateError::NoSnapshot(program.clone(), name.as_str().to_owned());
    let row = row.ok_or_else(missing)?;
    let settings = stored_json("world_copies.settings", &row.settings)?;
    Ok(Copy { clock: row.clock()?, code: row.copy_code, settings })
}

const CODES: &str = "SELECT copy_code FROM world_copies WHERE program_code = $1";

/// The codes of all copies of a world.
pub(in crate::programs) async fn copy_codes(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Vec<String>, DbError> {
    let rows: Vec<(String,)> = read.all(sql(CODES).bind(program)).await?;
    Ok(rows.into_iter().map(|(code,)| code).collect())
}

const PASSING: &str = "SELECT program_code, copy_code FROM world_copies \
    WHERE name IS NULL AND created_wall_at < $1 ORDER BY created_wall_at LIMIT 100";

/// Copies in passing that were made before a wall moment.
pub(super) async fn passing_before(
    read: &mut impl Read,
    wall: Timestamp,
) -> Result<Vec<(ProgramCode, String)>, DbError> {
    let rows: Vec<(String, String)> = read.all(sql(PASSING).bind(wall)).await?;
    let copy = |(program, code): (String, String)| {
        let unreadable = |problem| DbError::Unreadable(format!("world_copies: {problem}"));
        ProgramCode::from_str(&program).map(|program| (program, code)).map_err(unreadable)
    };
    rows.into_iter().map(copy).collect()
}
