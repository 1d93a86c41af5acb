//! The unit of work of an enrollment, taken from life and handed to the database layer directly.
//!
//! One person is enrolled on a database of its own, and the rows that this left behind become the
//! shape: the same inserts, in the same order, with values of the same kinds and lengths. Ids,
//! hashes and numbers that must be unique are drawn anew for each unit. So the baseline follows the
//! code, whatever an enrollment comes to write.

use std::collections::HashMap;
use std::sync::Arc;

use piebox::db::{Db, DbError, Key, Statement, Value, sql};
use piebox::kernel::ids::AccountId;
use piebox::programs::world::World;
use serde_json::json;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column as _, Connection as _, Row as _, TypeInfo as _};
use uuid::Uuid;

use super::http::Connection;
use super::load::{CLIENTS, Client, Pace, Rate, Supply, drive};
use super::people;
use super::stage::{Engine, PROGRAM, Stage};

/// The tables that an enrollment writes, in its order.
const TABLES: [&str; 7] = [
    "webhook_events",
    "webhook_deliveries",
    "accounts",
    "purses",
    "users",
    "payment_instruments",
    "enrollments",
];

/// The one read of an enrollment: has this request come before?
const FIND: &str = "SELECT account_id, state, reply FROM enrollments \
    WHERE program_code = $1 AND request_id = $2 AND fingerprint = $3";

/// Where a value of a unit comes from.
#[derive(Debug, Clone)]
enum Cell {
    /// The same in each unit.
    Fixed(Value),
    /// An id; equal numbers are equal ids within a unit.
    Id(usize),
    /// 64 hexadecimal digits, likewise.
    Hash(usize),
    /// Three letters and seven digits.
    Reference,
    /// `1` and 13 digits.
    AccountNumber,
}

/// What an enrollment writes.
#[derive(Debug, Clone)]
pub struct Shape {
    inserts: Vec<(&'static str, Vec<Cell>)>,
    account: usize,
    request: usize,
    fingerprint: usize,
}

/// A unit that is ready to be handed over.
#[derive(Debug)]
pub struct Unit {
    pub account: Uuid,
    keys: Vec<Key>,
    find: Statement,
    writes: Vec<Statement>,
    rings: bool,
}

impl Shape {
    /// Enrolls one person; with an endpoint, the shape has a delivery to it.
    pub async fn capture(endpoint: Option<&str>) -> Self {
        let stage = Stage::with_dispatcher(Engine::SqliteFile, false).await;
        let webhooks: Vec<_> = endpoint.iter().map(|url| json!({ "url": url })).collect();
        stage.control("PUT", "", &json!({ "webhooks": webhooks })).await;
        let requests = people::requests(&people::plain(&stage.person().await, 1), &stage.bearer);
        let super::http::Requests::Once(supply) = requests else { unreachable!() };
        let mut connection = Connection::open(stage.served.address).await;
        let answer = connection.exchange(&supply.take().expect("one")).await.json();
        assert_eq!(answer["account"]["status"], "normal", "{answer}");
        let mut database = SqliteConnection::connect(&stage.store.url).await.expect("it is open");
        let shape = Self::read(&mut database).await;
        database.close().await.expect("it closes");
        stage.close().await;
        shape
    }

    async fn read(database: &mut SqliteConnection) -> Self {
        let mut known = Known::default();
        let mut inserts = Vec::new();
        for table in TABLES {
            let select = format!("SELECT * FROM {table} ORDER BY rowid");
            let rows = sqlx::query(AssertSqlSafe(select)).fetch_all(&mut *database).await;
            for row in rows.expect("the tables are there") {
                inserts.push(known.insert(table, &row));
            }
        }
        let place = |name: &str| known.places[name];
        let (account, request) = (place("account_id"), place("request_id"));
        Self { account, request, fingerprint: place("fingerprint"), inserts }
    }

    /// Inserts in a unit.
    pub fn statements(&self) -> usize {
        self.inserts.len()
    }

    /// The unit of this number.
    pub fn unit(&self, number: usize) -> Unit {
        let id = |place: usize| people::guid(number, &place.to_string());
        let hash = |place: usize| format!("{}{}", id(place).simple(), id(place + 1_000).simple());
        let value = |cell: &Cell| match cell {
            Cell::Fixed(value) => value.clone(),
            Cell::Id(place) => id(*place).to_string().into(),
            Cell::Hash(place) => hash(*place).into(),
            Cell::Reference => reference(number).into(),
            Cell::AccountNumber => account_number(number).into(),
        };
        let write = |(text, cells): &(&'static str, Vec<Cell>)| {
            cells.iter().fold(sql(text), |statement, cell| statement.bind(value(cell)))
        };
        let program = PROGRAM.parse().expect("a program code");
        let (request, fingerprint) = (id(self.request).to_string(), hash(self.fingerprint));
        let keys = vec![Key::request(&program, &request), Key::identity(&program, &fingerprint)];
        let find = sql(FIND).bind(PROGRAM).bind(request).bind(fingerprint);
        let writes: Vec<Statement> = self.inserts.iter().map(write).collect();
        let rings = self.inserts.iter().any(|(text, _)| text.contains("webhook_deliveries"));
        Unit { account: id(self.account), keys, find, writes, rings }
    }

    /// Units of these numbers, each to be handed over once.
    pub fn units(&self, numbers: std::ops::Range<usize>) -> Supply<Unit> {
        Supply::of(numbers.map(|number| self.unit(number)).collect())
    }
}

/// What of the captured rows is an id or a hash, and under which number it is known.
#[derive(Default)]
struct Known {
    numbers: HashMap<String, usize>,
    places: HashMap<String, usize>,
}

impl Known {
    fn insert(&mut self, table: &str, row: &SqliteRow) -> (&'static str, Vec<Cell>) {
        let names: Vec<&str> = row.columns().iter().map(|column| column.name()).collect();
        let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
        let (names, places) = (names.join(", "), places.join(", "));
        let text = format!("INSERT INTO {table} ({names}) VALUES ({places})");
        let cells = (0..row.columns().len()).map(|at| self.cell(row, at)).collect();
        // One text a shape: it lives as long as the measurements.
        (String::leak(text), cells)
    }

    fn cell(&mut self, row: &SqliteRow, at: usize) -> Cell {
        let column = &row.columns()[at];
        match column.type_info().name() {
            "TEXT" => match row.get::<Option<String>, _>(at) {
                Some(text) => self.text(column.name(), text),
                None => Cell::Fixed(Value::Text(None)),
            },
            "BOOLEAN" => Cell::Fixed(Value::Bool(row.get(at))),
            _ => Cell::Fixed(Value::Int(row.get(at))),
        }
    }

    fn text(&mut self, column: &str, text: String) -> Cell {
        let is_hash = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        let is_id = text.parse::<AccountId>().is_ok();
        match column {
            "reference_number" => Cell::Reference,
            "account_number" => Cell::AccountNumber,
            _ if is_hash || is_id => {
                let next = self.numbers.len();
                let number = *self.numbers.entry(text).or_insert(next);
                self.places.insert(column.to_owned(), number);
                if is_hash { Cell::Hash(number) } else { Cell::Id(number) }
            }
            _ => Cell::Fixed(text.into()),
        }
    }
}

/// Factors prime to the modulus, so that each number gives another text.
fn reference(number: usize) -> String {
    let letter = |n: usize| char::from(b'A' + (n % 26) as u8);
    let (head, tail) = (number / 10_000_000, number * 7_368_787 % 10_000_000);
    format!("{}{}{}{tail:07}", letter(head / 676), letter(head / 26), letter(head))
}

fn account_number(number: usize) -> String {
    format!("1{:013}", number as u128 * 7_368_787_369_697 % 10_000_000_000_000)
}

/// A client that hands units to the database layer.
pub struct Hander {
    pub db: Db,
    pub world: Arc<World>,
    pub units: Supply<Unit>,
}

impl Hander {
    /// Hands units over, `CLIENTS` at a time, until the time is over or they are used up.
    pub async fn drive(stage: &Stage, units: Supply<Unit>, pace: Pace) -> Rate {
        let world = stage.world().await;
        let hander = |_| Hander {
            db: stage.sim.db.clone(),
            world: Arc::clone(&world),
            units: units.clone(),
        };
        drive((0..CLIENTS).map(hander).collect(), pace).await
    }
}

impl Client for Hander {
    async fn step(&mut self) -> bool {
        let Some(unit) = self.units.take() else { return false };
        commit(&self.db, &self.world, unit).await.expect("each unit is another");
        true
    }
}

/// One unit of work as an enrollment has it: keys, one read, all writes, one commit.
pub async fn commit(db: &Db, world: &World, unit: Unit) -> Result<(), DbError> {
    let mut work = db.begin(world.scope(unit.keys)).await?;
    let known: Vec<(String, String, Option<String>)> = work.all(unit.find).await?;
    assert!(known.is_empty(), "a request that has come before");
    unit.writes.into_iter().for_each(|write| work.write(write));
    if unit.rings {
        work.ring_on_commit();
    }
    work.commit().await
}
