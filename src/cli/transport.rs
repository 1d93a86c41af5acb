//! `piebox export` and `piebox import`: a program of a running simulator into a file, and back,
//! into this simulator or another.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use futures_util::StreamExt as _;
use reqwest::{Body, Method};
use tokio::io::{AsyncWriteExt as _, stdout};
use tokio_util::io::ReaderStream;

use super::client::ProgramAt;
use super::print_line;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// With the secrets of its settings: how webhook endpoints are called
    #[arg(long)]
    secrets: bool,
    /// File to write; standard output if absent
    file: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// File to read; - is standard input
    file: String,
}

pub(super) async fn export(args: ExportArgs) -> anyhow::Result<ExitCode> {
    let path = if args.secrets { "export?secrets=true" } else { "export" };
    let mut pieces = args.at.send(Method::GET, path, None).await?.bytes_stream();
    let mut output: Box<dyn tokio::io::AsyncWrite + Unpin> = match &args.file {
        Some(file) => {
            let made = tokio::fs::File::create(file).await;
            Box::new(made.with_context(|| format!("writing {file}"))?)
        }
        None => Box::new(stdout()),
    };
    while let Some(piece) = pieces.next().await {
        output.write_all(&piece.context("the export broke off")?).await.context("writing")?;
    }
    output.flush().await.context("writing")?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn import(args: ImportArgs) -> anyhow::Result<ExitCode> {
    let body = match args.file.as_str() {
        "-" => Body::wrap_stream(ReaderStream::new(tokio::io::stdin())),
        file => {
            let opened = tokio::fs::File::open(file).await;
            Body::wrap_stream(ReaderStream::new(opened.with_context(|| format!("reading {file}"))?))
        }
    };
    args.at.send(Method::PUT, "import", Some(body)).await?;
    print_line(&format!("{} is what {} says", args.at.program, args.file))?;
    Ok(ExitCode::SUCCESS)
}
