//! `piebox snapshot` and `piebox restore`: remembers the state of a program of a running simulator,
//! and puts it back.

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;
use serde_json::json;

use super::client::ProgramAt;
use super::print_line;

#[derive(Debug, Args)]
pub(super) struct SnapshotArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// What to call it
    name: String,
    /// Replace one of the same name
    #[arg(long)]
    replace: bool,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// The snapshot
    name: String,
}

pub(super) async fn take(args: SnapshotArgs) -> anyhow::Result<ExitCode> {
    let wanted = json!({ "name": args.name, "replace": args.replace });
    let taken = args.at.call(Method::POST, "snapshots", Some(wanted)).await?;
    let now = taken["now"].as_str().unwrap_or_default();
    print_line(&format!("snapshot {} of {} at {now}", args.name, args.at.program))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(args: RestoreArgs) -> anyhow::Result<ExitCode> {
    let path = format!("snapshots/{}/restore", args.name);
    args.at.call(Method::POST, &path, None).await?;
    print_line(&format!("{} is as it was at snapshot {}", args.at.program, args.name))?;
    Ok(ExitCode::SUCCESS)
}
