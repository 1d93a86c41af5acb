//! The tables as the database itself knows them: what is copied and exported whole takes its
//! columns from here, so that none can be forgotten.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Column as _, FromRow, Row as _, TypeInfo as _};

use super::error::DbError;
use super::value::{Value, sql};
use super::{Db, Engine};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number of 64 bits.
    Int,
    /// A truth value.
    Bool,
}

impl ColumnKind {
    /// By the name that the engine has for the type.
    fn named(name: &str) -> Option<Self> {
        match name.to_ascii_uppercase().as_str() {
            "TEXT" => Some(Self::Text),
            "BIGINT" | "INT8" | "INTEGER" => Some(Self::Int),
            "BOOLEAN" | "BOOL" => Some(Self::Bool),
            _ => None,
        }
    }
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Its place in the primary key, from 1; 0 outside of it.
    pub key_place: i64,
}

#[derive(Debug, FromRow)]
struct ColumnRow {
    table_name: String,
    column_name: String,
    kind: String,
    key_place: i64,
}

const SQLITE: &str = "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind, \
    CAST(c.pk AS BIGINT) AS key_place \
    FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' \
    AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) p WHERE p.name = 'program_code') \
    ORDER BY t.name, c.cid";

const POSTGRES: &str = "SELECT CAST(c.table_name AS TEXT) AS table_name, \
    CAST(c.column_name AS TEXT) AS column_name, CAST(c.data_type AS TEXT) AS kind, \
    CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS key_place \
    FROM information_schema.columns c LEFT JOIN ( \
        SELECT u.table_name, u.column_name, u.ordinal_position \
        FROM information_schema.key_column_usage u JOIN information_schema.table_constraints t \
        ON t.table_schema = u.table_schema AND t.table_name = u.table_name \
        AND t.constraint_name = u.constraint_name AND t.constraint_type = 'PRIMARY KEY' \
        WHERE u.table_schema = current_schema() \
    ) k ON k.table_name = c.table_name AND k.column_name = c.column_name \
    WHERE c.table_schema = current_schema() AND EXISTS (SELECT 1 \
        FROM information_schema.columns p WHERE p.table_schema = c.table_schema \
        AND p.table_name = c.table_name AND p.column_name = 'program_code') \
    ORDER BY CAST(c.table_name AS TEXT) COLLATE \"C\", c.ordinal_position";

impl Db {
    /// The columns of all tables with a column `program_code`, table by table in their order.
    pub async fn world_columns(&self) -> Result<Vec<Column>, DbError> {
        let text = match self.engine {
            Engine::Sqlite(_) => SQLITE,
            Engine::Postgres(_) => POSTGRES,
        };
        let rows: Vec<ColumnRow> = self.all(sql(text)).await?;
        rows.into_iter().map(ColumnRow::read).collect()
    }

    /// What stands behind a column of text where it is compared or sorted, so that both engines
    /// order by the bytes.
    pub fn byte_order(&self) -> &'static str {
        match self.engine {
            Engine::Sqlite(_) => "",
            Engine::Postgres(_) => " COLLATE \"C\"",
        }
    }
}

impl ColumnRow {
    fn read(self) -> Result<Column, DbError> {
        let Self { table_name, column_name, kind, key_place } = self;
        let kind = ColumnKind::named(&kind).ok_or_else(|| {
            DbError::Unreadable(format!("{table_name}.{column_name} is of the type {kind}"))
        })?;
        Ok(Column { table: table_name, name: column_name, kind, key_place })
    }
}

/// A row of any table, its columns in the order of the statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Cells(pub Vec<Value>);

/// One text for both drivers, whose rows have no type in common.
macro_rules! reads_cells {
    ($row:ty) => {
        impl<'r> FromRow<'r, $row> for Cells {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                let cells = row.columns().iter().map(|column| {
                    let at = column.ordinal();
                    match ColumnKind::named(column.type_info().name()) {
                        Some(ColumnKind::Int) => row.try_get(at).map(Value::Int),
                        Some(ColumnKind::Bool) => row.try_get(at).map(Value::Bool),
                        _ => row.try_get(at).map(Value::Text),
                    }
                });
                cells.collect::<Result<_, _>>().map(Self)
            }
        }
    };
}

reads_cells!(SqliteRow);
reads_cells!(PgRow);
