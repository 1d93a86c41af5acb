//! Migrations: both engines in step, every table explained, keyed by world and emptied by a reset.

use super::demand_none;
use super::sources::{files_below, read, rust_files};
use super::tokens::Kind;

const SQLITE: &str = "migrations/sqlite";
const POSTGRES: &str = "migrations/postgres";

/// Tables that belong to no world, with the reason.
const WORLDLESS: &[(&str, &str)] =
    &[("server_keys", "secrets of the server, shared by all worlds")];

/// Tables with a program code that outlive a reset: the world itself, and copies of it.
const NO_LIFE: [&str; 2] = ["programs", "world_copies"];

/// The file that empties a world.
const RESET: &str = "src/programs/store.rs";

fn names(folder: &str) -> Vec<String> {
    let inner = |path: String| path[folder.len() + 1..].to_owned();
    files_below(folder).into_iter().map(inner).collect()
}

fn files() -> Vec<String> {
    [SQLITE, POSTGRES].into_iter().flat_map(files_below).collect()
}

#[test]
fn both_engines_have_the_same_migrations() {
    assert!(!names(SQLITE).is_empty(), "{SQLITE} is empty");
    assert_eq!(
        names(SQLITE),
        names(POSTGRES),
        "add the missing file to {SQLITE} or {POSTGRES}: each migration is written for both"
    );
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let expected = (1..).map(|number| format!("{number:04}_"));
    let pairs = names(SQLITE).into_iter().zip(expected);
    let wrong = pairs.filter(|(name, start)| !name.starts_with(start) || !name.ends_with(".sql"));
    let problems: Vec<String> =
        wrong.map(|(name, start)| format!("{name} should be {start}….sql")).collect();
    demand_none(&problems, "Number the files 0001, 0002 and so on, each number once.");
}

#[test]
fn migrations_and_tables_are_explained_by_a_comment() {
    let problems: Vec<String> = files().iter().flat_map(|path| bare(path, &read(path))).collect();
    demand_none(&problems, "Put a `--` comment directly above: what is one row of the table?");
}

/// The lines that lack a comment above them; line 0 is the file itself.
fn bare(path: &str, text: &str) -> Vec<String> {
    let mut before = "";
    let mut found = Vec::new();
    if !text.starts_with("--") {
        found.push(format!("{path} does not begin with a comment"));
    }
    for (number, line) in (1..).zip(text.lines()) {
        let is_table = line.trim_start().to_uppercase().starts_with("CREATE TABLE");
        if is_table && !before.trim_start().starts_with("--") {
            found.push(format!("{path}:{number} {line}"));
        }
        before = line;
    }
    found
}

#[test]
fn every_table_is_keyed_by_its_world() {
    let is_excused = |table: &Table| WORLDLESS.iter().any(|(name, _)| table.name == *name);
    let mut problems = Vec::new();
    for folder in [SQLITE, POSTGRES] {
        let tables = tables(folder);
        assert!(!tables.is_empty(), "{folder}: no table found");
        let foreign = |table: &&Table| !is_excused(table) && table.key != "program_code";
        for Table { name, key, .. } in tables.iter().filter(foreign) {
            problems.push(format!("{folder}: the primary key of {name} begins with `{key}`"));
        }
    }
    let advice = "Make program_code the first column of the PRIMARY KEY. A table that belongs to \
        no world is listed in WORLDLESS, tests/it/architecture/migrations.rs.";
    demand_none(&problems, advice);
}

#[test]
fn a_reset_empties_every_table_of_a_world() {
    let emptied = emptied_tables();
    assert!(!emptied.is_empty(), "no LIFE_TABLES in {RESET}");
    let mut problems = Vec::new();
    for folder in [SQLITE, POSTGRES] {
        let tables = tables(folder);
        let of_a_world =
            tables.iter().filter(|t| t.has_world && !NO_LIFE.contains(&t.name.as_str()));
        let forgotten = of_a_world.filter(|table| !emptied.contains(&table.name));
        problems.extend(forgotten.map(|table| format!("{folder}: {} is not emptied", table.name)));
        let gone = emptied.iter().filter(|name| !tables.iter().any(|table| table.name == **name));
        problems.extend(gone.map(|name| format!("{folder}: there is no table {name}")));
    }
    demand_none(
        &problems,
        "Correct LIFE_TABLES in src/programs/store.rs: children before parents.",
    );
}

#[test]
fn a_migration_that_changes_rows_changes_those_of_older_exports_too() {
    const UPGRADES: &str = "src/programs/state/store.rs";
    let names = names(SQLITE);
    let first = names.iter().position(|name| name.ends_with("_world_copies.sql"));
    let first = first.expect("the migration since which there are exports");
    let source = read(UPGRADES);
    let list = source.split("const UPGRADES").nth(1).and_then(|rest| rest.split("];").next());
    let upgrades = list.expect("the list");
    let mut problems = Vec::new();
    for name in &names[first..] {
        let number: u32 = name[..4].parse().unwrap_or_default();
        let is_listed = upgrades.contains(&format!("({number}, "));
        if changes_rows(&read(&format!("{SQLITE}/{name}"))) != is_listed {
            problems.push(format!("{name}: listed in UPGRADES: {is_listed}"));
        }
    }
    let advice = "An imported file of an earlier release is migrated too: list the number and the \
        statement, narrowed to program $1, in UPGRADES of src/programs/state/store.rs.";
    demand_none(&problems, advice);
}

#[test]
fn rows_of_a_table_that_a_migration_takes_away_are_passed_over_in_older_exports() {
    const DROPPED: &str = "src/programs/state/store.rs";
    let (names, dropped) = (names(SQLITE), read(DROPPED));
    let first = names.iter().position(|name| name.ends_with("_world_copies.sql")).unwrap();
    let mut problems = Vec::new();
    for name in &names[first..] {
        let number: u32 = name[..4].parse().unwrap_or_default();
        let migration = read(&format!("{SQLITE}/{name}"));
        let tables =
            migration.split("DROP TABLE ").skip(1).filter_map(|rest| rest.split(';').next());
        let forgotten = tables.filter(|t| !dropped.contains(&format!("({number}, \"{t}\")")));
        problems.extend(forgotten.map(|table| format!("{name}: {table} is not listed in DROPPED")));
    }
    demand_none(
        &problems,
        "List the number and the table in DROPPED of src/programs/state/store.rs.",
    );
}

/// Whether a migration does more than to make tables and columns.
fn changes_rows(migration: &str) -> bool {
    let code = migration.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join(" ");
    let verbs = code.split(';').filter_map(|statement| statement.split_whitespace().next());
    verbs.into_iter().any(|verb| ["UPDATE", "DELETE", "INSERT"].contains(&verb))
}

#[test]
fn a_migration_that_changes_rows_is_told_from_one_that_does_not() {
    assert!(changes_rows(&read("migrations/sqlite/0004_outcomes.sql")));
    assert!(!changes_rows("-- UPDATE it;\nCREATE TABLE a (b TEXT);\nALTER TABLE a ADD c TEXT;"));
}

/// The names in `LIFE_TABLES`.
pub(crate) fn emptied_tables() -> Vec<String> {
    let source = rust_files().iter().find(|source| source.path == RESET);
    let code = source.map(|source| source.code()).unwrap_or_default();
    let list = code.into_iter().skip_while(|token| !token.is("LIFE_TABLES"));
    let texts = list.take_while(|token| !token.is(";")).filter(|token| token.kind == Kind::Text);
    texts.map(|token| token.text).filter(|text| is_name(text)).collect()
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c == '_' || c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// One table.
#[derive(Debug, PartialEq, Eq)]
struct Table {
    name: String,
    /// First column of the primary key; empty if there is none.
    key: String,
    /// It has a column `program_code`.
    has_world: bool,
}

/// The tables there are after all migrations of a folder.
fn tables(folder: &str) -> Vec<Table> {
    let files = files_below(folder);
    tables_after(&files.iter().map(|path| read(path)).collect::<Vec<_>>().join("\n"))
}

fn tables_after(migrations: &str) -> Vec<Table> {
    let code = migrations.lines().map(|line| line.split("--").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join(" ");
    let mut tables = Vec::new();
    for statement in code.split(';') {
        let words: Vec<&str> = statement.split_whitespace().collect();
        match words.as_slice() {
            ["CREATE", "TABLE", name, ..] => tables.push(table(name, statement)),
            ["DROP", "TABLE", name, ..] => tables.retain(|table| table.name != *name),
            ["ALTER", "TABLE", old, "RENAME", "TO", new] => rename(&mut tables, old, new),
            _ => {}
        }
    }
    tables
}

fn rename(tables: &mut [Table], old: &str, new: &str) {
    for table in tables.iter_mut().filter(|table| table.name == old) {
        table.name = new.to_owned();
    }
}

fn table(name: &str, statement: &str) -> Table {
    let body = statement.split_once('(').map_or("", |(_, body)| body);
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    let mut key = String::new();
    if let Some((before, after)) = body.split_once("PRIMARY KEY") {
        key = match after.trim_start().strip_prefix('(') {
            Some(columns) => first(&columns.replace([',', ')'], " ")),
            None => first(before.rsplit(',').next().unwrap_or_default()),
        };
    }
    let has_world = body.split(',').any(|part| first(part) == "program_code");
    Table { name: name.to_owned(), key, has_world }
}

#[test]
fn tables_are_read_from_statements() {
    let text =
        "-- A.\nCREATE TABLE a (\n  program_code TEXT, -- first, always\n  b TEXT,\n  CONSTRAINT \
        a_pkey PRIMARY KEY (program_code, b)\n);\nCREATE TABLE b (id TEXT PRIMARY KEY, x TEXT);
        CREATE TABLE c (x TEXT); DROP TABLE c; ALTER TABLE b RENAME TO d;";
    let table = |name: &str, key: &str, has_world| Table {
        name: name.to_owned(),
        key: key.to_owned(),
        has_world,
    };
    assert_eq!(tables_after(text), [table("a", "program_code", true), table("d", "id", false)]);
    assert_eq!(bare("x.sql", "-- X.\n\nCREATE TABLE a (\n").len(), 1);
}
