//! The seam over the two engines: units of work are whole, alone on their keys, and durable; what
//! fails in a group fails alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use piebox::db::{Db, DbError, Key, Scope, Statement, sql};
use piebox::kernel::ids::ProgramCode;

use crate::support::{Engine, Store, on_both_engines};

fn program() -> ProgramCode {
    "wf".parse().unwrap()
}

fn key(number: usize) -> Key {
    Key::request(&program(), &number.to_string())
}

/// A row of its own, in a table that takes few columns.
fn insert(name: &str, value: &str) -> Statement {
    sql("INSERT INTO server_keys (name, value) VALUES ($1, $2)").bind(name).bind(value)
}

async fn value(db: &Db, name: &str) -> Option<String> {
    let find = sql("SELECT value FROM server_keys WHERE name = $1").bind(name);
    db.first::<(String,)>(find).await.unwrap().map(|(value,)| value)
}

async fn count(db: &Db) -> i64 {
    let rows = sql("SELECT COUNT(*) AS rows FROM server_keys");
    db.first::<(i64,)>(rows).await.unwrap().map_or(0, |(rows,)| rows)
}

async fn commit(db: &Db, statements: Vec<Statement>) -> Result<(), DbError> {
    let mut unit = db.begin(Scope::keys(Vec::new())).await?;
    statements.into_iter().for_each(|statement| unit.write(statement));
    unit.commit().await
}

on_both_engines! {
    async fn a_unit_is_kept_whole_or_not_at_all(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        commit(&db, vec![insert("a", "1"), insert("b", "2")]).await.unwrap();
        let twice = commit(&db, vec![insert("c", "3"), insert("a", "4")]).await;
        assert!(matches!(twice, Err(DbError::Conflict)), "{twice:?}");
        assert_eq!(value(&db, "c").await, None);
        assert_eq!(value(&db, "a").await.as_deref(), Some("1"));

        let mut dropped = db.begin(Scope::keys(Vec::new())).await.unwrap();
        dropped.write(insert("d", "5"));
        drop(dropped);
        assert_eq!(value(&db, "d").await, None);
        assert_eq!(count(&db).await, 2);
    }

    async fn of_a_hundred_parallel_units_only_the_failing_ones_fail(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        commit(&db, vec![insert("taken", "")]).await.unwrap();
        let units = (0..100).map(|n| {
            let clash = if n % 10 == 3 { "taken".to_owned() } else { format!("second-{n}") };
            let (db, first) = (db.clone(), format!("first-{n}"));
            async move { commit(&db, vec![insert(&first, ""), insert(&clash, "")]).await }
        });
        let results = join_all(units).await;
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), n % 10 == 3, "unit {n}: {result:?}");
            let kept = value(&db, &format!("first-{n}")).await.is_some();
            assert_eq!(kept, result.is_ok(), "unit {n}");
        }
        assert_eq!(count(&db).await, 1 + 90 * 2);
    }

    async fn units_on_one_key_run_one_after_the_other(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        let dbs = match engine {
            Engine::Postgres => vec![db.clone(), store.open().await],
            Engine::Sqlite => vec![db.clone()],
        };
        commit(&db, vec![insert("sum", "0")]).await.unwrap();
        let add = |n: usize| {
            let db = dbs[n % dbs.len()].clone();
            async move {
                loop {
                    let mut unit = match db.begin(Scope::keys(vec![key(1), key(2)])).await {
                        Ok(unit) => unit,
                        Err(DbError::Locked) => continue,
                        Err(other) => panic!("{other}"),
                    };
                    let find = sql("SELECT value FROM server_keys WHERE name = 'sum'");
                    let rows: Vec<(String,)> = unit.all(find).await.unwrap();
                    let sum: u32 = rows[0].0.parse().unwrap();
                    let next = (sum + 1).to_string();
                    unit.write(
                        sql("UPDATE server_keys SET value = $1 WHERE name = 'sum'").bind(next),
                    );
                    return unit.commit().await.unwrap();
                }
            }
        };
        join_all((0..200).map(add)).await;
        assert_eq!(value(&db, "sum").await.as_deref(), Some("200"));
    }

    async fn keys_taken_in_any_order_do_not_lock_each_other_up(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        let done = Arc::new(AtomicI64::new(0));
        let units = (0..60).map(|n| {
            let (db, done) = (db.clone(), Arc::clone(&done));
            async move {
                let keys = [key(n % 3), key((n + 1) % 3), key((n * 7) % 3)];
                for _ in 0..20 {
                    if let Ok(unit) = db.begin(Scope::keys(keys.to_vec())).await {
                        unit.commit().await.unwrap();
                        done.fetch_add(1, Ordering::Relaxed);
                        return;
                    }
                }
            }
        });
        tokio::time::timeout(Duration::from_secs(30), join_all(units)).await.unwrap();
        assert_eq!(done.load(Ordering::Relaxed), 60);
    }

    async fn a_key_that_stays_taken_is_given_up_after_the_wait(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        let held = db.begin(Scope::keys(vec![key(1)])).await.unwrap();
        let contender = match engine {
            Engine::Postgres => store.open().await,
            Engine::Sqlite => db.clone(),
        };
        let refused = contender.begin(Scope::keys(vec![key(1)])).await;
        assert!(matches!(refused, Err(DbError::Locked)), "{refused:?}");
        contender.begin(Scope::keys(vec![key(2)])).await.unwrap();
        drop(held);
        for _ in 0..100 {
            // Postgres learns of a dropped unit when its connection closes.
            match contender.begin(Scope::keys(vec![key(1)])).await {
                Ok(unit) => return unit.commit().await.unwrap(),
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
        panic!("the key was never let go of");
    }

    async fn a_caller_that_goes_away_leaves_no_unit_half_done(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        for n in 0..40u64 {
            let (db, name) = (db.clone(), format!("n{n}"));
            let unit = async move {
                let mut unit = db.begin(Scope::keys(vec![key(9)])).await?;
                unit.write(insert(&name, "a"));
                unit.write(insert(&format!("{name}-twin"), "b"));
                unit.commit().await
            };
            let _ = tokio::time::timeout(Duration::from_micros(n * 40), unit).await;
        }
        // Who gets the key next finds everything decided: nothing is added any more.
        let unit = db.begin(Scope::keys(vec![key(9)])).await.unwrap();
        let decided = count(&db).await;
        unit.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(count(&db).await, decided);
        for n in 0..40 {
            let one = value(&db, &format!("n{n}")).await.is_some();
            assert_eq!(one, value(&db, &format!("n{n}-twin")).await.is_some(), "unit {n}");
        }
    }

    async fn what_is_committed_is_there_after_reopening(engine: Engine) {
        let store = Store::create(engine).await;
        let db = store.open().await;
        commit(&db, vec![insert("kept", "yes")]).await.unwrap();
        db.close().await;
        drop(db);
        assert_eq!(value(&store.open().await, "kept").await.as_deref(), Some("yes"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_is_dropped_on_postgres_gives_its_keys_and_its_connection_back() {
    if crate::support::postgres_url().is_none() {
        return;
    }
    let store = Store::create(Engine::Postgres).await;
    let mut options = store.options();
    // One for the unit, one for the contender.
    options.pool_connections = 2;
    let db = Db::open(&options).await.unwrap();
    db.migrate().await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for number in 0..40 {
        let mut unit = db.begin(Scope::keys(vec![key(3)])).await.unwrap();
        let select = sql("SELECT CAST(pg_backend_pid() AS BIGINT) AS pid");
        seen.extend(unit.all::<(i64,)>(select).await.unwrap());
        unit.write(insert(&format!("dropped-{number}"), "x"));
        drop(unit);
    }
    assert!(seen.len() <= 2, "{} connections were used", seen.len());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sqlite_file_has_one_owner() {
    let store = Store::create(Engine::Sqlite).await;
    let first = store.open().await;
    let second = Db::open(&store.options()).await;
    assert!(second.unwrap_err().to_string().contains("in use by another piebox process"));
    first.close().await;
    drop(first);
    Db::open(&store.options()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_database_is_shared_by_its_readers_and_no_one_else() {
    let mut options = Store::create(Engine::Sqlite).await.options();
    options.url = "sqlite::memory:".to_owned();
    let (one, other) = (Db::open(&options).await.unwrap(), Db::open(&options).await.unwrap());
    one.migrate().await.unwrap();
    other.migrate().await.unwrap();
    let writes = (0..200).map(|n| {
        let db = one.clone();
        async move {
            let name = format!("n{n}");
            commit(&db, vec![insert(&name, "x")]).await.unwrap();
            assert_eq!(value(&db, &name).await.as_deref(), Some("x"));
        }
    });
    join_all(writes).await;
    assert_eq!((count(&one).await, count(&other).await), (200, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_tables_or_of_no_known_kind_is_refused_in_words() {
    let store = Store::create(Engine::Sqlite).await;
    let db = Db::open(&store.options()).await.unwrap();
    let words = db.expect_migrated().await.unwrap_err().to_string();
    assert!(words.contains("piebox migrate"), "{words}");
    let mut options = store.options();
    for (url, says) in [
        ("mysql://x", "must begin with sqlite: or postgres://"),
        ("sqlite:/nowhere/at/all.db", "/nowhere/at/all.db"),
        ("postgres://me:hush@127.0.0.1:9/x", "postgres://me:***@127.0.0.1:9/x"),
    ] {
        options.url = url.to_owned();
        let words = Db::open(&options).await.unwrap_err().to_string();
        assert!(words.contains(says) && !words.contains("hush"), "{words}");
    }
}
