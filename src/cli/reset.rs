//! `piebox reset`: lets a program of a running simulator begin anew: empty, or as its seed made it.

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;

use super::client::ProgramAt;
use super::print_line;

#[derive(Debug, Args)]
pub(super) struct ResetArgs {
    #[command(flatten)]
    at: ProgramAt,
}

pub(super) async fn run(args: ResetArgs) -> anyhow::Result<ExitCode> {
    args.at.call(Method::POST, "reset", None).await?;
    print_line(&format!("{} is empty, its clock has begun again", args.at.program))?;
    Ok(ExitCode::SUCCESS)
}
