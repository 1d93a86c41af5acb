//! The program itself: starting, stopping, being killed, and what it says to its user.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use piebox::receiver::{Receiver, ReceiverOptions};
use serde_json::{Value as Json, json};

use crate::support::{Engine, PATIENCE, Store, enrollment, guid, on_both_engines};

fn piebox(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_piebox"));
    command.current_dir(folder).args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PIEBOX_")) {
        command.env_remove(name);
    }
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    piebox(folder, arguments).output().unwrap()
}

/// A running `piebox serve`; killed when dropped.
struct Server {
    child: Child,
    url: String,
    ready_line: String,
}

impl Server {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = piebox(folder, &["serve", "--listen", "127.0.0.1:0"]);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        Self::ready(command.spawn().unwrap())
    }

    /// Waits for the line that says it is ready.
    fn ready(mut child: Child) -> Self {
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready_line = lines.next().expect("the line that says it is ready").unwrap();
        let url = ready_line.split_whitespace().find(|word| word.starts_with("http://")).unwrap();
        let url = url.trim_end_matches(['(', ')']).to_owned();
        Self { child, url, ready_line }
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// The exit code, if the process ends in time.
    fn ended_within(&mut self, limit: Duration) -> Option<Option<i32>> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return Some(status.code());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Calls a running server as a partner would.
#[derive(Clone)]
struct Wire {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Wire {
    async fn sign_in(url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();
        let body = json!({ "grant_type": "client_credentials" });
        let asked = http.post(format!("{url}/authentication")).header("X-GD-RequestId", guid());
        let answer =
            asked.basic_auth("demo", Some("demo-secret")).json(&body).send().await.unwrap();
        let answer: Json = answer.json().await.unwrap();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        Self { http, url: url.to_owned(), token }
    }

    async fn enroll(&self, request_id: &str, body: &Json) -> reqwest::Result<(u16, Json)> {
        let asked = self.http.post(format!("{}/programs/wf/enrollments", self.url));
        let asked = asked.bearer_auth(&self.token).header("X-GD-RequestId", request_id);
        let answer = asked.json(body).send().await?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    /// The status of reading an account.
    async fn account(&self, account: &str) -> u16 {
        let asked = self.http.get(format!("{}/programs/wf/accounts/{account}", self.url));
        let asked = asked.bearer_auth(&self.token).header("X-GD-RequestId", guid());
        asked.send().await.unwrap().status().as_u16()
    }

    async fn control(&self, method: &str, path: &str, body: Json) -> Json {
        let url = format!("{}/_sim/v1/programs/{path}", self.url);
        let asked = self.http.request(method.parse().unwrap(), url).json(&body);
        asked.send().await.unwrap().json().await.unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_says_when_it_is_ready_and_stops_in_good_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &[]);
    assert!(server.ready_line.contains("demo / demo-secret"), "{}", server.ready_line);
    assert!(folder.path().join("piebox.db").exists(), "the default database");
    let listen = server.url.trim_start_matches("http://").to_owned();
    let health = run(folder.path(), &["healthcheck", "--listen", &listen]);
    assert!(health.status.success());
    Wire::sign_in(&server.url).await;
    server.signal("TERM");
    assert_eq!(server.ended_within(PATIENCE), Some(Some(0)));
    let health = run(folder.path(), &["healthcheck", "--listen", &listen]);
    assert_eq!(health.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_signal_stops_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--database", "sqlite::memory:"]);
    let wire = Wire::sign_in(&server.url).await;
    // A call that is never sent to its end keeps the first signal waiting.
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut open = std::net::TcpStream::connect(address).unwrap();
    let head = format!(
        "POST /programs/wf/enrollments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         X-GD-RequestId: {}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        wire.token,
        guid()
    );
    std::io::Write::write_all(&mut open, head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    server.signal("INT");
    assert_eq!(server.ended_within(Duration::from_millis(500)), None, "work is under way");
    server.signal("INT");
    assert!(server.ended_within(Duration::from_secs(5)).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_answered_when_the_server_stops() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(folder.path(), &["--database", "sqlite::memory:"]);
    let wire = Wire::sign_in(&server.url).await;
    wire.control("PUT", "wf", json!({})).await;
    let waits = ["wf/events/wait", "wf/requests/verify"].map(|path| {
        let body = json!({ "match": { "text": "never" }, "within": "PT25S" });
        let wire = wire.clone();
        tokio::spawn(async move { wire.control("POST", path, body).await })
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.signal("TERM");
    assert_eq!(server.ended_within(PATIENCE / 2), Some(Some(0)));
    let statuses = futures_util::future::join_all(waits).await;
    let statuses: Vec<Json> =
        statuses.into_iter().map(|it| it.unwrap()["status"].clone()).collect();
    assert_eq!(statuses, [504, 422]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_log_nobody_reads_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = piebox(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    let mut server = Server::ready(child);
    Wire::sign_in(&server.url).await;
    server.signal("TERM");
    assert_eq!(server.ended_within(PATIENCE), Some(Some(0)));
}

#[test]
fn wrong_configuration_is_named_with_the_nearest_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("piebox.toml");
    let serve = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = piebox(folder.path(), &["serve"]);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let output = command.args(arguments).envs(variables.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    std::fs::write(&file, "lissten = \"127.0.0.1:1\"\n").unwrap();
    let words = serve(&["--config", file.to_str().unwrap()], &[]);
    assert!(words.contains("lissten") && words.contains("`listen`"), "{words}");
    let words = serve(&[], &[("PIEBOX_LOG__FORMATT", "json")]);
    assert!(
        words.contains("PIEBOX_LOG__FORMATT") && words.contains("PIEBOX_LOG__FORMAT"),
        "{words}"
    );
    let words = serve(&["--listen", "nonsense"], &[]);
    assert!(words.contains("--listen"), "{words}");
    let words = serve(&["--database", "mysql://x"], &[]);
    assert!(words.contains("sqlite:") && words.contains("postgres"), "{words}");
    let words = serve(&["--listen", "0.0.0.0:0"], &[]);
    assert!(words.contains("--control-token") && words.contains("allow_open"), "{words}");
    std::fs::write(&file, "[template]\npieMod = true\n").unwrap();
    let words = serve(&["--config", file.to_str().unwrap()], &[]);
    assert!(words.contains("template") && words.contains("pieMod"), "{words}");
}

#[test]
fn migrate_brings_up_the_tables_and_serve_can_be_told_not_to() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(folder.path(), &["serve", "--no-migrate", "--listen", "127.0.0.1:0"]);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("piebox migrate"));
    assert!(run(folder.path(), &["migrate"]).status.success());
    assert!(run(folder.path(), &["migrate"]).status.success());
    Server::start(folder.path(), &["--no-migrate"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn encrypt_and_decrypt_work_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--database", "sqlite::memory:"]);
    let wire = Wire::sign_in(&server.url).await;
    let person = wire.control("POST", "wf/people", json!({})).await["userData"].clone();
    let file = folder.path().join("person.json");
    std::fs::write(&file, person.to_string()).unwrap();
    let id = guid();
    let arguments = ["encrypt", "--program", "wf", "--request-id", &id, "--server", &server.url];
    let output = piebox(folder.path(), &arguments).arg(&file).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let container: Json = serde_json::from_slice(&output.stdout).unwrap();
    let mut body = enrollment(&person);
    body["user"] = json!({ "encryptedUserData": container });
    assert_eq!(wire.enroll(&id, &body).await.unwrap().0, 200);

    let keys: Json = serde_json::from_slice(&run(folder.path(), &["keys"]).stdout).unwrap();
    let public = keys["publicKey"].as_str().unwrap();
    let arguments = ["encrypt", "--program", "wf", "--request-id", &id, "--public-key", public];
    let sealed = piebox(folder.path(), &arguments).arg(&file).output().unwrap();
    let file = folder.path().join("sealed.json");
    std::fs::write(&file, sealed.stdout).unwrap();
    let private = keys["privateKey"].as_str().unwrap();
    let arguments = ["decrypt", "--program", "wf", "--request-id", &id, "--private-key", private];
    let opened = piebox(folder.path(), &arguments).arg(&file).output().unwrap();
    assert_eq!(serde_json::from_slice::<Json>(&opened.stdout).unwrap(), person);
}

/// What the demo tells, if it plays to its end without a word about errors.
fn told_by_demo(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = piebox(folder.path(), &["demo"]).args(arguments).output().unwrap();
    let (told, errors) = (String::from_utf8(output.stdout).unwrap(), output.stderr);
    let errors = String::from_utf8_lossy(&errors);
    assert!(output.status.success() && errors.is_empty(), "{told}\n{errors}");
    told
}

/// A scenario that passes, one that fails in line 5, and one that is wrong there.
fn scenario_files() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, step) in [
        ("good.yaml", "expect: {webhooks: [{type: accountUpdated}]}"),
        ("bad.yaml", "expect: {webhooks: []}"),
        ("wrong.yaml", "expcet: {}"),
    ] {
        let text = format!("name: A\npeople: {{ann: approved}}\nsteps:\n- enroll: ann\n- {step}\n");
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[test]
fn run_says_by_its_exit_code_what_came_of_the_files() {
    let folder = scenario_files();
    for (arguments, code, says) in [
        (&["good.yaml"][..], 0, "passed: 2 of 2 steps"),
        (&["library/token-expires", "--quiet"], 0, ""),
        (&["good.yaml", "bad.yaml"], 1, "bad.yaml:5"),
        (&["good.yaml", "wrong.yaml"], 2, "1 of 2 scenarios passed"),
        (&["nowhere.yaml"], 2, ""),
        (&["library/ofac-cleard"], 2, ""),
        (&["good.yaml", "--url", "http://127.0.0.1:9"], 3, ""),
        (&["--list"], 0, "library/ofac-cleared"),
        (&["--show", "ofac-failed"], 0, "failOfac"),
        (&["--schema"], 0, "piebox scenario"),
    ] {
        let arguments = [&["run"], arguments].concat();
        let output = run(folder.path(), &arguments);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(text.contains(says), "{arguments:?}: {text}");
    }
    // No report of an earlier run is left where this one could not be made.
    let report = folder.path().join("report.xml");
    std::fs::write(&report, "of yesterday").unwrap();
    let lost = ["run", "good.yaml", "--url", "http://127.0.0.1:9", "--junit", "report.xml"];
    assert_eq!(run(folder.path(), &lost).status.code(), Some(3));
    let xml = std::fs::read_to_string(&report).unwrap();
    assert!(xml.contains("could not be run") && xml.contains(r#"errors="1""#), "{xml}");
    let nowhere = ["run", "good.yaml", "--junit", "missing/report.xml"];
    assert_eq!(run(folder.path(), &nowhere).status.code(), Some(3));
    let near = run(folder.path(), &["run", "card-lost"]);
    let said = String::from_utf8_lossy(&near.stderr).into_owned();
    assert!(said.contains("the ready scenario is called library/card-lost"), "{said}");
    let all = ["run", ".", "--junit", "report.xml", "--json"];
    assert_eq!(run(folder.path(), &all).status.code(), Some(2));
    let xml = std::fs::read_to_string(&report).unwrap();
    assert!(xml.contains(r#"tests="5" skipped="0" failures="1" errors="1""#), "{xml}");
}

#[test]
fn run_on_a_running_server_tells_and_writes_what_came_of_the_files_there() {
    let folder = scenario_files();
    let memory = ["--database", "sqlite::memory:", "--control-token", "open-sesame"];
    let server = Server::start(folder.path(), &memory);
    for (file, token, code, says, counts) in [
        ("good.yaml", "open-sesame", 0, "passed: 2 of 2 steps", r#"failures="0" errors="0""#),
        ("bad.yaml", "open-sesame", 1, "at bad.yaml:5", r#"failures="1" errors="0""#),
        ("wrong.yaml", "open-sesame", 2, "wrong.yaml:5:3: steps[1]", r#"failures="0" errors="1""#),
        ("good.yaml", "wrong", 3, "answered 401", r#"failures="0" errors="1""#),
    ] {
        let there = ["--url", &server.url, "--control-token", token, "--junit", "report.xml"];
        let output = run(folder.path(), &[&["run", file], &there[..]].concat());
        assert_eq!(output.status.code(), Some(code), "{file}: {output:?}");
        let told = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap()).concat();
        assert!(told.contains(says), "{file}: {told}");
        let xml = std::fs::read_to_string(folder.path().join("report.xml")).unwrap();
        assert!(xml.contains(counts), "{file}: {xml}");
        std::fs::remove_file(folder.path().join("report.xml")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn serve_with_a_seed_is_ready_once_its_programs_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let seed = "programs: {wf: {people: {ann: approved}, steps: [enroll: ann]}}";
    std::fs::write(folder.path().join("seed.yaml"), seed).unwrap();
    for start in ["made", "kept"] {
        let server = Server::start(folder.path(), &["--seed", "seed.yaml"]);
        let listen = server.url.trim_start_matches("http://");
        let end = Instant::now() + PATIENCE;
        while !run(folder.path(), &["healthcheck", "--listen", listen]).status.success() {
            assert!(Instant::now() < end, "not ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let wire = Wire::sign_in(&server.url).await;
        let accounts = wire.control("GET", "wf/accounts", Json::Null).await;
        assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
        let status = wire.control("GET", "../seed", Json::Null).await;
        assert_eq!(
            (&status["state"], &status["programs"][0]["result"]),
            (&json!("done"), &json!(start))
        );
    }
    std::fs::write(folder.path().join("seed.yaml"), "programs: {wf: {stps: []}}").unwrap();
    let refused = run(folder.path(), &["serve", "--seed", "seed.yaml"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success());
    assert!(said.contains("seed.yaml:1:17: programs.wf.stps: unknown field"), "{said}");
}

#[test]
fn the_demo_plays_to_its_end() {
    let told = told_by_demo(&[]);
    for part in [
        "=== The example flow =",
        "\"encryptedUserData\"",
        "\"contactVerificationStatus\": 1",
        "\"matchLevel\"",
        "\"eventType\": \"provisioning\"",
        "\"Promotional Credit\"",
        "=== When an enrollment comes out otherwise =",
        "400 Bad Request",
        "503 Service",
        "\"registrationFailed\"",
        "=== When an identity has to be proved =",
        "/kycGates/idvUuid",
        "=== The card =",
        "\"eventType\": \"mailTracking\"",
        "\"atmPinUpdate\"",
        "\"declineReason\": \"cardBlocked\"",
        "\"eventType\": \"cardUpdate\"",
        "=== The user =",
        "\"eventType\": \"userUpdated\"",
        "=== More money =",
        "\"nb100\"",
        "\"purseTransfer\"",
        "=== The wages =",
        "\"eventType\": \"directDepositSwitch\"",
        "(PDF)",
        "=== The webhook endpoint =",
        "\"verdict\"",
    ] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 100), "a line is too wide in\n{told}");
    let steps = told.lines().filter(|line| line.starts_with(|it: char| it.is_ascii_digit()));
    let numbers: Vec<_> = steps.map(|line| line.split('.').next().unwrap().to_owned()).collect();
    let count = numbers.len();
    assert_eq!(numbers, (1..=count).map(|it| it.to_string()).collect::<Vec<_>>());
    // What it counts is what it has told.
    let heard = told.lines().filter(|line| line.starts_with("   <-- POST ")).count();
    let end = told.lines().find(|line| line.starts_with("All ")).unwrap();
    assert!(end.starts_with(&format!("All {count} steps took ")), "{end}");
    assert!(end.contains(&format!(" and {heard} webhooks came")), "{end}");
}

#[test]
fn each_chapter_of_the_demo_plays_alone() {
    let chapters = ["flow", "outcomes", "cure", "cards", "users", "money", "switch", "webhooks"];
    for chapter in chapters {
        let told = told_by_demo(&["--chapter", chapter]);
        let titles = told.lines().filter(|line| line.starts_with("=== ")).count();
        assert_eq!(titles, 2, "{chapter}: {told}");
    }
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["demo", "--chapter", "checks"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(chapters.iter().all(|chapter| said.contains(chapter)), "{said}");
}

/// Runs `piebox exec` with a shell script as its command.
fn exec(folder: &Path, arguments: &[&str], script: &str) -> Output {
    let mut command = piebox(folder, &["exec"]);
    command.args(arguments).args(["--", "sh", "-c", script]).output().unwrap()
}

#[test]
fn exec_runs_a_command_beside_a_simulator_and_answers_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let script = "echo $PIEBOX_URL $PIEBOX_CONTROL_URL $PIEBOX_PROGRAM $PIEBOX_CLIENT_ID \
        $PIEBOX_CLIENT_SECRET [$PIEBOX_CONTROL_TOKEN]; exit 7";
    let output = exec(folder.path(), &[], script);
    assert_eq!(output.status.code(), Some(7), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    let words: Vec<&str> = told.split_whitespace().collect();
    assert!(words[0].starts_with("http://127.0.0.1:") && !words[0].ends_with(":0"), "{told}");
    let control = format!("{}/_sim/v1", words[0]);
    assert_eq!(words[1..], [control.as_str(), "wf", "demo", "demo-secret", "[]"]);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    for (script, code) in [("exit 0", 0), ("kill -KILL $$", 137), ("kill -TERM $$", 143)] {
        assert_eq!(exec(folder.path(), &[], script).status.code(), Some(code), "{script}");
    }
    let missing = run(folder.path(), &["exec", "--", "no-such-command"]);
    assert_eq!(missing.status.code(), Some(127));
    let words = String::from_utf8(missing.stderr).unwrap();
    assert!(words.contains("cannot run no-such-command"), "{words}");
}

#[test]
fn commands_inside_exec_find_its_simulator() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "set -e; piebox() {{ {} \"$@\"; }}
        piebox clock --freeze --set 2040-01-01T00:00:00Z; piebox snapshot s
        piebox clock --advance P1D; piebox restore s; piebox clock
        piebox export --secrets world.ndjson; piebox reset; piebox clock --run
        piebox import world.ndjson; piebox export | tail -1; piebox clock",
        env!("CARGO_BIN_EXE_piebox")
    );
    let file = folder.path().join("piebox.toml");
    std::fs::write(&file, "[control]\ntoken = \"of-the-control-plane\"\n").unwrap();
    let arguments = ["--config", file.to_str().unwrap(), "--program", "shop"];
    let output = exec(folder.path(), &arguments, &script);
    let (told, errors) = (String::from_utf8(output.stdout).unwrap(), output.stderr);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&errors));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "2040-01-01T00:00:00.000Z frozen");
    assert_eq!(lines[1], "snapshot s of shop at 2040-01-01T00:00:00.000Z");
    assert_eq!(lines[2], "2040-01-02T00:00:00.000Z frozen");
    assert_eq!(lines[3], "shop is as it was at snapshot s");
    assert_eq!(lines[4], lines[0]);
    assert!(told.contains("{\"end\":true,\"rows\":"), "{told}");
    assert_eq!(lines.last(), Some(&lines[0]));
}

#[test]
fn exec_passes_signals_on_and_waits_for_the_command() {
    let folder = tempfile::tempdir().unwrap();
    for (name, code) in [("TERM", 5), ("INT", 6), ("HUP", 8)] {
        // The command says that it listens, and ends only when it is told to.
        let script = "trap 'exit 5' TERM; trap 'exit 6' INT; trap 'exit 8' HUP; \
            echo $PIEBOX_URL; while :; do sleep 0.05; done";
        let mut command = piebox(folder.path(), &["exec", "--", "sh", "-c", script]);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.next().expect("the command's line").unwrap();
        let mut server = Server { child, url, ready_line: String::new() };
        server.signal(name);
        assert_eq!(server.ended_within(PATIENCE), Some(Some(code)), "{name}");
    }
}

/// What a load has sent and what was answered, by request id.
#[derive(Default)]
struct Load {
    sent: Vec<(String, Json)>,
    answered: HashMap<String, String>,
}

impl Load {
    /// Enrolls from eight sides until `enough` were answered in all, then kills the server.
    async fn until_killed(&mut self, server: &mut Server, enough: usize, pause: Duration) {
        let wire = Wire::sign_in(&server.url).await;
        let (report, mut reports) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..8 {
            tokio::spawn(enroll_until_cut_off(wire.clone(), report.clone()));
        }
        drop(report);
        let mut alive = true;
        while let Some((id, body, account)) = reports.recv().await {
            match account {
                Some(account) => _ = self.answered.insert(id, account),
                None => self.sent.push((id, body)),
            }
            if alive && self.answered.len() >= enough {
                tokio::time::sleep(pause).await;
                server.child.kill().unwrap();
                server.child.wait().unwrap();
                alive = false;
            }
        }
    }
}

type Report = tokio::sync::mpsc::UnboundedSender<(String, Json, Option<String>)>;

async fn enroll_until_cut_off(wire: Wire, report: Report) {
    loop {
        let person = wire.http.post(format!("{}/_sim/v1/programs/wf/people", wire.url));
        let Ok(person) = person.json(&json!({})).send().await else { return };
        let Ok(person) = person.json::<Json>().await else { return };
        let (id, body) = (guid(), enrollment(&person["userData"]));
        let _ = report.send((id.clone(), body.clone(), None));
        let Ok((200, answer)) = wire.enroll(&id, &body).await else { return };
        let account = answer["account"]["accountIdentifier"].as_str().unwrap();
        let _ = report.send((id, body, Some(account.to_owned())));
    }
}

/// Leases of a killed process run out on the wall clock; this shortens the wait.
async fn end_leases(store: &Store) {
    let db = piebox::db::Db::open(&store.options()).await.unwrap();
    let mut unit = db.begin(piebox::db::Scope::keys(Vec::new())).await.unwrap();
    unit.write(piebox::db::sql("UPDATE webhook_deliveries SET lease_wall_at = 0"));
    unit.commit().await.unwrap();
    db.close().await;
}

async fn nothing_pending(wire: &Wire) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let pending = wire.control("GET", "wf/deliveries?state=pending", Json::Null).await;
        if pending["deliveries"].as_array().unwrap().is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "deliveries stay pending");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The accounts that the receiver was told of.
fn told(receiver: &Receiver) -> HashSet<String> {
    let account =
        |body: &Json| body["accounts"][0]["accountIdentifier"].as_str().unwrap().to_owned();
    receiver.received().iter().map(|webhook| account(&webhook.body)).collect()
}

on_both_engines! {
    async fn whk_5_a_server_killed_at_any_moment_loses_and_invents_nothing(engine: Engine) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(engine).await;
        let address = "127.0.0.1:0".parse().unwrap();
        let receiver = Receiver::start(address, ReceiverOptions::default()).await.unwrap();
        let database = store.url();
        let mut load = Load::default();
        for round in 0..5u32 {
            let mut server = Server::start(folder.path(), &["--database", &database]);
            let wire = Wire::sign_in(&server.url).await;
            wire.control("PUT", "wf", json!({ "webhooks": [{ "url": receiver.url() }] })).await;
            let enough = load.answered.len() + 6 + round as usize * 5;
            load.until_killed(&mut server, enough, Duration::from_micros(700) * round).await;
        }

        end_leases(&store).await;
        let server = Server::start(folder.path(), &["--database", &database]);
        let wire = Wire::sign_in(&server.url).await;
        nothing_pending(&wire).await;
        let told = told(&receiver);
        for account in load.answered.values() {
            assert!(told.contains(account), "committed and answered, never told: {account}");
        }
        for account in &told {
            let status = wire.account(account).await;
            assert_eq!(status, 200, "told of an account that was never committed: {account}");
        }
        let mut existing = HashSet::new();
        for (id, body) in &load.sent {
            let (status, answer) = wire.enroll(id, body).await.unwrap();
            assert_eq!(status, 200, "{answer}");
            let account = answer["account"]["accountIdentifier"].as_str().unwrap().to_owned();
            let known = load.answered.get(id).unwrap_or(&account);
            assert_eq!(known, &account, "the repeated call made another account");
            existing.insert(account);
        }
        nothing_pending(&wire).await;
        // At least once each, and nobody but those who exist.
        assert_eq!(self::told(&receiver), existing);
    }
}

// Proves WHK-3, WHK-9.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_listened_to_refused_on_request_and_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["--database", "sqlite::memory:"]);
    let flags = ["--fail", "1", "--status", "404", "--api-key", "k-1", "--brief"];
    let mut command = piebox(folder.path(), &["listen", "--listen", "127.0.0.1:0"]);
    let mut child = command.args(flags).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut line = move || lines.next().unwrap().unwrap();
    let url = line().split(' ').find(|word| word.starts_with("http")).unwrap().to_owned();
    let wire = Wire::sign_in(&server.url).await;
    let told = |key: &str| {
        let auth = json!({ "type": "apiKey", "key": key });
        json!({ "webhooks": [{ "url": url, "auth": auth }] })
    };
    wire.control("PUT", "wf", told("k-1")).await;
    let person = wire.control("POST", "wf/people", json!({})).await;
    let (status, answer) = wire.enroll(&guid(), &enrollment(&person["userData"])).await.unwrap();
    assert_eq!(status, 200, "{answer}");
    let account = answer["account"]["accountIdentifier"].as_str().unwrap();
    let first = line();
    for part in ["accountUpdated", account, "attempt 1", "answered 404", "X-GD-RequestId: "] {
        assert!(first.contains(part), "{part}: {first}");
    }

    let resend = |arguments: &[&str]| {
        let at = ["resend", "--server", &server.url, "--program", "wf"];
        let all: Vec<&str> = at.iter().chain(arguments).copied().collect();
        run(folder.path(), &all)
    };
    assert!(!resend(&[]).status.success(), "it must be said which");
    let counted = resend(&["--type", "accountUpdated", "--count"]);
    let said = String::from_utf8(counted.stdout).unwrap();
    assert_eq!(said, "1 events in 1 messages would be sent again, as 1 deliveries\n");
    let wanted = json!({ "match": { "state": "failed" } });
    let failed = wire.control("POST", "wf/events/wait", wanted).await;
    let event = failed["events"][0]["eventIdentifier"].as_str().unwrap();
    assert!(resend(&["--event", event]).status.success());
    let again = line();
    assert!(again.contains("attempt 1") && again.contains("acknowledged"), "{again}");
    wire.control("PUT", "wf", told("k-2")).await;
    assert!(resend(&["--all"]).status.success());
    let refused = line();
    assert!(refused.contains("answered 401: another API-Key"), "{refused}");
    child.kill().unwrap();
    child.wait().unwrap();
}
