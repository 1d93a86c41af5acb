//! `piebox demo`: stub while building.

use std::process::ExitCode;

use clap::Args;

#[derive(Debug, Args)]
pub(super) struct DemoArgs {}

pub(super) async fn run(_: DemoArgs) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
