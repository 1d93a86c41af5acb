//! Reading a world from its file.
//!
//! The rows are put beside the world first, in as many units of work as it takes, where nobody sees
//! them. Only when the file has been read to its end and every row has found its place do they
//! replace the world, in one unit. A file that is wrong anywhere changes nothing.

use std::sync::Arc;

use futures_util::{Stream, StreamExt as _};

use super::file::{Header, Line, cell, wrong};
use super::store::{self, Copy, Shape, Table};
use super::{StateError, ops};
use crate::db::{self, Column, DbError, Scope, Value};
use crate::kernel::ids::ProgramCode;
use crate::programs::ops::begin;
use crate::programs::settings::{Settings, brought_up_to_date};
use crate::programs::store as worlds_store;
use crate::programs::world::World;
use crate::programs::worlds::Worlds;

/// Characters of rows that one unit of work takes, roughly.
const UNIT_CHARS: usize = 1 << 20;

/// Makes a world what a file says, be it there or not. Snapshots of it stay.
pub async fn import(
    worlds: &Worlds,
    code: &ProgramCode,
    mut lines: impl Stream<Item = Result<String, StateError>> + Unpin,
) -> Result<Arc<World>, StateError> {
    ops::sweep_passing(worlds).await?;
    let first = lines.next().await.unwrap_or_else(|| Ok(String::new()))?;
    let header = Header::read(&first, db::newest_migration())?;
    let settings = settings_of(worlds, code, header.settings).await?;
    let shape = worlds.shape().await?;
    let copy = Copy {
        code: ops::passing_code(worlds, code),
        settings: serde_json::Value::Null,
        clock: header.clock,
    };
    let mut unit = worlds.db().begin(Scope::keys(vec![])).await?;
    store::insert_copy(&mut unit, code, (&copy, None), worlds.wall());
    unit.commit().await?;
    let mut beside = Beside {
        worlds,
        shape: &shape,
        settings: &settings,
        code: &copy.code,
        version: header.version,
        taking: Taking::Nothing,
        rows: 0,
    };
    let placed = match beside.read(lines).await {
        Ok(()) => take_place(worlds, &shape, (code, &copy), (settings, header.version)).await,
        Err(problem) => Err(problem),
    };
    if placed.is_err() {
        let mut unit = worlds.db().begin(Scope::keys(vec![])).await?;
        store::delete_copy(&mut unit, code, &copy.code);
        unit.commit().await?;
    }
    placed
}

/// The settings of the file, with the secrets that it left out.
async fn settings_of(
    worlds: &Worlds,
    code: &ProgramCode,
    given: serde_json::Value,
) -> Result<Settings, StateError> {
    let own = worlds.find(code).await?;
    let known = own.as_deref().map_or(worlds.template(), |world| &world.settings);
    let given = known.with_secrets(&brought_up_to_date(given)).map_err(|problem| {
        let advice = "export with ?secrets=true, or give the program these settings first";
        wrong(1, format!("settings.{problem}; {advice}"))
    })?;
    if !given["seed"].is_string() {
        return Err(wrong(1, "settings.seed: is missing; cards and hashes follow from it"));
    }
    worlds.template().laid_under(&given).map_err(|problem| wrong(1, format!("settings.{problem}")))
}

/// Puts the rows that stand beside a world in its place.
async fn take_place(
    worlds: &Worlds,
    shape: &Shape,
    (code, copy): (&ProgramCode, &Copy),
    (settings, version): (Settings, i64),
) -> Result<Arc<World>, StateError> {
    let mut unit = begin(worlds, code).await?;
    store::upgrade(&mut unit, &copy.code, version);
    match worlds_store::find(&mut unit, code, worlds.template()).await? {
        Some(world) => {
            worlds_store::delete_life(&mut unit, code);
            unit.next_step();
            let world = ops::successor(worlds, &world, settings, copy.clock);
            worlds_store::update(&mut unit, &world)?;
        }
        None => {
            let world = ops::newborn(worlds, code, settings, copy.clock);
            worlds_store::insert(&mut unit, &world, worlds.wall())?;
        }
    }
    store::copy_life(&mut unit, shape, &copy.code, code.as_str());
    store::delete_copy(&mut unit, code, &copy.code);
    ops::commit(worlds, unit, code).await
}

/// The rows beside the world.
struct Beside<'a> {
    worlds: &'a Worlds,
    shape: &'a Shape,
    /// With their secrets.
    settings: &'a Settings,
    /// The code of the copy.
    code: &'a str,
    /// Of the tables that the rows come from.
    version: i64,
    taking: Taking<'a>,
    rows: u64,
}

/// What becomes of the rows that are being read.
enum Taking<'a> {
    /// No table stands above them yet.
    Nothing,
    /// They are taken over.
    Rows(Batch<'a>),
    /// Their table is no more.
    Dropped,
}

/// Rows of one table on their way.
struct Batch<'a> {
    table: &'a Table,
    columns: Vec<&'a Column>,
    rows: Vec<Vec<Value>>,
    chars: usize,
    /// The line of the first row.
    line: usize,
}

/// The URL of an endpoint of the settings where the file shows it without its secrets.
fn with_secrets(settings: &Settings, column: &Column, cell: Value) -> Result<Value, String> {
    match cell {
        Value::Text(Some(url)) if store::holds_endpoints(column) => {
            let known = settings.endpoint_at(&url).map(|known| known.url.clone());
            if known.is_none() && settings.endpoints_at(&url).next().is_some() {
                let why = format!("several endpoints are shown as {url}");
                return Err(format!("{why}; export with ?secrets=true"));
            }
            Ok(Value::Text(Some(known.unwrap_or(url))))
        }
        cell => Ok(cell),
    }
}

impl<'a> Beside<'a> {
    /// Reads all lines but the first.
    async fn read(
        &mut self,
        mut lines: impl Stream<Item = Result<String, StateError>> + Unpin,
    ) -> Result<(), StateError> {
        let mut number = 1;
        while let Some(line) = lines.next().await {
            number += 1;
            let line = line?;
            match Line::read(number, &line)? {
                Line::Table { table, columns } => {
                    self.flush().await?;
                    self.taking = self.begin(number, &table, &columns)?;
                }
                Line::Row(cells) => {
                    let full = self.row((number, line.len()), cells)?;
                    if full {
                        self.flush().await?;
                    }
                }
                Line::End(rows) if rows == self.rows => {
                    self.flush().await?;
                    return match lines.next().await {
                        None => Ok(()),
                        Some(_) => Err(wrong(number + 1, "stands behind the end")),
                    };
                }
                Line::End(rows) => {
                    let what = format!("there should be {rows} rows, and there are {}", self.rows);
                    return Err(wrong(number, what));
                }
            }
        }
        Err(wrong(number, "the file breaks off: it has no end"))
    }

    fn begin(&self, line: usize, name: &str, columns: &[String]) -> Result<Taking<'a>, StateError> {
        if store::is_dropped(name, self.version) {
            return Ok(Taking::Dropped);
        }
        let shape = self.shape;
        let table = shape.table(name);
        let table = table.ok_or_else(|| wrong(line, format!("there is no table {name:?}")))?;
        let mut known: Vec<&Column> = Vec::new();
        for column in columns {
            let found = table.column(column).filter(|found| !known.contains(found));
            let found = found.ok_or_else(|| {
                wrong(line, format!("{name} has no column {column:?}, or has it once only"))
            })?;
            known.push(found);
        }
        Ok(Taking::Rows(Batch { table, columns: known, rows: Vec::new(), chars: 0, line }))
    }

    /// Takes a row; true if it is time to send what was taken.
    fn row(
        &mut self,
        (line, chars): (usize, usize),
        cells: Vec<serde_json::Value>,
    ) -> Result<bool, StateError> {
        let settings = self.settings;
        let batch = match &mut self.taking {
            Taking::Nothing => return Err(wrong(line, "a row without a table above it")),
            Taking::Rows(batch) => batch,
            Taking::Dropped => {
                self.rows += 1;
                return Ok(false);
            }
        };
        if cells.len() != batch.columns.len() {
            let (wanted, given) = (batch.columns.len(), cells.len());
            return Err(wrong(line, format!("the row has {given} cells in place of {wanted}")));
        }
        let read = |(column, value): (&&Column, serde_json::Value)| {
            let misfit = || {
                let (table, column, kind) = (&column.table, &column.name, column.kind);
                wrong(line, format!("{table}.{column} does not hold a {kind:?}").to_lowercase())
            };
            let cell = cell(column.kind, value).ok_or_else(misfit);
            with_secrets(settings, column, cell?).map_err(|problem| wrong(line, problem))
        };
        let row = batch.columns.iter().zip(cells).map(read).collect::<Result<_, _>>()?;
        if batch.rows.is_empty() {
            batch.line = line;
        }
        batch.rows.push(row);
        batch.chars += chars;
        self.rows += 1;
        let full = store::rows_max(batch.columns.len());
        Ok(batch.rows.len() >= full || batch.chars >= UNIT_CHARS)
    }

    /// Sends the rows that were taken.
    async fn flush(&mut self) -> Result<(), StateError> {
        let Taking::Rows(batch) = &mut self.taking else { return Ok(()) };
        if batch.rows.is_empty() {
            return Ok(());
        }
        let (first, last) = (batch.line, batch.line + batch.rows.len() - 1);
        let rows = std::mem::take(&mut batch.rows);
        batch.chars = 0;
        let mut unit = self.worlds.db().begin(Scope::keys(vec![])).await?;
        store::fill(&mut unit, batch.table, &batch.columns, (self.code, rows));
        let misfit = |cause: DbError| {
            let table = &batch.table.name;
            match cause.misfit() {
                Some(why) => StateError::File(format!("lines {first} to {last}: {table}: {why}")),
                None => cause.into(),
            }
        };
        unit.commit().await.map_err(misfit)
    }
}
