//! The state of a world as a whole: snapshots, forks, export, import, and that none of it forgets a
//! table or a column.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use piebox::app::api_document;
use piebox::db::{Db, Scope, sql};
use piebox::programs::settings::redact;
use piebox::receiver::{Receiver, ReceiverOptions};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::architecture::life_tables;
use crate::contract::exercise;
use crate::support::money::{Money, money_account};
use crate::support::{
    Answer, Engine, TestSim, enrollment, guid, on_both_engines, postgres_url, webhooks,
};

/// Tables with a program code that are no part of a world's life, with the reason.
const NOT_OF_A_LIFE: [(&str, &str); 2] = [
    ("programs", "settings, clock and version: written as a world, not as a row"),
    ("world_copies", "the copies themselves"),
];

async fn export(sim: &TestSim, program: &str) -> String {
    let answer = sim.control("GET", &format!("{program}/export"), Json::Null).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    answer.text
}

async fn import(sim: &TestSim, program: &str, file: &str) -> Answer {
    sim.bare("PUT", &format!("/_sim/v1/programs/{program}/import"), &[], file.to_owned()).await
}

async fn snapshot(sim: &TestSim, program: &str, name: &str) {
    let path = format!("{program}/snapshots");
    sim.control("POST", &path, json!({ "name": name })).await.expect(201);
}

async fn restore(sim: &TestSim, program: &str, name: &str) -> Answer {
    sim.control("POST", &format!("{program}/snapshots/{name}/restore"), Json::Null).await
}

/// The program `wf` after one good call of every vendor operation, and more: every table of its
/// life holds something.
async fn full_life(sim: &TestSim) {
    let frozen = json!({ "mode": "frozen", "now": "2044-02-03T04:05:06.789Z" });
    sim.control("PUT", "wf/clock", frozen).await.expect(200);
    // Nobody listens there: deliveries stay pending.
    let deaf = json!({ "webhooks": [{ "url": "http://127.0.0.1:1/", "retry": { "enabled": true },
        "auth": { "type": "apiKey", "key": "hush-hush" } }] });
    sim.control("PUT", "wf", deaf).await.expect(200);
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    for methods in document["paths"].as_object().unwrap().values() {
        for operation in methods.as_object().unwrap().values() {
            let id = operation["operationId"].as_str().unwrap();
            // What would end this life, or befall later calls.
            let ends = [
                "sim_delete",
                "sim_reset",
                "sim_restore",
                "sim_import",
                "sim_fork",
                "sim_add_fault",
            ];
            if !ends.iter().any(|end| id.starts_with(end)) {
                exercise(sim, id).await;
            }
        }
    }
    let rule = json!({ "match": { "probability": 0 }, "effect": { "kind": "interrupt" } });
    sim.control("POST", "wf/faults", rule).await.expect(201);
    sim.control("PUT", "wf/clock", json!({ "mode": "frozen" })).await.expect(200);
    upgraded(sim).await;
    // Every attempt that is due has been made: nothing goes on while the world is looked at.
    sim.advance("wf", "PT0S").await;
}

/// Fills what no single good call fills: a change of product.
async fn upgraded(sim: &TestSim) {
    let (partner, person) = (sim.partner("wf").await, sim.person("wf").await);
    let mut body = enrollment(&person);
    body["account"]["productCode"] = json!("50300");
    let account = partner.enroll(&guid(), &body).await.expect(200).account_id();
    let upgrade = json!({
        "user": { "userData": person }, "upgradeFlag": true, "executeKycFlag": true,
        "account": { "accountIdentifier": account, "productCode": "50400" },
    });
    partner.enroll(&guid(), &upgrade).await.expect(200);
}

/// What the partner reads of an account.
async fn seen(money: &Money, path: &str) -> Answer {
    money.partner.get(&format!("{}{path}", money.path)).await
}

/// How many rows each table of a world's life holds.
async fn rows_of(db: &Db, program: &str) -> Vec<(String, i64)> {
    let mut counts = Vec::new();
    for table in life_tables() {
        let text = format!("SELECT COUNT(*) FROM {table} WHERE program_code = $1");
        let count: Option<(i64,)> =
            db.first(piebox::db::composed_sql(text).bind(program)).await.unwrap();
        counts.push((table, count.unwrap().0));
    }
    counts
}

on_both_engines! {
    async fn every_table_with_a_program_code_is_of_a_life_or_excused(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let columns = sim.sim.db.world_columns().await.unwrap();
        let tables: BTreeSet<String> = columns.iter().map(|column| column.table.clone()).collect();
        let life = life_tables();
        let known = life.iter().cloned().chain(NOT_OF_A_LIFE.map(|(name, _)| name.to_owned()));
        assert_eq!(tables, known.collect(), "LIFE_TABLES of src/programs/store.rs");
        assert!(columns.len() > 250, "columns are read: {}", columns.len());
        for table in &tables {
            let own = columns.iter().filter(|column| column.table == *table);
            assert_eq!(own.filter(|c| c.key_place == 1 && c.name == "program_code").count(), 1);
        }
    }

    async fn an_exported_world_is_the_same_after_its_import(engine: Engine) {
        let sim = TestSim::start(engine).await;
        full_life(&sim).await;
        let empty: Vec<_> =
            rows_of(&sim.sim.db, "wf").await.into_iter().filter(|(_, rows)| *rows == 0).collect();
        assert!(empty.is_empty(), "the test must fill these tables: {empty:?}");
        let file = export(&sim, "wf").await;
        let rows = rows_of(&sim.sim.db, "wf").await;
        assert_eq!(export(&sim, "wf").await, file);
        // Over another life, into a program that was not there, and into one that was deleted.
        exercise(&sim, "enrollments_post_createenrollment").await;
        import(&sim, "wf", &file).await.expect(200);
        assert_eq!(rows_of(&sim.sim.db, "wf").await, rows);
        assert_eq!(export(&sim, "wf").await, file);
        let whole = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        sim.control("DELETE", "wf", Json::Null).await.expect(204);
        import(&sim, "wf", &whole).await.expect(200);
        assert_eq!(export(&sim, "wf").await, file);
        import(&sim, "other", &whole).await.expect(200);
        let named = |code: &str| format!("\"program\":\"{code}\"");
        assert_eq!(export(&sim, "other").await.replace(&named("other"), &named("wf")), file);
        let audit = sim.control("POST", "other/ledger/audit", Json::Null).await.expect(200);
        assert_eq!(audit.body["fits"], true, "{}", audit.text);
    }

    async fn a_new_column_and_its_rows_are_not_forgotten(engine: Engine) {
        let sim = TestSim::start(engine).await;
        for text in [
            "ALTER TABLE accounts ADD COLUMN added TEXT NOT NULL DEFAULT 'x'",
            "ALTER TABLE purses ADD COLUMN is_added BOOLEAN",
        ] {
            change(&sim, text).await;
        }
        let money = money_account(&sim, "wf").await;
        change(&sim, "UPDATE accounts SET added = 'mine'").await;
        change(&sim, "UPDATE purses SET is_added = (1 = 1)").await;
        snapshot(&sim, "wf", "s").await;
        let file = export(&sim, "wf").await;
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        restore(&sim, "wf", "s").await.expect(200);
        sim.control("POST", "wf/fork", json!({ "to": "fork" })).await.expect(201);
        import(&sim, "import", &file).await.expect(200);
        let select = "SELECT a.program_code FROM accounts a JOIN purses p \
            ON p.program_code = a.program_code AND p.account_id = a.account_id \
            WHERE a.added = 'mine' AND p.is_added AND a.account_id = $1 ORDER BY a.program_code";
        let query = sql(select).bind(money.account.as_str());
        let rows: Vec<(String,)> = sim.sim.db.all(query).await.unwrap();
        let codes: Vec<&str> = rows.iter().map(|(code,)| code.as_str()).collect();
        assert_eq!(codes, ["fork", "import", "wf", "wf/s"]);
    }

    async fn a_restored_world_shows_the_moment_of_its_snapshot(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("25").await;
        sim.control("PUT", "wf/clock", json!({ "now": "2040-01-01T00:00:00Z" })).await.expect(200);
        let taken = sim.control("POST", "wf/snapshots", json!({ "name": "s" })).await.expect(201);
        let now = "2040-01-01T00:00:00.000Z";
        assert_eq!(taken.body, json!({ "name": "s", "clockMode": "running", "now": now }));
        let before = seen(&money, "").await.text;
        let people = sim.person("wf").await;

        money.credit("1").await;
        let frozen = json!({ "mode": "frozen", "now": "2041-01-01T00:00:00Z" });
        sim.control("PUT", "wf/clock", frozen).await.expect(200);
        sim.control("PUT", "wf", json!({ "pieMode": false })).await.expect(200);
        sim.wall.advance(5_000);
        let restored = restore(&sim, "wf", "s").await.expect(200);
        assert_eq!(restored.body["pieMode"], true);
        let clock = async || sim.control("GET", "wf/clock", Json::Null).await.expect(200).body;
        let now = |text: &str| json!({ "mode": "running", "now": text });
        assert_eq!(clock().await, now("2040-01-01T00:00:00.000Z"));
        assert_eq!(seen(&money, "").await.text, before, "with the token of before");
        assert_eq!(sim.person("wf").await, people, "who was invented since is invented again");
        sim.wall.advance(1_000);
        assert_eq!(clock().await, now("2040-01-01T00:00:01.000Z"));
        // It lives on, and can be restored again.
        money.credit("2").await;
        restore(&sim, "wf", "s").await.expect(200);
        assert_eq!(seen(&money, "").await.text, before);
    }

    async fn snapshots_are_named_listed_and_bounded(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let list = async || {
            let listed = sim.control("GET", "wf/snapshots", Json::Null).await.expect(200).body;
            let names = listed["snapshots"].as_array().unwrap().clone();
            names.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        sim.control("POST", "wf/snapshots", json!({ "name": "s" })).await.expect(404);
        let money = money_account(&sim, "wf").await;
        for name in ["", "a/b", "a b", &"x".repeat(51)] {
            let wrong = sim.control("POST", "wf/snapshots", json!({ "name": name })).await;
            assert!(wrong.expect(400).body["detail"].as_str().unwrap().starts_with("name: "));
        }
        snapshot(&sim, "wf", "s").await;
        let taken = sim.control("POST", "wf/snapshots", json!({ "name": "s" })).await.expect(409);
        assert!(taken.body["detail"].as_str().unwrap().contains("replace"), "{}", taken.text);
        money.credit("1").await;
        let anew = json!({ "name": "s", "replace": true });
        sim.control("POST", "wf/snapshots", anew).await.expect(201);
        let balance = seen(&money, "/purses").await.text;
        money.credit("1").await;
        restore(&sim, "wf", "s").await.expect(200);
        assert_eq!(seen(&money, "/purses").await.text, balance);
        restore(&sim, "wf", "other").await.expect(404);
        for number in 1..20 {
            snapshot(&sim, "wf", &format!("n{number}")).await;
        }
        sim.control("POST", "wf/snapshots", json!({ "name": "more" })).await.expect(409);
        assert_eq!(list().await.len(), 20);
        sim.control("DELETE", "wf/snapshots/s", Json::Null).await.expect(204);
        sim.control("DELETE", "wf/snapshots/s", Json::Null).await.expect(404);
        assert_eq!(list().await.len(), 19);
        sim.control("POST", "wf/reset", Json::Null).await.expect(200);
        assert_eq!(list().await.len(), 19, "a reset leaves them");
        sim.control("DELETE", "wf", Json::Null).await.expect(204);
        for table in ["accounts", "world_copies"] {
            let left = piebox::db::composed_sql(format!("SELECT COUNT(*) FROM {table}"));
            assert_eq!(sim.sim.db.first::<(i64,)>(left).await.unwrap(), Some((0,)), "{table}");
        }
    }

    async fn a_fork_goes_its_own_way(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("25").await;
        let forked = sim.control("POST", "wf/fork", json!({ "to": "fork" })).await.expect(201);
        assert_eq!(forked.body["programCode"], "fork");
        let there = sim.partner("fork").await;
        let read = async || there.get(&money.path).await.expect(200).text;
        let same = |text: &str| text.replace("\"fork\"", "\"wf\"");
        assert_eq!(same(&read().await), seen(&money, "").await.expect(200).text);
        let cards = "/paymentInstruments";
        let shown = there.get(&format!("{}{cards}", money.path)).await.text;
        assert_eq!(same(&shown), seen(&money, cards).await.text);
        let before = read().await;
        money.credit("1").await;
        assert_eq!(read().await, before);
        sim.control("DELETE", "wf", Json::Null).await.expect(204);
        assert_eq!(read().await, before);

        for (to, status) in [("fork", 409), ("f", 400), ("a b", 400)] {
            sim.control("POST", "fork/fork", json!({ "to": to })).await.expect(status);
        }
        sim.control("POST", "nobody/fork", json!({ "to": "more" })).await.expect(404);
    }

    async fn without_its_program_a_forked_account_is_told_apart(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let partner = sim.partner("wf").await;
        let enrolled = crate::account_changes::enrolled_by_matricula(&sim, &partner).await;
        let user = &enrolled.body["account"]["accountHolders"][0]["user"]["userIdentifier"];
        let (account, user) = (enrolled.account_id(), user.as_str().unwrap());
        let path = format!("/accounts/{account}/users/{user}/identity");
        let token = format!("Bearer {}", partner.token);
        let body = json!({ "idNumber": "900111111" });
        let call = async || {
            let (id, body) = (guid(), body.to_string());
            let headers = [("authorization", token.as_str()), ("x-gd-requestid", id.as_str())];
            sim.bare("POST", &path, &headers, body).await
        };
        // A snapshot is nobody's program.
        snapshot(&sim, "wf", "s").await;
        sim.control("POST", "wf/fork", json!({ "to": "fork" })).await.expect(201);
        let refused = call().await.expect_refused(404, "10/0");
        let words = refused.explanation().to_owned();
        assert!(words.contains("fork, wf"), "{words}");
        sim.control("DELETE", "fork", Json::Null).await.expect(204);
        call().await.expect(200);
    }

    async fn what_is_pending_travels_and_is_sent_by_both(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let closed = Receiver::start("127.0.0.1:0".parse().unwrap(), ReceiverOptions::default());
        let closed = closed.await.unwrap();
        let url = closed.url();
        closed.stop().await;
        let retried = json!({ "webhooks": [{ "url": url, "retry": { "enabled": true } }] });
        sim.control("PUT", "wf", retried).await.expect(200);
        money_account(&sim, "wf").await;
        sim.settled_attempt("wf").await;
        snapshot(&sim, "wf", "s").await;
        sim.control("POST", "wf/fork", json!({ "to": "fork" })).await.expect(201);
        let address = url.trim_start_matches("http://").split('/').next().unwrap().parse().unwrap();
        let open = Receiver::start(address, ReceiverOptions::default()).await.unwrap();
        for program in ["wf", "fork"] {
            sim.advance(program, "PT2H").await;
            sim.settled(program).await;
        }
        let sent = webhooks(&open, 2).await;
        assert_eq!(sent[0].body, sent[1].body);
        restore(&sim, "wf", "s").await.expect(200);
        sim.advance("wf", "PT2H").await;
        sim.settled("wf").await;
        assert_eq!(webhooks(&open, 3).await[2].header("x-gd-requestid"),
            sent[0].header("x-gd-requestid"));
    }
}

/// Members of the settings whose names speak of secrets and that are none.
const NO_SECRETS: [&str; 4] = [
    "encryption.partnerPublicKey",
    "products.*.productTierKey",
    "tokenTimes",
    "webhooks.*.auth.tokenUrl",
];

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_called_a_secret_is_one_that_exports_leave_out() {
    let document: Json = serde_json::from_str(&api_document().to_text()).unwrap();
    let mut named = Vec::new();
    let schemas = &document["components"]["schemas"];
    secret_names((schemas, &schemas["Settings"]), "", &mut named);
    let is_told = |name: &&String| {
        // A document with this one member, in which stars take its place.
        let mut document = name.rsplit('.').fold(json!("hush"), |inner, member| match member {
            "*" => json!([inner]),
            member => json!({ member: inner }),
        });
        redact(&mut document);
        !NO_SECRETS.contains(&name.as_str()) && document.to_string().contains("hush")
    };
    let told: Vec<&String> = named.iter().filter(is_told).collect();
    assert!(told.is_empty(), "secrets of src/programs/settings/redaction.rs: {told:?}");
    assert!(named.len() > 5, "the schema is read: {named:?}");
}

/// Paths of members of a schema whose names speak of secrets.
fn secret_names((schemas, schema): (&Json, &Json), path: &str, found: &mut Vec<String>) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        secret_names((schemas, &schemas[name]), path, found);
    }
    for kind in ["allOf", "oneOf", "anyOf"] {
        for part in schema[kind].as_array().into_iter().flatten() {
            secret_names((schemas, part), path, found);
        }
    }
    if schema["items"].is_object() {
        secret_names((schemas, &schema["items"]), &format!("{path}.*"), found);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let words = ["secret", "token", "key", "password", "pin", "credential"];
        if words.iter().any(|word| name.to_lowercase().contains(word)) {
            found.push(path.clone());
        }
        secret_names((schemas, member), &path, found);
    }
}

async fn change(sim: &TestSim, text: &str) {
    let mut unit = sim.sim.db.begin(Scope::keys(vec![])).await.unwrap();
    unit.write(piebox::db::composed_sql(text.to_owned()));
    unit.commit().await.unwrap();
}

on_both_engines! {
    async fn an_export_tells_no_secrets_unless_asked(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let secret = json!({ "testEvents": { "signingKey": "hush-1" }, "webhooks": [{
            "url": "http://127.0.0.1:1/", "auth": { "type": "jwt", "secret": "hush-2" } }] });
        sim.control("PUT", "wf", secret).await.expect(200);
        let person = sim.person("wf").await;
        let ssn = person["identifyingData"]["ssn"].as_str().unwrap();
        let partner = sim.partner("wf").await;
        let id = guid();
        let enrolled = partner.enroll(&id, &enrollment(&person)).await.expect(200);
        let file = export(&sim, "wf").await;
        for secret in ["hush", "demo-secret", ssn, partner.token.as_str()] {
            assert!(!file.contains(secret), "{secret} in {file}");
        }
        let whole = sim.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
        assert!(whole.contains("hush-1") && whole.contains("hush-2") && !whole.contains(ssn));
        sim.control("GET", "wf/export?secrets=maybe", Json::Null).await.expect(400);

        // Into another program: asked for by name, unless that one has them.
        let refused = import(&sim, "new", &file).await.expect(400);
        let words = refused.body["detail"].as_str().unwrap();
        assert!(words.contains("settings.testEvents.signingKey"), "{words}");
        assert!(words.contains("?secrets=true"), "{words}");
        sim.control("GET", "new", Json::Null).await.expect(404);
        let own = json!({ "testEvents": { "signingKey": "own-1" }, "webhooks": [{
            "url": "http://127.0.0.1:1/", "auth": { "type": "jwt", "secret": "own-2" } }] });
        sim.control("PUT", "new", own).await.expect(200);
        import(&sim, "new", &file).await.expect(200);
        let whole = sim.control("GET", "new/export?secrets=true", Json::Null).await.expect(200);
        let whole = whole.text;
        assert!(whole.contains("own-1") && whole.contains("own-2"), "{whole}");
        sim.partner("new").await.get(&format!("/accounts/{}", enrolled.account_id())).await
            .expect(200);
        // The hashes match: the same request of the same person is the same enrollment.
        let again = sim.partner("new").await.enroll(&id, &enrollment(&person)).await.expect(200);
        assert_eq!(again.account_id(), enrolled.account_id());
    }

    async fn a_file_that_is_wrong_anywhere_changes_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        money.credit("25").await;
        let file = export(&sim, "wf").await;
        let line = |number: usize| file.lines().nth(number).unwrap().to_owned();
        let accounts = file.lines().position(|line| line.contains("\"accounts\"")).unwrap();
        let row = line(accounts + 1);
        let last = file.lines().rfind(|line| line.starts_with('[')).unwrap().to_owned();
        let changed = |from: &str, to: &str| file.replacen(from, to, 1);
        let broken = [
            (String::new(), "no export"),
            ("{}".to_owned(), "no export"),
            (changed("\"version\":", "\"version\":9"), "this release reads versions up to"),
            (file.replacen("\"pieMode\":true", "\"pieMode\":1", 1), "settings.pieMode"),
            (file.replacen("\"seed\":", "\"sead\":", 1), "settings"),
            (changed("{\"mode\":\"", "{\"mode\":\"x"), "line 1"),
            (file.lines().take(accounts + 2).collect::<Vec<_>>().join("\n"), "breaks off"),
            (file.replacen(&format!("{last}\n"), "", 1), "there should be"),
            (file.replacen(&format!("{row}\n"), "", 1), "refers to is not above"),
            (file.clone() + "[]\n", "behind the end"),
            (file.replacen("\"table\":\"accounts\"", "\"table\":\"programs\"", 1), "no table"),
            (file.replacen("\"account_id\"", "\"acount_id\"", 1), "no column \"acount_id\""),
            (file.replacen(&row, "[1]", 1), "the row has 1 cells"),
            (file.replacen(&row, &row.replacen("[\"", "[7,\"", 1), 1), "cells in place of"),
            (file.replacen(&row, "[", 1), "is no JSON value"),
        ];
        for (wrong, names) in broken {
            let refused = import(&sim, "wf", &wrong).await;
            assert_eq!(refused.status, 400, "{names}: {}", refused.text);
            let words = refused.body["detail"].as_str().unwrap();
            assert!(words.contains(names), "{names}: {words}");
            assert_eq!(export(&sim, "wf").await, file, "{names}");
        }
        let doubled = file.replacen(&row, &format!("{row}\n{row}"), 1);
        let (body, end) = doubled.trim_end().rsplit_once('\n').unwrap();
        let rows = serde_json::from_str::<Json>(end).unwrap()["rows"].as_u64().unwrap() + 1;
        let doubled = format!("{body}\n{{\"end\":true,\"rows\":{rows}}}\n");
        let refused = import(&sim, "wf", &doubled).await.expect(400);
        assert!(refused.text.contains("accounts: a key stands there twice"), "{}", refused.text);
        assert_eq!(export(&sim, "wf").await, file);
        let left = sql("SELECT COUNT(*) FROM world_copies");
        assert_eq!(sim.sim.db.first::<(i64,)>(left).await.unwrap(), Some((0,)));
    }

    async fn what_a_broken_export_leaves_behind_is_swept_up(engine: Engine) {
        let mut sim = TestSim::start(engine).await;
        money_account(&sim, "wf").await;
        let count = async |sim: &TestSim| {
            let query = sql("SELECT COUNT(*) FROM accounts WHERE program_code LIKE 'wf//%'");
            sim.sim.db.first::<(i64,)>(query).await.unwrap().unwrap().0
        };
        let request = Request::get("/_sim/v1/programs/wf/export").body(Body::empty()).unwrap();
        drop(sim.router().oneshot(request).await.unwrap());
        snapshot(&sim, "wf", "early").await;
        assert_eq!(count(&sim).await, 1, "it may still be read");
        if engine == Engine::Sqlite {
            // Nobody else can be reading it.
            sim = sim.restart().await;
        } else {
            sim.wall.advance(3_600_001);
            snapshot(&sim, "wf", "late").await;
        }
        assert_eq!(count(&sim).await, 0);
    }

    async fn calls_beside_a_restore_see_the_whole_or_nothing(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let money = money_account(&sim, "wf").await;
        snapshot(&sim, "wf", "s").await;
        let movers = (0..4).map(|_| {
            let money = money.clone();
            tokio::spawn(async move { credited(&money, 10).await })
        });
        let movers: Vec<_> = movers.collect();
        for _ in 0..5 {
            restore(&sim, "wf", "s").await.expect(200);
        }
        for mover in movers {
            mover.await.unwrap();
        }
        let audit = sim.control("POST", "wf/ledger/audit", Json::Null).await.expect(200);
        assert_eq!(audit.body["fits"], true, "{}", audit.text);
        restore(&sim, "wf", "s").await.expect(200);
        let audit = sim.control("POST", "wf/ledger/audit", Json::Null).await.expect(200);
        assert_eq!(audit.body["postings"], 0, "{}", audit.text);
    }

    async fn another_process_meets_the_restored_world(engine: Engine) {
        if engine == Engine::Sqlite {
            return;
        }
        let sim = TestSim::start(engine).await;
        let other = sim.sibling().await;
        let money = money_account(&sim, "wf").await;
        snapshot(&sim, "wf", "s").await;
        sim.control("PUT", "wf", json!({ "pieMode": false })).await.expect(200);
        let there = money.at(&other);
        let shown = async || other.control("GET", "wf", Json::Null).await.body["pieMode"].clone();
        seen(&there, "").await.expect(200);
        assert_eq!(shown().await, false);
        restore(&sim, "wf", "s").await.expect(200);
        there.credit("3").await;
        assert_eq!(shown().await, true);
    }
}

/// Credits that may be refused while the world is being changed.
async fn credited(money: &Money, count: usize) {
    for _ in 0..count {
        let body = money.body("instructionCredit", "1");
        let answer = money.call("POST", "/adjustments", body).await;
        assert!([200, 409, 503].contains(&answer.status), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_world_travels_from_one_engine_to_the_other_and_back() {
    if postgres_url().is_none() {
        return;
    }
    let sqlite = TestSim::start(Engine::Sqlite).await;
    let postgres = TestSim::start(Engine::Postgres).await;
    full_life(&sqlite).await;
    let first = sqlite.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
    import(&postgres, "wf", &first).await.expect(200);
    let second =
        postgres.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
    assert!(first == second, "{}", first_difference(&first, &second));
    sqlite.control("POST", "wf/reset", Json::Null).await.expect(200);
    import(&sqlite, "wf", &second).await.expect(200);
    let third = sqlite.control("GET", "wf/export?secrets=true", Json::Null).await.expect(200).text;
    assert!(first == third, "{}", first_difference(&first, &third));
}

fn first_difference(one: &str, other: &str) -> String {
    let pairs = one.lines().zip(other.lines());
    let differ = pairs.enumerate().find(|(_, (one, other))| one != other);
    differ.map_or_else(
        || "one file is longer".to_owned(),
        |(at, (one, other))| format!("line {}:\n{one}\n{other}", at + 1),
    )
}

/// How many rows a file has of each table.
fn rows_by_table(file: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut table = String::new();
    for line in file.lines() {
        if line.starts_with("{\"table\"") {
            let value: Json = serde_json::from_str(line).unwrap();
            table = value["table"].as_str().unwrap().to_owned();
        } else if line.starts_with('[') {
            *found.entry(table.clone()).or_default() += 1;
        }
    }
    found
}

on_both_engines! {
    /// The file was written by the release that first had exports. Never write it anew: what it
    /// proves is that later releases read it.
    async fn a_file_of_the_first_release_is_read(engine: Engine) {
        let sim = TestSim::start(engine).await;
        let file = include_str!("fixtures/world.piebox.ndjson");
        import(&sim, "wf", file).await.expect(200);
        let exported = export(&sim, "wf").await;
        let mut before = rows_by_table(file);
        // What this table held is part of the journal since.
        before.remove("refusals").unwrap();
        let after = rows_by_table(&exported);
        for (table, rows) in before {
            assert_eq!(after.get(&table), Some(&rows), "{table}");
        }
        let audit = sim.control("POST", "wf/ledger/audit", Json::Null).await.expect(200);
        assert_eq!(audit.body["fits"], true, "{}", audit.text);
        let listed = sim.control("GET", "wf/accounts", Json::Null).await.expect(200).body;
        for account in listed["accounts"].as_array().unwrap() {
            let id = account["accountIdentifier"].as_str().unwrap();
            sim.partner("wf").await.get(&format!("/accounts/{id}")).await.expect(200);
        }
    }
}
