//! `piebox exec -- command`: a simulator for as long as a command runs. It listens on a free port
//! of this machine and tells the command where by its environment; signals go to the command, and
//! its exit code is the answer. For pipelines: `piebox exec -- pytest`.

use std::io::IsTerminal as _;
use std::net::Ipv4Addr;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use rustix::process::{Pid, Signal, kill_process};
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal as Arrivals, SignalKind, signal};

use super::{log_to_stderr, seed, serve};
use crate::app::Sim;
use crate::config::{Config, Environment, Flags, Sources};
use crate::kernel::ids::ProgramCode;
use crate::kernel::time::SystemClock;
use crate::lifecycle::Lifecycle;

/// How long calls and deliveries under way may take to end when the command has ended.
const GRACE: Duration = Duration::from_secs(5);
/// What a shell answers for a command that cannot be run, and for one that is not there.
const NOT_RUNNABLE: u8 = 126;
const NOT_FOUND: u8 = 127;

#[derive(Debug, Args)]
pub(super) struct ExecArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", env = "PIEBOX_CONFIG")]
    config: Option<PathBuf>,
    /// Where the state is kept: sqlite:FILE, sqlite::memory: or postgres://...
    #[arg(long, value_name = "URL", default_value = "sqlite::memory:")]
    database: String,
    /// Make the programs of this seed first
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// Program code that the command is told; the program is made
    #[arg(long, value_name = "CODE", default_value = "wf")]
    program: ProgramCode,
    /// Log as configured, and not only warnings
    #[arg(long)]
    verbose: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<String>,
}

pub(super) async fn run(args: ExecArgs) -> anyhow::Result<ExitCode> {
    let seeds = args.seed.as_deref().map(seed::read).transpose()?;
    let mut config = args.load()?;
    if !args.verbose {
        "warn".clone_into(&mut config.log.level);
    }
    log_to_stderr(&config.log)?;
    let mut signals = Signals::watch().context("watching for signals")?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.context("a free port")?;
    let url = format!("http://{}", listener.local_addr().context("the free port")?);
    let sim = Sim::open(config, Arc::new(SystemClock)).await?;
    if let Some(seeds) = seeds {
        tokio::select! {
            made = seed::make(&sim, &seeds) => made?,
            _ = signals.next() => bail!("ended by a signal before the seed was made"),
        }
    }
    sim.worlds.create(&args.program).await?;
    let lifecycle = Lifecycle::new();
    serve::start(&lifecycle, &sim, listener);
    // Calls that come before the first is served wait in the listener, so it is ready now.
    let ended = match args.start(&sim, &url) {
        Ok(child) => follow(child, signals).await,
        Err(code) => Ok(code),
    };
    lifecycle.finish(GRACE).await;
    sim.db.close().await;
    let failures = lifecycle.failures();
    if !failures.is_empty() {
        bail!("a part of the simulator failed: {}", failures.join("; "));
    }
    ended
}

impl ExecArgs {
    fn load(&self) -> anyhow::Result<Config> {
        let flags = Flags {
            listen: Some(format!("{}:0", Ipv4Addr::LOCALHOST)),
            database_url: Some(self.database.clone()),
            ..Flags::default()
        };
        let (file, environment) = (self.config.clone(), Environment::Process);
        Ok(Config::load(Sources { file, environment, flags })?)
    }

    /// Starts the command, or says with which code a shell would answer that it cannot.
    #[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
    fn start(&self, sim: &Sim, url: &str) -> Result<Child, ExitCode> {
        let (program, arguments) = self.command.split_first().ok_or(ExitCode::from(NOT_FOUND))?;
        let mut command = Command::new(program);
        command.args(arguments).kill_on_drop(true);
        command.env("PIEBOX_URL", url);
        command.env("PIEBOX_CONTROL_URL", format!("{url}/_sim/v1"));
        command.env("PIEBOX_PROGRAM", self.program.as_str());
        if let Some(client) = sim.config.clients.first() {
            command.env("PIEBOX_CLIENT_ID", &client.id);
            command.env("PIEBOX_CLIENT_SECRET", client.secret.expose_secret());
        }
        match &sim.config.control.token {
            Some(token) => command.env("PIEBOX_CONTROL_TOKEN", token.expose_secret()),
            None => command.env_remove("PIEBOX_CONTROL_TOKEN"),
        };
        command.spawn().map_err(|cause| {
            eprintln!("piebox: cannot run {program}: {cause}");
            let is_missing = cause.kind() == std::io::ErrorKind::NotFound;
            ExitCode::from(if is_missing { NOT_FOUND } else { NOT_RUNNABLE })
        })
    }
}

/// Waits for the command, and passes signals on to it.
async fn follow(mut child: Child, mut signals: Signals) -> anyhow::Result<ExitCode> {
    loop {
        tokio::select! {
            ended = child.wait() => {
                return Ok(code_of(ended.context("waiting for the command")?));
            }
            arrived = signals.next() => pass_on(&child, arrived),
        }
    }
}

fn pass_on(child: &Child, arrived: Signal) {
    let id = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(id) = id {
        // It may just have ended; then there is nobody to tell.
        let _ = kill_process(id, arrived);
    }
}

/// The exit code of the command; 128 and the number of the signal that ended it.
fn code_of(ended: ExitStatus) -> ExitCode {
    let code = ended.code().or_else(|| ended.signal().map(|number| 128 + number));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// Signals that are the command's business.
struct Signals {
    interrupt: Arrivals,
    terminate: Arrivals,
    hangup: Arrivals,
    quit: Arrivals,
    /// A terminal sends its interrupt to every process in front of it, so to the command as well.
    from_terminal: bool,
}

impl Signals {
    fn watch() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            quit: signal(SignalKind::quit())?,
            from_terminal: std::io::stdin().is_terminal(),
        })
    }

    /// The next signal that the command does not get by itself.
    async fn next(&mut self) -> Signal {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Signal::TERM,
                _ = self.hangup.recv() => return Signal::HUP,
                _ = self.interrupt.recv() => if !self.from_terminal { return Signal::INT },
                _ = self.quit.recv() => if !self.from_terminal { return Signal::QUIT },
            }
        }
    }
}
