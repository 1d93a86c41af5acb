//! SQL of worlds.

use std::str::FromStr;

use sqlx::FromRow;

use super::clock::WorldClock;
use super::faults::{Fault, FaultCount, FaultRule};
use super::settings::{Settings, brought_up_to_date};
use super::world::{Edition, World};
use crate::db::{DbError, Read, Statement, Work, sql};
use crate::kernel::ids::{AccountId, FaultId, Life, ProgramCode};
use crate::kernel::time::Timestamp;

/// Every table whose rows belong to a world's life, children before parents. A reset empties them,
/// a snapshot, fork or export copies them; `programs` itself stays.
pub(super) const LIFE_TABLES: &[(&str, &str)] = &[
    ("test_event_receivers", "DELETE FROM test_event_receivers WHERE program_code = $1"),
    ("webhook_attempts", "DELETE FROM webhook_attempts WHERE program_code = $1"),
    ("webhook_deliveries", "DELETE FROM webhook_deliveries WHERE program_code = $1"),
    ("webhook_events", "DELETE FROM webhook_events WHERE program_code = $1"),
    ("statements", "DELETE FROM statements WHERE program_code = $1"),
    ("tasks", "DELETE FROM tasks WHERE program_code = $1"),
    ("contact_verifications", "DELETE FROM contact_verifications WHERE program_code = $1"),
    ("account_features", "DELETE FROM account_features WHERE program_code = $1"),
    ("transfers", "DELETE FROM transfers WHERE program_code = $1"),
    ("check_deposits", "DELETE FROM check_deposits WHERE program_code = $1"),
    ("adjustments", "DELETE FROM adjustments WHERE program_code = $1"),
    ("holds", "DELETE FROM holds WHERE program_code = $1"),
    ("transactions", "DELETE FROM transactions WHERE program_code = $1"),
    ("postings", "DELETE FROM postings WHERE program_code = $1"),
    ("direct_deposit_switches", "DELETE FROM direct_deposit_switches WHERE program_code = $1"),
    ("documents", "DELETE FROM documents WHERE program_code = $1"),
    ("product_changes", "DELETE FROM product_changes WHERE program_code = $1"),
    ("scans", "DELETE FROM scans WHERE program_code = $1"),
    ("packages", "DELETE FROM packages WHERE program_code = $1"),
    ("enrollments", "DELETE FROM enrollments WHERE program_code = $1"),
    ("wallet_tokens", "DELETE FROM wallet_tokens WHERE program_code = $1"),
    ("card_pins", "DELETE FROM card_pins WHERE program_code = $1"),
    ("mailings", "DELETE FROM mailings WHERE program_code = $1"),
    ("payment_instruments", "DELETE FROM payment_instruments WHERE program_code = $1"),
    ("purses", "DELETE FROM purses WHERE program_code = $1"),
    ("account_states", "DELETE FROM account_states WHERE program_code = $1"),
    ("users", "DELETE FROM users WHERE program_code = $1"),
    ("accounts", "DELETE FROM accounts WHERE program_code = $1"),
    ("journal", "DELETE FROM journal WHERE program_code = $1"),
    ("faults", "DELETE FROM faults WHERE program_code = $1"),
    ("people", "DELETE FROM people WHERE program_code = $1"),
];

#[derive(Debug, FromRow)]
struct WorldRow {
    version: i64,
    life: i64,
    settings: String,
    clock: String,
    fault_id: Option<String>,
    rule: Option<String>,
}

const FIND: &str = "SELECT p.version, p.life, p.settings, p.clock, f.fault_id, f.rule \
    FROM programs p LEFT JOIN faults f ON f.program_code = p.program_code \
    WHERE p.program_code = $1 ORDER BY f.position";

/// The world of this code, if it is there: one trip.
///
/// Settings are laid over the template: a section that a later release has added is then there.
pub(super) async fn find(
    read: &mut impl Read,
    code: &ProgramCode,
    template: &Settings,
) -> Result<Option<World>, DbError> {
    let rows: Vec<WorldRow> = read.all(sql(FIND).bind(code)).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let stored = brought_up_to_date(stored_json("programs.settings", &first.settings)?);
    let settings = template
        .laid_under(&stored)
        .map_err(|problem| DbError::Unreadable(format!("programs.settings: {problem}")))?;
    let clock: WorldClock = stored_json("programs.clock", &first.clock)?;
    let faults = rows.iter().filter_map(fault).collect::<Result<_, _>>()?;
    let edition = Edition { version: first.version, life: Life::begun_with(first.life) };
    Ok(Some(World::new(code.clone(), edition, settings, clock, faults)))
}

/// Programs with an account of this id.
pub(super) async fn holding(
    read: &mut impl Read,
    account: AccountId,
) -> Result<Vec<ProgramCode>, DbError> {
    let query =
        // The join leaves out copies of worlds.
        sql("SELECT a.program_code FROM accounts a \
             JOIN programs p ON p.program_code = a.program_code \
             WHERE a.account_id = $1 ORDER BY a.program_code");
    let rows: Vec<(String,)> = read.all(query.bind(account)).await?;
    let code = |(code,): (String,)| {
        let unreadable = |problem| DbError::Unreadable(format!("accounts.program_code: {problem}"));
        code.parse().map_err(unreadable)
    };
    rows.into_iter().map(code).collect()
}

/// The stored version of a world, if it is there.
pub(super) async fn version(
    read: &mut impl Read,
    code: &ProgramCode,
) -> Result<Option<i64>, DbError> {
    let query = sql("SELECT version FROM programs WHERE program_code = $1").bind(code);
    Ok(read.first::<(i64,)>(query).await?.map(|(version,)| version))
}

fn fault(row: &WorldRow) -> Option<Result<Fault, DbError>> {
    let (id, rule) = (row.fault_id.as_deref()?, row.rule.as_deref()?);
    Some(read_fault(id, rule))
}

fn read_fault(id: &str, rule: &str) -> Result<Fault, DbError> {
    let fault_id = FaultId::from_str(id)
        .map_err(|problem| DbError::Unreadable(format!("faults.fault_id: {problem}")))?;
    Ok(Fault { fault_id, rule: stored_json("faults.rule", rule)? })
}

pub(super) fn stored_json<T: serde::de::DeserializeOwned>(
    column: &str,
    text: &str,
) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|cause| DbError::Unreadable(format!("{column}: {cause}")))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, DbError> {
    serde_json::to_string(value).map_err(|cause| DbError::Unreadable(cause.to_string()))
}

const INSERT: &str = "INSERT INTO programs (program_code, version, life, settings, \
    clock, clock_frozen_at, clock_offset_ms, created_wall_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

pub(super) fn insert(work: &mut Work, world: &World, wall: Timestamp) -> Result<(), DbError> {
    let (frozen_at, offset_ms) = world.clock.columns();
    work.write(
        sql(INSERT)
            .bind(&world.code)
            .bind(world.edition.version)
            .bind(world.edition.life.number())
            .bind(json(&world.settings)?)
            .bind(json(&world.clock)?)
            .bind(frozen_at)
            .bind(offset_ms)
            .bind(wall),
    );
    Ok(())
}

const UPDATE: &str = "UPDATE programs SET version = $2, life = $3, settings = $4, clock = $5, \
    clock_frozen_at = $6, clock_offset_ms = $7 WHERE program_code = $1";

/// Writes settings, clock, version and life of a changed world.
pub(super) fn update(work: &mut Work, world: &World) -> Result<(), DbError> {
    let (frozen_at, offset_ms) = world.clock.columns();
    work.write(
        sql(UPDATE)
            .bind(&world.code)
            .bind(world.edition.version)
            .bind(world.edition.life.number())
            .bind(json(&world.settings)?)
            .bind(json(&world.clock)?)
            .bind(frozen_at)
            .bind(offset_ms),
    );
    Ok(())
}

/// Empties everything that happened in a world.
pub(super) fn delete_life(work: &mut Work, code: &ProgramCode) {
    for (_, delete) in LIFE_TABLES {
        work.write(sql(delete).bind(code));
    }
}

pub(super) fn delete(work: &mut Work, code: &ProgramCode) {
    work.write(sql("DELETE FROM programs WHERE program_code = $1").bind(code));
}

// Behind those that are there: the version of a world that was copied may be lower than theirs.
const INSERT_FAULT: &str = "INSERT INTO faults \
    (program_code, fault_id, position, rule, matched, applied) VALUES ($1, $2, \
    (SELECT COALESCE(MAX(position), 0) + 1 FROM faults WHERE program_code = $1), $3, 0, 0)";

pub(super) fn insert_fault(
    work: &mut Work,
    world: &World,
    fault_id: FaultId,
    rule: &FaultRule,
) -> Result<(), DbError> {
    let insert = sql(INSERT_FAULT).bind(&world.code).bind(fault_id);
    work.write(insert.bind(json(rule)?));
    Ok(())
}

pub(super) fn delete_faults(work: &mut Work, code: &ProgramCode, only: Option<FaultId>) {
    work.write(match only {
        Some(id) => {
            sql("DELETE FROM faults WHERE program_code = $1 AND fault_id = $2").bind(code).bind(id)
        }
        None => sql("DELETE FROM faults WHERE program_code = $1").bind(code),
    });
}

#[derive(Debug, FromRow)]
struct CountRow {
    fault_id: String,
    matched: i64,
    applied: i64,
}

/// How often each rule of a world has matched and been applied.
pub(super) async fn fault_counts(
    read: &mut impl Read,
    code: &ProgramCode,
) -> Result<Vec<(String, FaultCount)>, DbError> {
    const COUNTS: &str =
        "SELECT fault_id, matched, applied FROM faults WHERE program_code = $1 ORDER BY position";
    let rows: Vec<CountRow> = read.all(sql(COUNTS).bind(code)).await?;
    let count = |row: &CountRow| FaultCount { matched: row.matched, applied: row.applied };
    Ok(rows.into_iter().map(|row| (row.fault_id.clone(), count(&row))).collect())
}

const UPDATE_COUNT: &str =
    "UPDATE faults SET matched = $3, applied = $4 WHERE program_code = $1 AND fault_id = $2";

pub(super) fn update_count(code: &ProgramCode, id: FaultId, count: FaultCount) -> Statement {
    sql(UPDATE_COUNT).bind(code).bind(id).bind(count.matched).bind(count.applied)
}

const SPARE_FAULT: &str =
    "UPDATE faults SET applied = applied - 1 WHERE program_code = $1 AND fault_id = $2";

/// Takes one application of a rule back.
pub(super) fn spare_fault(code: &ProgramCode, id: FaultId) -> Statement {
    sql(SPARE_FAULT).bind(code).bind(id)
}

/// How many people were invented for a world.
pub(super) async fn people_issued(
    read: &mut impl Read,
    code: &ProgramCode,
) -> Result<i64, DbError> {
    let row: Option<(i64,)> =
        read.first(sql("SELECT issued FROM people WHERE program_code = $1").bind(code)).await?;
    Ok(row.map_or(0, |(issued,)| issued))
}

const SET_PEOPLE: &str = "INSERT INTO people (program_code, issued) VALUES ($1, $2) \
    ON CONFLICT (program_code) DO UPDATE SET issued = excluded.issued";

pub(super) fn set_people_issued(work: &mut Work, code: &ProgramCode, issued: i64) {
    work.write(sql(SET_PEOPLE).bind(code).bind(issued));
}
