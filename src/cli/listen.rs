//! `piebox listen`: a webhook endpoint that acknowledges as the vendor demands, and prints what
//! comes.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::sync::broadcast::error::RecvError;

use super::print_line;
use crate::lifecycle::Lifecycle;
use crate::receiver::{Received, Receiver, ReceiverOptions};

#[derive(Debug, Args)]
pub(super) struct ListenArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:9090")]
    listen: SocketAddr,
}

pub(super) async fn run(args: ListenArgs) -> anyhow::Result<ExitCode> {
    let lifecycle = Lifecycle::new();
    lifecycle.watch_signals().context("watching for signals")?;
    let receiver = Receiver::start(args.listen, ReceiverOptions::default())
        .await
        .with_context(|| format!("listening on {}", args.listen))?;
    print_line(&format!("waiting for webhooks at {} (Ctrl-C ends it)", receiver.url()))?;
    let mut incoming = receiver.subscribe();
    let soft = lifecycle.soft();
    loop {
        tokio::select! {
            () = soft.cancelled() => break,
            received = incoming.recv() => match received {
                Ok(received) => print_webhook(&received)?,
                Err(RecvError::Lagged(missed)) => {
                    print_line(&format!("... {missed} webhooks not printed"))?;
                }
                Err(RecvError::Closed) => break,
            },
        }
    }
    receiver.stop().await;
    Ok(lifecycle.finish(Duration::from_secs(5)).await.into())
}

fn print_webhook(received: &Received) -> anyhow::Result<()> {
    let id = received.header("x-gd-requestid").unwrap_or("without request id");
    print_line(&format!("\nPOST {}  X-GD-RequestId: {id}\n{:#}", received.path, received.body))
}
