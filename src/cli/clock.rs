//! `piebox clock`: shows, sets and advances the clock of a program of a running simulator.

use std::process::ExitCode;

use clap::Args;
use reqwest::Method;
use serde_json::{Value as Json, json};

use super::client::ProgramAt;
use super::print_line;

#[derive(Debug, Args)]
pub(super) struct ClockArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// Stop it
    #[arg(long, conflicts_with = "run")]
    freeze: bool,
    /// Let it run
    #[arg(long)]
    run: bool,
    /// Have it show this moment, like 2031-05-06T10:00:00Z; what is then overdue runs by itself
    #[arg(long, value_name = "MOMENT")]
    set: Option<String>,
    /// Advance it by an ISO 8601 duration, like PT72H, and list what fell due
    #[arg(long, value_name = "DURATION", conflicts_with_all = ["set", "to"])]
    advance: Option<String>,
    /// Advance it to this moment, and list what fell due
    #[arg(long, value_name = "MOMENT", conflicts_with = "set")]
    to: Option<String>,
}

pub(super) async fn run(args: ClockArgs) -> anyhow::Result<ExitCode> {
    let mode = match (args.freeze, args.run) {
        (true, _) => Some("frozen"),
        (_, true) => Some("running"),
        _ => None,
    };
    let mut shown = None;
    if mode.is_some() || args.set.is_some() {
        let mut change = json!({});
        if let Some(mode) = mode {
            change["mode"] = json!(mode);
        }
        if let Some(now) = &args.set {
            change["now"] = json!(now);
        }
        shown = Some(args.at.call(Method::PUT, "clock", Some(change)).await?);
    }
    let goal = match (&args.advance, &args.to) {
        (Some(by), _) => Some(json!({ "by": by })),
        (_, Some(to)) => Some(json!({ "to": to })),
        _ => None,
    };
    if let Some(goal) = goal {
        shown = Some(args.at.call(Method::POST, "clock/advance", Some(goal)).await?);
    }
    let shown = match shown {
        Some(shown) => shown,
        None => args.at.call(Method::GET, "clock", None).await?,
    };
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    for job in shown["ran"].as_array().into_iter().flatten() {
        let (at, kind, subject) = (text(&job["at"]), text(&job["kind"]), text(&job["subject"]));
        print_line(&format!("{at}  {kind} {subject}: {}", text(&job["result"])))?;
    }
    print_line(&format!("{} {}", text(&shown["now"]), text(&shown["mode"])))?;
    Ok(ExitCode::SUCCESS)
}
