//! `piebox reconcile`: the reconciliation file of a program's adjustments, asked of a running
//! simulator, for pipelines that compare it with their own books.

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use futures_util::StreamExt as _;

use super::client::http_client;

#[derive(Debug, Args)]
pub(super) struct ReconcileArgs {
    /// Program code
    #[arg(long)]
    program: String,
    /// Day in UTC, YYYY-MM-DD; without it, the day before the present one of the program's clock
    #[arg(long, value_name = "DAY")]
    date: Option<String>,
    /// Base URL of the simulator
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Bearer token of the control API, if it wants one
    #[arg(long, value_name = "TOKEN", env = "PIEBOX_CONTROL__TOKEN")]
    control_token: Option<String>,
}

pub(super) async fn run(args: ReconcileArgs) -> anyhow::Result<ExitCode> {
    let server = args.server.trim_end_matches('/');
    let file = format!("{server}/_sim/v1/programs/{}/adjustments/reconciliation", args.program);
    let mut url = reqwest::Url::parse(&file).with_context(|| format!("--server {server}"))?;
    if let Some(day) = &args.date {
        url.query_pairs_mut().append_pair("date", day);
    }
    let mut asked = http_client()?.get(url.clone());
    if let Some(token) = &args.control_token {
        asked = asked.bearer_auth(token);
    }
    let calling = || format!("calling {url}; is the simulator running?");
    let answer = asked.send().await.with_context(calling)?;
    let status = answer.status();
    if !status.is_success() {
        let problem: serde_json::Value = answer.json().await.unwrap_or_default();
        bail!(
            "{url} answered {status}: {}",
            problem["detail"].as_str().unwrap_or("no reason given")
        );
    }
    let mut file = answer.bytes_stream();
    let mut output = std::io::stdout().lock();
    while let Some(part) = file.next().await {
        output.write_all(&part.context("the file broke off")?).context("writing the output")?;
    }
    Ok(ExitCode::SUCCESS)
}
