//! Every operation under every kind of fault. The operations are those of the OpenAPI document, so
//! none can be forgotten; each is called as the contract calls it, with the fault in its header.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use piebox::app::{Sim, api_document};
use piebox::db::sql;
use piebox::http::operations::{KnownOperation, Operations};
use serde_json::json;

use crate::contract::exercise_vendor;
use crate::support::{Answer, Engine, TestSim};

/// Operations that the contract calls once more, to prepare the call that is meant.
const CALLED_BEFORE: [&str; 3] = [
    "authentication_post",
    "paymentinstrument_get_getpaymentinstrumentlist",
    "paymentinstrument_get_getpaymentinstrument",
];

/// Operations that write, and have nothing to write as the contract calls them.
const IDLE: [&str; 2] = ["kyc_post_idvuuidvalidation", "account_get_getestatement"];

/// A place in front of the simulator: puts the fault on the one call that is meant, and looks at
/// what is stored before and after.
#[derive(Clone)]
struct Probe {
    sim: Sim,
    aim: Arc<Mutex<Option<Aim>>>,
    seen: Arc<Mutex<Option<Seen>>>,
}

#[derive(Clone)]
struct Aim {
    operation: KnownOperation,
    fault: String,
    /// Calls of the operation that go by before the one that is meant.
    spared: usize,
}

/// What was stored around the call.
#[derive(Clone)]
struct Seen {
    before: BTreeMap<String, Vec<String>>,
    after: BTreeMap<String, Vec<String>>,
}

impl Probe {
    fn aim_at(&self, operation: &KnownOperation, fault: &str) {
        let spared = usize::from(CALLED_BEFORE.contains(&operation.id.as_str()));
        let aim = Aim { operation: operation.clone(), fault: fault.to_owned(), spared };
        *self.aim.lock().unwrap() = Some(aim);
        *self.seen.lock().unwrap() = None;
    }

    /// The fault for this call, if it is the one that is meant.
    fn hits(&self, request: &Request) -> Option<String> {
        let mut aim = self.aim.lock().unwrap();
        let meant = aim.as_mut()?;
        if !is_call_of(&meant.operation, request) {
            return None;
        }
        match meant.spared {
            0 => aim.take().map(|meant| meant.fault),
            _ => {
                meant.spared -= 1;
                None
            }
        }
    }
}

fn is_call_of(operation: &KnownOperation, request: &Request) -> bool {
    let (mut called, mut documented) = (request.uri().path().split('/'), operation.path.split('/'));
    request.method().as_str() == operation.method
        && loop {
            match (called.next(), documented.next()) {
                (None, None) => break true,
                (Some(called), Some(documented))
                    if documented.starts_with('{') || called == documented => {}
                _ => break false,
            }
        }
}

async fn probe(State(probe): State<Probe>, mut request: Request, next: Next) -> Response {
    let Some(fault) = probe.hits(&request) else { return next.run(request).await };
    request.headers_mut().insert("x-piebox-fault", fault.parse().unwrap());
    let before = stored(&probe.sim).await;
    let response = next.run(request).await;
    let after = stored(&probe.sim).await;
    *probe.seen.lock().unwrap() = Some(Seen { before, after });
    response
}

/// All rows of all tables, but for the journal.
async fn stored(sim: &Sim) -> BTreeMap<String, Vec<String>> {
    let columns: Vec<(String, String)> = sim
        .db
        .all(sql("SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c \
            WHERE m.type = 'table' AND m.name NOT IN ('journal', '_sqlx_migrations') \
            ORDER BY m.name, c.cid"))
        .await
        .unwrap();
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in columns {
        tables.entry(table).or_default().push(format!("quote({column})"));
    }
    let mut rows = BTreeMap::new();
    for (table, columns) in tables {
        let select = format!("SELECT {} AS line FROM {table} ORDER BY 1", columns.join("||','||"));
        let lines: Vec<(String,)> = sim.db.all(sql(select.leak())).await.unwrap();
        rows.insert(table, lines.into_iter().map(|(line,)| line).collect());
    }
    rows
}

/// A simulator behind a probe.
async fn probed() -> (TestSim, Probe) {
    let sim = TestSim::start(Engine::Sqlite).await;
    let probe = Probe { sim: sim.sim.clone(), aim: Arc::default(), seen: Arc::default() };
    let layer = from_fn_with_state(probe.clone(), self::probe);
    (sim.wrapped(|router| router.layer(layer)), probe)
}

/// What a kind does, and how it is seen.
struct Case {
    fault: &'static str,
    check: fn(&KnownOperation, &Answer, &Seen) -> Result<(), String>,
}

/// Calls every operation with the fault; what came of each goes through the check of its kind.
async fn every_operation_under(case: Case) {
    let (sim, probe) = probed().await;
    sim.control("PUT", "wf", json!({})).await.expect(200);
    let operations = Operations::of(&api_document());
    let mut problems = Vec::new();
    for operation in operations.iter() {
        probe.aim_at(operation, case.fault);
        let answer = exercise_vendor(&sim, &operation.id).await;
        let seen = probe.seen.lock().unwrap().take();
        let seen = seen.unwrap_or_else(|| panic!("{}: the fault met no call", operation.id));
        if let Err(problem) = (case.check)(operation, &answer, &seen) {
            problems
                .push(format!("{}: {problem}: {} {}", operation.id, answer.status, answer.text));
        }
    }
    assert!(operations.iter().count() >= 70, "operations are missing from the document");
    assert!(problems.is_empty(), "{}: {problems:#?}", case.fault);
}

/// A demand of a check.
fn demand(holds: bool, problem: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(problem.to_owned()) }
}

impl Seen {
    fn nothing_was_written(&self) -> Result<(), String> {
        let changed = self.before.iter().filter(|(table, rows)| self.after[*table] != **rows);
        let changed: Vec<&String> = changed.map(|(table, _)| table).collect();
        demand(changed.is_empty(), &format!("was written to {changed:?}"))
    }

    /// What can write has written, and nothing else has.
    fn is_carried_out(&self, operation: &KnownOperation) -> Result<(), String> {
        match operation.can_write() && !is_idle(operation) {
            true => demand(self.before != self.after, "nothing was written"),
            false => self.nothing_was_written(),
        }
    }
}

fn is_told(answer: &Answer, kind: &str) -> Result<(), String> {
    demand(answer.strikes.iter().map(|it| it.kind).eq([kind]), "the strike is not marked")?;
    let told = answer.status == 0 || answer.header("x-piebox-fault") == Some(kind);
    demand(told, "the header does not tell")
}

// Proves FLT-3.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_a_made_up_status() {
    let fault = "status; status=503; code=77; description=made up";
    every_operation_under(Case {
        fault,
        check: |_, answer, seen| {
            demand(answer.status == 503 && answer.code() == "77/0", "another answer")?;
            demand(answer.description() == "made up", "another description")?;
            is_told(answer, "status")?;
            seen.nothing_was_written()
        },
    })
    .await;
}

// Proves FLT-3.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_reset() {
    every_operation_under(Case {
        fault: "reset",
        check: |_, answer, seen| {
            demand(answer.status == 0, "an answer")?;
            is_told(answer, "reset")?;
            seen.nothing_was_written()
        },
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_late() {
    every_operation_under(Case {
        fault: "latency; ms=1; maxMs=2",
        check: |operation, answer, seen| {
            demand(is_good(operation, answer), "it was not carried out")?;
            is_told(answer, "latency")?;
            seen.is_carried_out(operation)
        },
    })
    .await;
}

// Proves FLT-5.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_nothing() {
    every_operation_under(Case {
        fault: "empty",
        check: |operation, answer, seen| {
            demand(is_good(operation, answer) && answer.text.is_empty(), "another answer")?;
            is_told(answer, "empty")?;
            seen.is_carried_out(operation)
        },
    })
    .await;
}

// Proves FLT-5.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_answers_what_nobody_can_read() {
    every_operation_under(Case {
        fault: "malformed",
        check: |operation, answer, seen| {
            let length = answer.header("content-length").and_then(|it| it.parse::<usize>().ok());
            demand(length.is_some_and(|it| it / 2 == answer.text.len()), "it is not cut in half")?;
            demand(is_good(operation, answer) && answer.body.is_null(), "another answer")?;
            is_told(answer, "malformed")?;
            seen.is_carried_out(operation)
        },
    })
    .await;
}

// Proves FLT-4.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_that_writes_fails_to_commit() {
    every_operation_under(Case {
        fault: "failBeforeCommit",
        check: |operation, answer, seen| {
            seen.nothing_was_written()?;
            if !operation.can_write() {
                return demand(
                    answer.description().contains("befalls calls that write"),
                    "it was not refused",
                );
            }
            if is_idle(operation) {
                let passed = is_good(operation, answer) && answer.strikes.is_empty();
                return demand(passed, "it was struck");
            }
            demand(answer.status == 503 && answer.code() == "503/0", "another answer")?;
            is_told(answer, "failBeforeCommit")
        },
    })
    .await;
}

// Proves FLT-5.
#[tokio::test(flavor = "multi_thread")]
async fn every_operation_loses_its_answer() {
    every_operation_under(Case {
        fault: "loseAnswer",
        check: |operation, answer, seen| {
            demand(answer.status == 0, "an answer")?;
            is_told(answer, "loseAnswer")?;
            seen.is_carried_out(operation)
        },
    })
    .await;
}

fn is_idle(operation: &KnownOperation) -> bool {
    IDLE.contains(&operation.id.as_str())
}

/// Whether the call came to what the contract says.
fn is_good(operation: &KnownOperation, answer: &Answer) -> bool {
    answer.status < 300 || (operation.id == "account_get_getcheckimages" && answer.status == 501)
}
