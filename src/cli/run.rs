//! `piebox run`: scenario files, played against a simulator of their own in memory or against a
//! running one, and told step by step.
//!
//! Exit codes: 0 if all passed, 1 if one failed, 2 if a file is wrong, 3 if they could not be run
//! or their JUnit report could not be written.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::json;

use super::print_line;
use crate::app::Sim;
use crate::config::Config;
use crate::http::outgoing;
use crate::jobs;
use crate::kernel::time::SystemClock;
use crate::lifecycle::Lifecycle;
use crate::scenarios::junit::{self, Ran};
use crate::scenarios::report::Report;
use crate::scenarios::{self, RunOptions, Stage, library, schema};

/// What names a ready scenario.
const LIBRARY: &str = "library/";
/// How long deliveries under way may take to end.
const GRACE: Duration = Duration::from_secs(5);
/// How long a running simulator may take for one file.
const ANSWER_LIMIT: Duration = Duration::from_secs(600);
/// Exit codes.
const FAILED: u8 = 1;
const WRONG_FILE: u8 = 2;
const NOT_RUN: u8 = 3;

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Scenario files, folders of them, and ready ones: library/NAME, or library for all
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "show", "schema"])]
    files: Vec<String>,
    /// List the ready scenarios
    #[arg(long)]
    list: bool,
    /// Print a ready scenario, to begin with
    #[arg(long, value_name = "NAME")]
    show: Option<String>,
    /// Print the JSON Schema of scenario files
    #[arg(long)]
    schema: bool,
    /// Write a JUnit report
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print the reports as JSON, one a line
    #[arg(long)]
    json: bool,
    /// Tell only what failed
    #[arg(long)]
    quiet: bool,
    /// Run them on this simulator, and not in memory
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Bearer token of its control API, if it wants one
    #[arg(long, value_name = "TOKEN", env = "PIEBOX_CONTROL_TOKEN", hide_env_values = true)]
    control_token: Option<String>,
    /// Leave the programs behind that were made for the runs
    #[arg(long, requires = "url")]
    keep: bool,
}

pub(super) async fn run(args: RunArgs) -> anyhow::Result<ExitCode> {
    if args.schema {
        print_line(&format!("{:#}", schema::schema()))?;
        return Ok(ExitCode::SUCCESS);
    }
    if args.list {
        return list();
    }
    if let Some(name) = &args.show {
        print_line(ready(name)?.text.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut ran = Vec::new();
    let played = play_all(&args, &mut ran).await;
    if let Err(cause) = &played {
        // The report tells of it too: one of an earlier run would be read as that of this one.
        let outcome = Err(format!("could not be run: {cause:#}"));
        ran.push(Ran { file: "piebox run".to_owned(), outcome });
    }
    let written = args.junit.as_deref().map_or(Ok(()), |file| write_junit(file, &ran));
    if let Err(cause) = played.and(written) {
        complain(&format!("piebox: {cause:#}"));
        return Ok(NOT_RUN.into());
    }
    let failed = ran.iter().any(|one| one.outcome.as_ref().is_ok_and(|report| !report.passed));
    let is_wrong = ran.iter().any(|one| one.outcome.is_err());
    if !args.json && ran.len() > 1 {
        let passed = |one: &&Ran| one.outcome.as_ref().is_ok_and(|report| report.passed);
        let passed = ran.iter().filter(passed).count();
        print_line(&format!("{passed} of {} scenarios passed", ran.len()))?;
    }
    Ok(match (is_wrong, failed) {
        (true, _) => WRONG_FILE.into(),
        (false, true) => FAILED.into(),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn write_junit(file: &Path, ran: &[Ran]) -> anyhow::Result<()> {
    let text = junit::document(ran).context("writing the JUnit report")?;
    std::fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}

/// The ready scenarios with the rules that they prove.
fn list() -> anyhow::Result<ExitCode> {
    for entry in library::all() {
        let read = scenarios::read(entry.text).map(|read| read.scenario);
        let (name, proves) = match read {
            Ok(scenario) => (scenario.name, scenario.proves.join(" ")),
            Err(problem) => (problem.to_string(), String::new()),
        };
        print_line(&format!("{LIBRARY}{:<28} {name}", entry.name))?;
        if !proves.is_empty() {
            print_line(&format!("{:36} {proves}", ""))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn ready(name: &str) -> anyhow::Result<library::Entry> {
    let name = name.strip_prefix(LIBRARY).unwrap_or(name);
    let near = || library::nearest(name).map(|near| format!("; did you mean {near}?"));
    library::find(name).with_context(|| {
        format!("no ready scenario is called {name}{}", near().unwrap_or_default())
    })
}

/// A file to run: its name, and its text or why there is none.
type Given = (String, Result<String, String>);

/// All files that were named, those of folders in the order of their names.
fn given(names: &[String]) -> Vec<Given> {
    let mut all = Vec::new();
    for name in names {
        let path = Path::new(name);
        if name.trim_end_matches('/') == LIBRARY.trim_end_matches('/') && !path.exists() {
            let named = |entry: &library::Entry| format!("{LIBRARY}{}", entry.name);
            let ready = library::all().into_iter();
            all.extend(ready.map(|entry| (named(&entry), Ok(entry.text.to_owned()))));
        } else if name.starts_with(LIBRARY) && !path.exists() {
            let text = ready(name).map(|entry| entry.text.to_owned());
            all.push((name.clone(), text.map_err(|cause| cause.to_string())));
        } else if path.is_dir() {
            match files_of(path) {
                Ok(files) if files.is_empty() => {
                    let problem = "holds no .yaml, .yml or .json file".to_owned();
                    all.push((name.clone(), Err(problem)));
                }
                Ok(files) => all.extend(files.iter().map(|file| given_file(file))),
                Err(cause) => all.push((name.clone(), Err(cause.to_string()))),
            }
        } else {
            all.push(given_file(path));
        }
    }
    all
}

fn given_file(path: &Path) -> Given {
    let text = std::fs::metadata(path).and_then(|about| {
        // A file that is too large is refused by its beginning.
        let most = scenarios::FILE_BYTES as u64;
        if about.len() > most {
            return Err(std::io::Error::other(format!("more than {most} bytes")));
        }
        std::fs::read_to_string(path)
    });
    let name = path.display().to_string();
    let text = text.map_err(|cause| match library::find(&name) {
        Some(_) => format!("{cause}; the ready scenario is called {LIBRARY}{name}"),
        None => cause.to_string(),
    });
    (name, text)
}

fn files_of(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str());
        if path.is_dir() {
            files.extend(files_of(&path)?);
        } else if matches!(ending, Some("yaml" | "yml" | "json")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Plays all files, as far as they can be.
async fn play_all(args: &RunArgs, ran: &mut Vec<Ran>) -> anyhow::Result<()> {
    let files = given(&args.files);
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().context("watching for signals")?;
    let soft = lifecycle.soft();
    let player = match &args.url {
        Some(url) => {
            let http = outgoing::client(ANSWER_LIMIT)?.build().context("building the client")?;
            Player::Elsewhere(http, url.trim_end_matches('/').to_owned())
        }
        None => Player::here(&lifecycle).await?,
    };
    for (file, text) in files {
        let outcome = match text {
            Err(problem) => Err(problem),
            Ok(text) => tokio::select! {
                outcome = player.play(&text, args) => outcome?,
                () = soft.cancelled() => bail!("stopped before the end"),
            },
        };
        tell(args, &file, &outcome)?;
        ran.push(Ran { file, outcome });
    }
    player.leave(&lifecycle).await;
    Ok(())
}

fn tell(args: &RunArgs, file: &str, outcome: &Result<Report, String>) -> anyhow::Result<()> {
    match outcome {
        Ok(report) if args.json => {
            print_line(&json!({ "file": file, "report": report }).to_string())
        }
        Err(problem) if args.json => {
            print_line(&json!({ "file": file, "problem": problem }).to_string())
        }
        Ok(report) if args.quiet && report.passed => Ok(()),
        Ok(report) => print_line(report.text(file).trim_end()),
        Err(problem) => {
            complain(&format!(
                "{file}:{}{problem}",
                if starts_with_place(problem) { "" } else { " " }
            ));
            Ok(())
        }
    }
}

/// Whether a problem begins with line and column, so that it reads `file:line:column: …`.
fn starts_with_place(problem: &str) -> bool {
    problem.starts_with(|c: char| c.is_ascii_digit())
}

#[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
fn complain(text: &str) {
    eprintln!("{text}");
}

/// Who plays: a simulator in this process, or one elsewhere.
enum Player {
    Here(Box<(Sim, Stage)>),
    Elsewhere(reqwest::Client, String),
}

impl Player {
    /// A simulator in memory. Nobody can call it from outside.
    async fn here(lifecycle: &Lifecycle) -> anyhow::Result<Self> {
        let mut config = Config::defaults()?;
        config.database_url = "sqlite::memory:".to_owned();
        let sim = Sim::open(config, Arc::new(SystemClock)).await?;
        let dispatcher = Arc::clone(&sim.dispatcher).run(lifecycle.soft());
        lifecycle.spawn("webhooks", dispatcher);
        lifecycle.spawn("tasks", jobs::run(sim.clone(), lifecycle.soft()));
        let stage = Stage::of(&sim, sim.router()).map_err(anyhow::Error::msg)?;
        Ok(Self::Here(Box::new((sim, stage))))
    }

    /// The report, or what is wrong with the file.
    async fn play(&self, text: &str, args: &RunArgs) -> anyhow::Result<Result<Report, String>> {
        match self {
            Self::Here(here) => {
                let read = match scenarios::read(text) {
                    Ok(read) => read,
                    Err(problem) => return Ok(Err(problem.to_string())),
                };
                let options = RunOptions::fresh(args.keep).context("the machine's randomness")?;
                let report = scenarios::run(&here.1, &read, &options).await;
                Ok(report.map_err(|problem| problem.to_string()))
            }
            Self::Elsewhere(http, url) => elsewhere(http, url, text, args).await,
        }
    }

    async fn leave(self, lifecycle: &Lifecycle) {
        lifecycle.finish(GRACE).await;
        if let Self::Here(here) = self {
            here.0.db.close().await;
        }
    }
}

async fn elsewhere(
    http: &reqwest::Client,
    server: &str,
    text: &str,
    args: &RunArgs,
) -> anyhow::Result<Result<Report, String>> {
    let url = format!("{server}/_sim/v1/scenarios/run?keep={}", args.keep);
    let mut asked = http.post(&url).header("content-type", "application/yaml");
    if let Some(token) = &args.control_token {
        asked = asked.bearer_auth(token);
    }
    let answer = asked.body(text.to_owned()).send().await;
    let answer = answer.with_context(|| format!("calling {url}; is the simulator running?"))?;
    let status = answer.status();
    // The report of one that did not pass comes with 422.
    if status.is_success() || status == reqwest::StatusCode::UNPROCESSABLE_ENTITY {
        let report = answer.json().await.with_context(|| format!("{url} answered no report"))?;
        return Ok(Ok(report));
    }
    let problem: serde_json::Value = answer.json().await.unwrap_or_default();
    let detail = problem["detail"].as_str().unwrap_or("no reason given").to_owned();
    match status {
        reqwest::StatusCode::BAD_REQUEST => Ok(Err(detail)),
        _ => bail!("{url} answered {status}: {detail}"),
    }
}
