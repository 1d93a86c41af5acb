//! `piebox reconcile`: the reconciliation file of a program's adjustments, asked of a running
//! simulator, for pipelines that compare it with their own books.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use futures_util::StreamExt as _;
use jiff::civil::Date;
use reqwest::Method;

use super::client::ProgramAt;

#[derive(Debug, Args)]
pub(super) struct ReconcileArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// Day in UTC, YYYY-MM-DD; without it, the day before the present one of the program's clock
    #[arg(long, value_name = "DAY")]
    date: Option<Date>,
}

pub(super) async fn run(args: ReconcileArgs) -> anyhow::Result<ExitCode> {
    let mut path = "adjustments/reconciliation".to_owned();
    if let Some(day) = &args.date {
        path = format!("{path}?date={day}");
    }
    let answer = args.at.send(Method::GET, &path, None).await?;
    let mut file = answer.bytes_stream();
    let mut output = std::io::stdout().lock();
    while let Some(part) = file.next().await {
        output.write_all(&part.context("the file broke off")?).context("writing the output")?;
    }
    Ok(ExitCode::SUCCESS)
}
