//! Whole calls over HTTP against their baselines: the bare stack, one row, one unit of work.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use piebox::crypto::KeyPair;
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx::{PgPool, SqlitePool};
use uuid::Uuid;

use super::http::{Caller, Requests, request};
use super::load::{Figure, Pace, ROUNDS, Rate, drive};
use super::people::{self, Enrollment};
use super::report::{Report, Target};
use super::stage::{Engine, PROGRAM, Served, Stage};
use super::unit::{Hander, Shape};

/// Accounts that are read.
const ACCOUNTS: usize = 1_000;
/// More enrollments a second than any machine this runs on will reach.
const ENROLLMENTS_A_SECOND: usize = 14_000;
/// The same for sealed ones.
const SEALED_A_SECOND: usize = 7_000;
/// Connections of a pool: the default of piebox.
pub const POOL: u32 = 8;

/// The stack without anything behind it.
pub async fn hello(report: &mut Report, pace: Pace) {
    report.section("The bare HTTP stack");
    let served = Served::start(Router::new().route("/hello", get(async || "hello"))).await;
    let requests = Requests::Round(Arc::from([request("GET", "/hello", &[], "")]));
    let mut figure = Figure::default();
    for _ in 0..ROUNDS {
        figure.push(drive(Caller::crew(served.address, &requests).await, pace).await);
    }
    report.rate("hello: one text route", &figure);
    served.close().await;
}

/// GET account against one row through plain sqlx behind a bare router.
pub async fn get_account(report: &mut Report, pace: Pace) {
    report.section("GET account: one trip, against one row by its key through plain sqlx");
    for engine in Engine::durable() {
        let stage = Stage::open(engine).await;
        let accounts = settle(&stage, ACCOUNTS).await;
        let look_ups = people::look_ups(accounts.iter(), &stage.bearer);
        let bare = one_row(&stage.store.url).await;
        let paths = accounts.iter().map(|id| request("GET", &format!("/accounts/{id}"), &[], ""));
        let paths = Requests::Round(paths.collect());
        let (mut row, mut account) = (Figure::default(), Figure::default());
        for _ in 0..ROUNDS {
            row.push(drive(Caller::crew(bare.address, &paths).await, pace).await);
            account.push(drive(Caller::crew(stage.served.address, &look_ups).await, pace).await);
        }
        let name = engine.name();
        report.rate(&format!("{name}: one row, bare route"), &row);
        let target = Some(Target::AtLeast(0.8));
        report.against(&format!("{name}: GET account"), &account, &row, target);
        bare.close().await;
        stage.close().await;
    }
}

/// Makes accounts through the database layer; gives their ids.
pub async fn settle(stage: &Stage, count: usize) -> Vec<Uuid> {
    let shape = Shape::capture(None).await;
    let pace = Pace { warm_up: std::time::Duration::ZERO, length: std::time::Duration::MAX };
    const PORTION: usize = 10_000;
    for start in (0..count).step_by(PORTION) {
        let units = shape.units(start..count.min(start + PORTION));
        Hander::drive(stage, units, pace).await;
    }
    (0..count).map(|number| shape.unit(number).account).collect()
}

/// A bare router whose one route reads one row of an account by its key.
async fn one_row(url: &str) -> Served {
    const ROW: &str = "SELECT account_id, reference_number, status FROM accounts \
        WHERE program_code = $1 AND account_id = $2";
    type Row = (String, String, String);
    let shown = |(id, reference, status): Row| format!("{id} {reference} {status}");
    let router = if url.starts_with("sqlite") {
        let pool = SqlitePoolOptions::new().max_connections(POOL).connect(url).await;
        let read = async move |State(pool): State<SqlitePool>, Path(id): Path<String>| {
            let query = sqlx::query_as::<_, Row>(ROW).bind(PROGRAM).bind(id);
            shown(query.fetch_one(&pool).await.expect("the account is there"))
        };
        Router::new().route("/accounts/{id}", get(read)).with_state(pool.expect("it opens"))
    } else {
        let pool = PgPoolOptions::new().max_connections(POOL).connect(url).await;
        let read = async move |State(pool): State<PgPool>, Path(id): Path<String>| {
            let query = sqlx::query_as::<_, Row>(ROW).bind(PROGRAM).bind(id);
            shown(query.fetch_one(&pool).await.expect("the account is there"))
        };
        Router::new().route("/accounts/{id}", get(read)).with_state(pool.expect("it opens"))
    };
    Served::start(router).await
}

/// POST enrollment against its own unit of work without the rest. Each round begins empty.
pub async fn enroll(report: &mut Report, pace: Pace) {
    report.section("POST enrollment, against its unit of work handed to the database layer alone");
    let shape = Shape::capture(None).await;
    report.note(format!("the unit: one read, {} inserts", shape.statements()));
    let (plain, sealed) = prepare(pace).await;
    for engine in Engine::durable() {
        let (mut unit, mut open) = (Figure::default(), Figure::default());
        let (mut one_way, mut both_ways) = (Figure::default(), Figure::default());
        for _ in 0..ROUNDS {
            unit.push(hand_over(engine, &shape, pace).await);
            open.push(post(engine, &plain, false, pace).await);
            one_way.push(post(engine, &sealed, false, pace).await);
            both_ways.push(post(engine, &sealed, true, pace).await);
        }
        let (name, target) = (engine.name(), Some(Target::AtLeast(0.7)));
        report.rate(&format!("{name}: the unit alone"), &unit);
        report.against(&format!("{name}: POST enrollment, plain"), &open, &unit, target);
        let what = format!("{name}: POST enrollment, sealed request");
        report.against(&what, &one_way, &unit, target);
        let what = format!("{name}: POST enrollment, sealed both ways");
        report.against(&what, &both_ways, &unit, target);
    }
}

/// Enrollments for one round, to be used in each: all rounds begin with an empty database.
async fn prepare(pace: Pace) -> (Vec<Enrollment>, Vec<Enrollment>) {
    let stage = Stage::open(Engine::SqliteMemory).await;
    let (person, world) = (stage.person().await, stage.world().await);
    let plain = people::plain(&person, pace.supply(ENROLLMENTS_A_SECOND));
    let count = pace.supply(SEALED_A_SECOND);
    let sealed = people::sealed(&person, count, world.key_pair().public());
    stage.close().await;
    (plain, sealed)
}

async fn hand_over(engine: Engine, shape: &Shape, pace: Pace) -> Rate {
    let stage = Stage::open(engine).await;
    let units = shape.units(0..pace.supply(ENROLLMENTS_A_SECOND));
    let rate = Hander::drive(&stage, units, pace).await;
    stage.close().await;
    rate
}

/// Enrolls on a new database. `sealed_answers`: the partner has given a key, so that the two cards
/// of each answer are sealed to it.
async fn post(engine: Engine, all: &[Enrollment], sealed_answers: bool, pace: Pace) -> Rate {
    let stage = Stage::open(engine).await;
    if sealed_answers {
        let partner = KeyPair::from_seed([5; 32]).public().spki_base64().to_owned();
        stage.control("PUT", "", &json!({ "encryption": { "partnerPublicKey": partner } })).await;
    }
    stage.world().await;
    let requests = people::requests(all, &stage.bearer);
    let rate = drive(Caller::crew(stage.served.address, &requests).await, pace).await;
    stage.close().await;
    rate
}
