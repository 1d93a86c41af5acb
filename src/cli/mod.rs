//! The command line: one file a command.

mod client;
mod decrypt;
mod demo;
mod encrypt;
mod healthcheck;
mod keys;
mod listen;
mod migrate;
mod openapi;
mod reconcile;
mod serve;
mod story;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Environment, Flags, LogFormat, LogSettings, Sources};

/// PIE in a box: a full offline simulator of the Green Dot Banking-as-a-Service platform.
#[derive(Debug, Parser)]
#[command(name = "piebox", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the simulator
    Serve(ServerArgs),
    /// Play the vendor's example flow against a throw-away simulator, and tell it
    Demo(demo::DemoArgs),
    /// Receive webhooks: acknowledge and print them
    Listen(listen::ListenArgs),
    /// Seal a JSON document to a program, for one request id
    Encrypt(encrypt::EncryptArgs),
    /// Open a sealed document
    Decrypt(decrypt::DecryptArgs),
    /// Make a key pair for a partner
    Keys,
    /// Bring the tables of a database up to date
    Migrate(ServerArgs),
    /// Ask a running simulator whether it is ready; exit code 0 or 1
    Healthcheck(ServerArgs),
    /// Print the reconciliation file of a program's adjustments of one day
    Reconcile(reconcile::ReconcileArgs),
    /// Print the OpenAPI document
    Openapi,
}

/// Where configuration comes from.
#[derive(Debug, Clone, Args)]
struct ServerArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", env = "PIEBOX_CONFIG")]
    config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080] [env: PIEBOX_LISTEN]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// sqlite:FILE, sqlite::memory: or postgres://... [default: sqlite:piebox.db]
    /// [env: PIEBOX_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Do not migrate the database at start
    #[arg(long)]
    no_migrate: bool,
    /// Bearer token that the control API wants [env: PIEBOX_CONTROL__TOKEN]
    #[arg(long, value_name = "TOKEN")]
    control_token: Option<String>,
}

impl ServerArgs {
    fn load(self) -> anyhow::Result<Config> {
        let flags = Flags {
            listen: self.listen,
            database_url: self.database,
            migrate: self.no_migrate.then_some(false),
            control_token: self.control_token.map(Into::into),
        };
        let environment = Environment::Process;
        Ok(Config::load(Sources { file: self.config, environment, flags })?)
    }
}

/// Runs the command of the process's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return failed(&cause.into()),
    };
    runtime.block_on(dispatch(cli.command)).unwrap_or_else(|cause| failed(&cause))
}

/// A line of output. The standard macro panics if nobody reads any more (`piebox keys | head -1`).
fn print_line(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("writing the output")
}

async fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(args.load()?).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Listen(args) => listen::run(args).await,
        Command::Encrypt(args) => encrypt::run(args).await,
        Command::Decrypt(args) => decrypt::run(&args),
        Command::Keys => keys::run(),
        Command::Migrate(args) => migrate::run(&args.load()?).await,
        Command::Healthcheck(args) => healthcheck::run(&args.load()?).await,
        Command::Reconcile(args) => reconcile::run(args).await,
        Command::Openapi => openapi::run().await,
    }
}

#[expect(clippy::print_stderr, reason = "a command line speaks to its user")]
fn failed(cause: &anyhow::Error) -> ExitCode {
    let io = cause.downcast_ref::<std::io::Error>();
    if io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    eprintln!("piebox: {cause:#}");
    ExitCode::FAILURE
}

/// Sends log lines to standard error, in the configured form.
fn log_to_stderr(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.level)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        // A line that cannot be written is lost; complaining about it would panic.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match settings.format {
        LogFormat::Text => lines.with_target(false).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
