//! `piebox serve`: the simulator, until a signal.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::log_to_stderr;
use super::print_line;
use super::{ServerArgs, seed};
use crate::app::Sim;
use crate::http::connection;
use crate::jobs;
use crate::kernel::durations::Within;
use crate::kernel::time::SystemClock;
use crate::lifecycle::Lifecycle;

/// How long calls and deliveries under way may take to end after the first signal.
const GRACE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    server: ServerArgs,
    /// Make the programs of this seed that do not exist yet; not ready before they are made
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let seeds = args.seed.as_deref().map(seed::read).transpose()?;
    let config = args.server.load()?;
    log_to_stderr(&config.log)?;
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().context("watching for signals")?;
    let address = config.listen;
    let listener =
        TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
    let sim = Sim::open(config, Arc::new(SystemClock)).await?;
    announce(&sim, &listener)?;
    if let Some(seeds) = seeds {
        seed::begin_with(&lifecycle, &sim, seeds)?;
    }
    start(&lifecycle, &sim, listener);
    lifecycle.soft().cancelled().await;
    let ending = lifecycle.finish(GRACE).await;
    for failure in lifecycle.failures() {
        tracing::error!(failure, "a part of the simulator failed");
    }
    if let Err(cause) = sim.journal.flush(None).await {
        tracing::warn!(%cause, "the last calls are not in the journal");
    }
    sim.db.close().await;
    Ok(ending.into())
}

// Who waits has an answer before the grace is over, even if nothing ended the waits.
const _: () = assert!(Within::MOST.span().as_secs() < GRACE.as_secs());

/// Starts answering calls, sending webhooks and doing what falls due. All end with the lifecycle.
pub(super) fn start(lifecycle: &Lifecycle, sim: &Sim, listener: TcpListener) {
    let dispatcher = Arc::clone(&sim.dispatcher).run(lifecycle.soft());
    lifecycle.spawn("webhooks", dispatcher);
    lifecycle.spawn("tasks", jobs::run(sim.clone(), lifecycle.soft()));
    lifecycle.spawn("journal", Arc::clone(&sim.journal).run(lifecycle.soft()));
    let (waits, soft) = (Arc::clone(&sim.waits), lifecycle.soft());
    lifecycle.spawn("waits", async move {
        soft.cancelled().await;
        waits.end();
    });
    let (router, soft) = (sim.router(), lifecycle.soft());
    lifecycle.spawn("http", async move {
        let stopped = async move { soft.cancelled().await };
        if let Err(cause) = connection::serve(listener, router, stopped).await {
            tracing::error!(%cause, "the listener failed");
        }
    });
}

/// The one line that says it is ready, where, and with which credentials.
fn announce(sim: &Sim, listener: &TcpListener) -> anyhow::Result<()> {
    let address = listener.local_addr().context("the address listened on")?;
    let clients: Vec<String> = sim
        .config
        .clients
        .iter()
        .map(|client| {
            // The well-known secret is no secret; any other is not shown.
            match client.secret.expose_secret() {
                "demo-secret" => format!("{} / demo-secret", client.id),
                _ => client.id.clone(),
            }
        })
        .collect();
    print_line(&format!(
        "piebox is ready at http://{address} (client {}, database {}, docs at /_sim/docs)",
        clients.join(", "),
        sim.db.engine_name(),
    ))?;
    Ok(())
}
