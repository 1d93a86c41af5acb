//! `piebox reset`: lets a program of a running simulator begin anew: empty, or as its seed made it.

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;

use super::client::ProgramAt;
use super::print_line;
use crate::programs::state::SnapshotName;

#[derive(Debug, Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    at: ProgramAt,
}

pub(super) async fn run(args: ResetArgs) -> anyhow::Result<ExitCode> {
    let seeded = args.at.call(Method::GET, "snapshots", None).await?;
    let seeded = seeded["snapshots"].as_array().into_iter().flatten();
    let has_seed = seeded.into_iter().any(|one| one["name"] == SnapshotName::SEED);
    args.at.call(Method::POST, "reset", None).await?;
    let program = &args.at.program;
    print_line(&match has_seed {
        true => format!("{program} is as its seed made it"),
        false => format!("{program} is empty, its clock has begun again"),
    })?;
    Ok(ExitCode::SUCCESS)
}
