//! The command line: one file a command.

mod client;
mod clock;
mod decrypt;
mod demo;
mod encrypt;
mod exec;
mod healthcheck;
mod keys;
mod listen;
mod migrate;
mod openapi;
mod reconcile;
mod resend;
mod reset;
mod run;
mod seed;
mod serve;
mod server_args;
mod snapshot;
mod story;
mod transport;

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Parser, Subcommand};

use self::server_args::ServerArgs;
use crate::config::{LogFormat, LogSettings};

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
    Serve(serve::ServeArgs),
    /// Play the vendor's example flow against a throw-away simulator, and tell it
    Demo(demo::DemoArgs),
    /// Run a command with a simulator of its own, and answer with its exit code
    Exec(exec::ExecArgs),
    /// Receive webhooks: acknowledge and print them
    Listen(listen::ListenArgs),
    /// Have webhooks of a running simulator sent again, or count them first
    Resend(resend::ResendArgs),
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
    /// Run scenario files and tell what came of them
    Run(run::RunArgs),
    /// Print the reconciliation file of a program's adjustments of one day
    Reconcile(reconcile::ReconcileArgs),
    /// Let a program begin anew: empty, or as its seed made it
    Reset(reset::ResetArgs),
    /// Show, set or advance the clock of a program
    Clock(clock::ClockArgs),
    /// Remember the state of a program under a name
    Snapshot(snapshot::SnapshotArgs),
    /// Put a program back to a snapshot
    Restore(snapshot::RestoreArgs),
    /// Write a program into a file
    Export(transport::ExportArgs),
    /// Make a program what an exported file says
    Import(transport::ImportArgs),
    /// Print the OpenAPI document
    Openapi,
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
        Command::Serve(args) => serve::run(args).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Exec(args) => exec::run(args).await,
        Command::Listen(args) => listen::run(args).await,
        Command::Encrypt(args) => encrypt::run(args).await,
        Command::Decrypt(args) => decrypt::run(&args),
        Command::Keys => keys::run(),
        Command::Migrate(args) => migrate::run(&args.load()?).await,
        Command::Healthcheck(args) => healthcheck::run(&args.load()?).await,
        Command::Run(args) => run::run(args).await,
        Command::Reconcile(args) => reconcile::run(args).await,
        Command::Reset(args) => reset::run(args).await,
        Command::Clock(args) => clock::run(args).await,
        Command::Snapshot(args) => snapshot::take(args).await,
        Command::Restore(args) => snapshot::restore(args).await,
        Command::Export(args) => transport::export(args).await,
        Command::Import(args) => transport::import(args).await,
        Command::Resend(args) => resend::run(args).await,
        Command::Openapi => openapi::run(),
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
