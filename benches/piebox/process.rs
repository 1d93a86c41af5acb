//! The program itself, as a process: how soon it answers, what memory it holds, and what its log
//! lines cost.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::http::{Caller, Connection, Requests, request};
use super::load::{Figure, Pace, ROUNDS, drive, median};
use super::people;
use super::report::{Report, Target};
use super::stage::{Engine, Stage, sign_in};

const STARTS: usize = 10;
/// Enrollments a second that are prepared for the look at memory after load.
const ENROLLMENTS_A_SECOND: usize = 6_000;

/// A running `piebox serve`; killed when dropped.
struct Program {
    child: Child,
    address: SocketAddr,
    /// From the start of the process to the first 200.
    ready_after: Duration,
}

impl Program {
    async fn start(folder: &Path, database: &str, log_level: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_piebox"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PIEBOX_")) {
            command.env_remove(name);
        }
        command.current_dir(folder).env("PIEBOX_LOG__LEVEL", log_level);
        command.args(["serve", "--listen", "127.0.0.1:0", "--database", database]);
        let begun = Instant::now();
        let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.expect("the program starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it says when it is ready");
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        let address = address.expect("it says where").parse().expect("an address");
        let mut connection = Connection::open(address).await;
        let ready = request("GET", "/_sim/health/ready", &[], "");
        assert_eq!(connection.exchange(&ready).await.status, 200);
        Self { child, address, ready_after: begun.elapsed() }
    }

    /// Resident memory in MiB.
    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line
            .and_then(|line| line.split_whitespace().next()?.parse().ok())
            .expect("Linux says how much");
        kib / 1024.0
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Start, memory, log lines.
pub async fn measure(report: &mut Report, pace: Pace) {
    report.section("The program as a process");
    let folder = tempfile::tempdir().expect("a temporary folder");
    // The first start makes the tables.
    drop(Program::start(folder.path(), "sqlite:bench.db", "info").await);
    for (engine, database, most) in [
        (Engine::SqliteFile, "sqlite:bench.db", 40.0),
        (Engine::SqliteMemory, "sqlite::memory:", 15.0),
    ] {
        let (mut starts, mut resident) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let program = Program::start(folder.path(), database, "info").await;
            starts.push(program.ready_after.as_secs_f64() * 1e3);
            sign_in(program.address).await;
            tokio::time::sleep(Duration::from_millis(20)).await;
            resident.push(program.resident());
        }
        let name = engine.name();
        let what = format!("{name}: start to the first 200");
        report.value(&what, median(starts.into_iter()), " ms", Some(Target::AtMost(most)));
        let what = format!("{name}: memory after one call");
        report.value(&what, median(resident.into_iter()), " MiB", Some(Target::AtMost(24.0)));
    }
    load(report, pace, folder.path()).await;
    log_lines(report, pace, folder.path()).await;
}

/// Memory after a burst of enrollments, read back afterwards.
async fn load(report: &mut Report, pace: Pace, folder: &Path) {
    let enrollments = people::plain(&person().await, pace.supply(ENROLLMENTS_A_SECOND) * 2);
    let program = Program::start(folder, "sqlite:load.db", "info").await;
    let bearer = sign_in(program.address).await;
    let idle = program.resident();
    let requests = people::requests(&enrollments, &bearer);
    let longer = Pace { length: pace.length * 2, ..pace };
    drive(Caller::crew(program.address, &requests).await, longer).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let after = program.resident();
    let what = "sqlite file: memory after a burst of enrollments";
    report.value(what, after, " MiB", None);
    let what = "sqlite file: the same as a multiple of idle";
    report.value(what, after / idle, "", Some(Target::AtMost(1.5)));
}

/// What the default log lines cost: they go to a null device, so this is the program's part alone.
async fn log_lines(report: &mut Report, pace: Pace, folder: &Path) {
    let one = people::plain(&person().await, 1);
    let quiet = Program::start(folder, "sqlite:quiet.db", "warn").await;
    let chatty = Program::start(folder, "sqlite:chatty.db", "info").await;
    let mut look_ups = Vec::new();
    for program in [&quiet, &chatty] {
        let bearer = sign_in(program.address).await;
        let Requests::Once(supply) = people::requests(&one, &bearer) else { return };
        let mut connection = Connection::open(program.address).await;
        let answer = connection.exchange(&supply.take().expect("one")).await.json();
        let id = answer["account"]["accountIdentifier"].as_str().and_then(|id| id.parse().ok());
        look_ups.push(people::look_ups([&id.expect("enrolled")].into_iter(), &bearer));
    }
    let (mut without, mut with) = (Figure::default(), Figure::default());
    for _ in 0..ROUNDS {
        without.push(drive(Caller::crew(quiet.address, &look_ups[0]).await, pace).await);
        with.push(drive(Caller::crew(chatty.address, &look_ups[1]).await, pace).await);
    }
    report.note("from here on, 'us cpu' is the client's alone: the server is another process");
    report.rate("sqlite file: GET account, log level warn", &without);
    report.against("sqlite file: GET account, log level info (default)", &with, &without, None);
}

/// The person that all others are varied from.
async fn person() -> serde_json::Value {
    let stage = Stage::open(Engine::SqliteMemory).await;
    let person = stage.person().await;
    stage.close().await;
    person
}
