//! Writing a world into its file.
//!
//! The world is copied in one unit of work, and the copy is read out page by page: the file shows
//! one moment, however slowly it is fetched, and nobody waits for it meanwhile.

use std::sync::Arc;

use futures_util::Stream;
use futures_util::stream::try_unfold;

use super::file::{self, Header};
use super::store::{self, Shape, Table};
use super::{StateError, ops};
use crate::db::{self, Cells, Scope, Value};
use crate::kernel::ids::ProgramCode;
use crate::programs::ops::{begin, expect};
use crate::programs::settings::redact;
use crate::programs::worlds::Worlds;

/// Rows that are read at once.
const PAGE_ROWS: usize = 1_000;

/// What is being written.
struct Writing {
    worlds: Arc<Worlds>,
    shape: Arc<Shape>,
    program: ProgramCode,
    with_secrets: bool,
    /// The code of the copy that is read.
    copy: String,
    /// The first line, until it is written.
    header: Option<Header>,
    /// The table that comes next, by its place in the shape.
    table: usize,
    /// The last row written of it.
    after: Option<Vec<Value>>,
    rows: u64,
}

/// The file of a world, in pieces of whole lines. Secrets of the settings, and of the endpoints
/// that deliveries go to, are in it only if asked for. A file that breaks off lacks its last line,
/// and is not imported.
pub async fn export(
    worlds: &Arc<Worlds>,
    code: &ProgramCode,
    with_secrets: bool,
) -> Result<impl Stream<Item = Result<String, StateError>> + Send + 'static, StateError> {
    ops::sweep_passing(worlds).await?;
    let shape = worlds.shape().await?;
    let mut unit = begin(worlds, code).await?;
    let world = expect(worlds, &mut unit, code).await?;
    let mut copy = ops::copy_of(worlds, &world, ops::passing_code(worlds, code))?;
    if !with_secrets {
        redact(&mut copy.settings);
    }
    store::copy_life(&mut unit, &shape, code.as_str(), &copy.code);
    store::insert_copy(&mut unit, code, (&copy, None), worlds.wall());
    unit.commit().await?;
    let version = db::newest_migration();
    let writing = Writing {
        worlds: Arc::clone(worlds),
        shape,
        program: code.clone(),
        with_secrets,
        copy: copy.code,
        header: Some(Header::new(version, code.to_string(), copy.clock, copy.settings)),
        table: 0,
        after: None,
        rows: 0,
    };
    Ok(try_unfold(Some(writing), |writing| async {
        match writing {
            Some(writing) => writing.next().await.map(Some),
            None => Ok(None),
        }
    }))
}

/// Takes the secrets out of the URLs that rows hold.
fn cover_secrets(table: &Table, rows: &mut [Cells]) {
    for (at, column) in table.columns.iter().enumerate() {
        let Some(cover) = store::cover(column) else { continue };
        for row in rows.iter_mut() {
            if let Some(Value::Text(Some(text))) = row.0.get_mut(at) {
                *text = cover(text);
            }
        }
    }
}

impl Writing {
    /// The next piece, and what is left to write.
    async fn next(mut self) -> Result<(String, Option<Self>), StateError> {
        if let Some(header) = self.header.take() {
            let line = serde_json::to_string(&header)
                .map_err(|cause| StateError::File(cause.to_string()))?;
            return Ok((line + "\n", Some(self)));
        }
        let shape = Arc::clone(&self.shape);
        while let Some(table) = shape.tables.get(self.table) {
            let read = (&*shape, table);
            let after = self.after.take();
            let mut page =
                store::page(self.worlds.db(), read, &self.copy, after.as_deref(), PAGE_ROWS)
                    .await?;
            if !self.with_secrets {
                cover_secrets(table, &mut page);
            }
            let mut piece = String::new();
            if after.is_none() && !page.is_empty() {
                piece = file::table_line(&table.name, &table.names()) + "\n";
            }
            for row in &page {
                piece.push_str(&file::row_line(&row.0));
                piece.push('\n');
            }
            self.rows += page.len() as u64;
            match page.last().filter(|_| page.len() == PAGE_ROWS) {
                Some(last) => self.after = Some(table.key_of(last)),
                None => self.table += 1,
            }
            if !piece.is_empty() {
                return Ok((piece, Some(self)));
            }
        }
        let rows = self.rows;
        self.finish().await?;
        Ok((file::end_line(rows) + "\n", None))
    }

    /// Removes the copy. Should it be gone already, the file is not whole.
    async fn finish(self) -> Result<(), StateError> {
        let mut unit = self.worlds.db().begin(Scope::keys(vec![])).await?;
        if !store::copy_codes(&mut unit, &self.program).await?.contains(&self.copy) {
            return Err(StateError::File("the program was deleted meanwhile".to_owned()));
        }
        store::delete_copy(&mut unit, &self.program, &self.copy);
        Ok(unit.commit().await?)
    }
}
