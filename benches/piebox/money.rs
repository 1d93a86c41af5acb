//! Money: POST adjustment against its own unit of work, and GET transactions of a short and of a
//! long history.
//!
//! The unit is written down here, statement by statement, as an adjustment has it: two reads, four
//! inserts, two updates. Both sides spread over the same number of accounts.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use piebox::db::{Db, DbError, Key, Statement, sql};
use piebox::kernel::ids::{AccountId, ProgramCode};
use piebox::programs::world::World;
use serde_json::json;
use uuid::Uuid;

use super::calls::settle;
use super::http::{Caller, Requests, request};
use super::load::{CLIENTS, Client, Figure, Pace, ROUNDS, Rate, Supply, drive};
use super::people::guid;
use super::report::{Report, Target};
use super::stage::{ANY_REQUEST, Engine, PROGRAM, Stage};

/// Accounts that are adjusted.
const ACCOUNTS: usize = 1_000;
/// More adjustments a second than any machine this runs on will reach.
const ADJUSTMENTS_A_SECOND: usize = 30_000;
/// Rows of a short and of a long history.
const SHORT: usize = 10;
const LONG: usize = 100_000;
/// Rows that are read at once.
const PAGE: usize = 10;

const BOOKS: &str = "SELECT a.account_id, a.status, a.status_reason, a.currency, \
    a.message_sequence, b.purse_id, b.purse_type, b.available_e4, b.ledger_e4 \
    FROM accounts a JOIN purses b ON b.program_code = a.program_code \
    AND b.account_id = a.account_id WHERE a.program_code = $1 AND a.account_id = $2";
const KNOWN: &str = "SELECT status FROM adjustments \
    WHERE program_code = $1 AND account_id = $2 AND adjustment_id = $3";
const ADJUSTMENT: &str = "INSERT INTO adjustments (program_code, account_id, adjustment_id, \
    adjustment_type, is_credit, amount_e4, fee_e4, currency, description, debit_to_negative, \
    status, status_reason, created_at, transaction_at) VALUES ($1, $2, $3, 'promo', $4, 50000, 0, \
    'USD', 'Welcome bonus', $5, 'completed', 'success', $6, $6)";
const TRANSACTION: &str = "INSERT INTO transactions (program_code, transaction_id, account_id, \
    sequence, purse_id, transaction_type, status, is_credit, amount_e4, happened_at, is_pending, \
    is_listed, details) VALUES ($1, $2, $3, $4, $5, 'adjustment', 'posted', $6, 50000, $7, $8, $6, \
    $9)";
const POSTING: &str = "INSERT INTO postings (program_code, account_id, sequence, transaction_id, \
    purse_id, debit_book, credit_book, amount_e4, balance_e4, posted_at) VALUES ($1, $2, $3, $4, \
    $5, 'funding', $5, 50000, 50000, $6)";
const EVENT: &str = "INSERT INTO webhook_events (program_code, event_id, message_id, position, \
    account_id, sequence, event_type, event, occurred_at) VALUES ($1, $2, $3, 0, $4, $5, \
    'transaction', $6, $7)";
const PURSE: &str = "UPDATE purses SET available_e4 = available_e4 + 50000, \
    ledger_e4 = ledger_e4 + 50000, balance_at = $3 WHERE program_code = $1 AND purse_id = $2";
const SEQUENCES: &str = "UPDATE accounts SET message_sequence = message_sequence + 1, \
    transaction_sequence = transaction_sequence + 1, \
    listed_transactions = listed_transactions + 1 WHERE program_code = $1 AND account_id = $2";
const FILLED: &str = "UPDATE accounts SET transaction_sequence = $3, listed_transactions = $3 \
    WHERE program_code = $1 AND account_id = $2";

/// POST adjustment.
pub async fn adjust(report: &mut Report, pace: Pace) {
    report.section("POST adjustment, against its unit of work handed to the database layer alone");
    report.note("the unit: two reads, four inserts, two updates");
    for engine in Engine::durable() {
        let (mut unit, mut call) = (Figure::default(), Figure::default());
        for _ in 0..ROUNDS {
            unit.push(hand_over(engine, pace).await);
            call.push(post(engine, pace).await);
        }
        let (name, target) = (engine.name(), Some(Target::AtLeast(0.7)));
        report.rate(&format!("{name}: the unit alone"), &unit);
        report.against(&format!("{name}: POST adjustment"), &call, &unit, target);
    }
}

async fn hand_over(engine: Engine, pace: Pace) -> Rate {
    let stage = Stage::open(engine).await;
    let accounts: Arc<[Uuid]> = settle(&stage, ACCOUNTS).await.into();
    let purses = purses(&stage, &accounts).await;
    let (world, next) = (stage.world().await, Arc::new(AtomicUsize::new(0)));
    let hander = |_| Hander {
        db: stage.sim.db.clone(),
        world: Arc::clone(&world),
        accounts: Arc::clone(&accounts),
        purses: Arc::clone(&purses),
        next: Arc::clone(&next),
    };
    let rate = drive((0..CLIENTS).map(hander).collect(), pace).await;
    stage.close().await;
    rate
}

/// The purse of each account.
async fn purses(stage: &Stage, accounts: &[Uuid]) -> Arc<[String]> {
    const PURSES: &str = "SELECT account_id, purse_id FROM purses WHERE program_code = $1";
    let query = sql(PURSES).bind(PROGRAM);
    let rows: Vec<(String, String)> = stage.sim.db.all(query).await.expect("they are there");
    let known: std::collections::HashMap<_, _> = rows.into_iter().collect();
    accounts.iter().map(|account| known[&account.to_string()].clone()).collect()
}

struct Hander {
    db: Db,
    world: Arc<World>,
    accounts: Arc<[Uuid]>,
    purses: Arc<[String]>,
    next: Arc<AtomicUsize>,
}

impl Client for Hander {
    async fn step(&mut self) -> bool {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.commit(number).await.expect("each unit is another");
        true
    }
}

impl Hander {
    async fn commit(&self, number: usize) -> Result<(), DbError> {
        let (account, purse) = (self.accounts[number % ACCOUNTS], &self.purses[number % ACCOUNTS]);
        let program: ProgramCode = PROGRAM.parse().expect("a program code");
        let key = Key::account(&program, AccountId::new(account));
        let account = account.to_string();
        let id = |kind: &str| guid(number, kind).to_string();
        let mut work = self.db.begin(self.world.scope(vec![key])).await?;
        let of = |text| sql(text).bind(PROGRAM).bind(account.as_str());
        let _: Vec<(String, String)> = work.all(of(BOOKS)).await?;
        let _: Vec<(String,)> = work.all(of(KNOWN).bind(id("adjustment"))).await?;
        let place =
            (account.as_str(), purse.as_str(), i64::try_from(number / ACCOUNTS).unwrap_or(0));
        for write in writes(number, place, &id) {
            work.write(write);
        }
        work.commit().await
    }
}

fn writes(
    number: usize,
    (account, purse, sequence): (&str, &str, i64),
    id: &dyn Fn(&str) -> String,
) -> [Statement; 6] {
    let now = 1_900_000_000_000 + i64::try_from(number).unwrap_or(0);
    let details = json!({
        "type_description": "Promotional Credit",
        "internal": { "adjustment": id("adjustment"), "description": "Welcome bonus" },
    });
    let event = json!({
        "eventIdentifier": id("event"), "eventType": "transaction", "eventDateTime": now,
        "transaction": { "transactionIdentifier": id("transaction"), "details": details },
    });
    let program = |text| sql(text).bind(PROGRAM);
    [
        program(ADJUSTMENT).bind(account).bind(id("adjustment")).bind(true).bind(false).bind(now),
        program(TRANSACTION)
            .bind(id("transaction"))
            .bind(account)
            .bind(sequence + 1)
            .bind(purse)
            .bind(true)
            .bind(now)
            .bind(false)
            .bind(details.to_string()),
        program(POSTING)
            .bind(account)
            .bind(sequence + 1)
            .bind(id("transaction"))
            .bind(purse)
            .bind(now),
        program(EVENT)
            .bind(id("event"))
            .bind(id("message"))
            .bind(account)
            .bind(sequence + 2)
            .bind(event.to_string())
            .bind(now),
        program(PURSE).bind(purse).bind(now),
        program(SEQUENCES).bind(account),
    ]
}

async fn post(engine: Engine, pace: Pace) -> Rate {
    let stage = Stage::open(engine).await;
    let accounts = settle(&stage, ACCOUNTS).await;
    let one = |number: usize| {
        let path =
            format!("/programs/{PROGRAM}/accounts/{}/adjustments", accounts[number % ACCOUNTS]);
        let body = json!({
            "adjustmentIdentifier": guid(number, "adjustment"), "amount": "5.00",
            "currency": "USD", "adjustmentType": "promo", "adjustmentDescription": "Welcome bonus",
        });
        request("POST", &path, &[&stage.bearer, ANY_REQUEST], &body.to_string())
    };
    let count = pace.supply(ADJUSTMENTS_A_SECOND);
    let requests = Requests::Once(Supply::of((0..count).map(one).collect()));
    let rate = drive(Caller::crew(stage.served.address, &requests).await, pace).await;
    stage.close().await;
    rate
}

/// GET transactions: one page of a short and of a long history.
pub async fn history(report: &mut Report, pace: Pace) {
    report.section(&format!(
        "GET transactions: the first {PAGE} rows of {LONG}, against all {SHORT} of {SHORT}"
    ));
    for engine in Engine::durable() {
        let stage = Stage::open(engine).await;
        let accounts = settle(&stage, 2).await;
        let purses = purses(&stage, &accounts).await;
        for (at, rows) in [(0, SHORT), (1, LONG)] {
            fill(&stage, (&accounts[at].to_string(), &purses[at]), rows).await;
        }
        let page = |at: usize| {
            let path =
                format!("/programs/{PROGRAM}/accounts/{}/transactions?limit={PAGE}", accounts[at]);
            Requests::Round(Arc::from([request("GET", &path, &[&stage.bearer, ANY_REQUEST], "")]))
        };
        let (short, long) = (page(0), page(1));
        let (mut of_short, mut of_long) = (Figure::default(), Figure::default());
        for _ in 0..ROUNDS {
            of_short.push(drive(Caller::crew(stage.served.address, &short).await, pace).await);
            of_long.push(drive(Caller::crew(stage.served.address, &long).await, pace).await);
        }
        let name = engine.name();
        report.rate(&format!("{name}: GET transactions of {SHORT}"), &of_short);
        let target = Some(Target::AtLeast(0.9));
        report.against(&format!("{name}: GET transactions of {LONG}"), &of_long, &of_short, target);
        stage.close().await;
    }
}

/// Gives an account a history of so many rows, one a second.
async fn fill(stage: &Stage, (account, purse): (&str, &str), rows: usize) {
    const PORTION: usize = 100;
    let numbers: Vec<usize> = (0..rows).collect();
    for portion in numbers.chunks(PORTION) {
        let mut unit =
            stage.sim.db.begin(stage.world().await.scope(Vec::new())).await.expect("free");
        for number in portion {
            let id = |kind: &str| guid(*number, &format!("{kind} of {rows}")).to_string();
            let sequence = i64::try_from(*number).unwrap_or(0);
            let [_, transaction, ..] = writes(number * 1_000, (account, purse, sequence), &id);
            unit.write(transaction);
        }
        unit.commit().await.expect("each row is another");
    }
    let mut unit = stage.sim.db.begin(stage.world().await.scope(Vec::new())).await.expect("free");
    let count = i64::try_from(rows).unwrap_or(0);
    unit.write(sql(FILLED).bind(PROGRAM).bind(account).bind(count));
    unit.commit().await.expect("the account is there");
}
