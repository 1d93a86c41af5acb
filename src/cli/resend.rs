//! `piebox resend`: has a running simulator send webhooks again, one event or all that a filter
//! means.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value as Json, json};

use super::client::ProgramAt;
use super::print_line;

#[derive(Debug, Args)]
pub(super) struct ResendArgs {
    #[command(flatten)]
    at: ProgramAt,
    /// The event whose message is sent again; without it, the conditions below say which
    #[arg(long, value_name = "ID", conflicts_with_all = [
        "account", "event_type", "from", "to", "state", "text", "all", "count",
    ])]
    event: Option<String>,
    /// Events about this account
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Events of this type
    #[arg(long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// Events from this moment of the world on
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
    /// Events up to this moment of the world
    #[arg(long, value_name = "MOMENT")]
    to: Option<String>,
    /// Events with a delivery that is pending, delivered, failed or dropped
    #[arg(long)]
    state: Option<String>,
    /// Events with this text in them
    #[arg(long)]
    text: Option<String>,
    /// All events, if no condition is given
    #[arg(long)]
    all: bool,
    /// Only say how many would be sent
    #[arg(long)]
    count: bool,
    /// Only to this endpoint of the settings
    #[arg(long)]
    url: Option<String>,
}

impl ResendArgs {
    /// The path below the program, and the body.
    fn request(&self) -> anyhow::Result<(String, Json)> {
        let mut body = Map::new();
        if let Some(url) = &self.url {
            body.insert("url".to_owned(), json!(url));
        }
        if let Some(event) = &self.event {
            return Ok((format!("events/{event}/replay"), Json::Object(body)));
        }
        let conditions = [
            ("accountIdentifier", &self.account),
            ("eventType", &self.event_type),
            ("from", &self.from),
            ("to", &self.to),
            ("state", &self.state),
            ("text", &self.text),
        ];
        let given = conditions.into_iter().filter_map(|(name, value)| {
            value.as_ref().map(|value| (name.to_owned(), json!(value)))
        });
        let wanted: Map<String, Json> = given.collect();
        if wanted.is_empty() && !self.all {
            bail!("say which: --event, a condition like --state failed, or --all");
        }
        body.insert("match".to_owned(), Json::Object(wanted));
        body.insert("dryRun".to_owned(), json!(self.count));
        Ok(("events/replay".to_owned(), Json::Object(body)))
    }
}

pub(super) async fn run(args: ResendArgs) -> anyhow::Result<ExitCode> {
    let (path, body) = args.request()?;
    let answer = args.at.call(Method::POST, &path, Some(body)).await?;
    let verb = if args.count { "would be sent" } else { "are sent" };
    print_line(&format!(
        "{} events in {} messages {verb} again, as {} deliveries",
        answer["events"], answer["messages"], answer["deliveries"]
    ))?;
    for id in answer["deliveryIdentifiers"].as_array().into_iter().flatten() {
        print_line(id.as_str().unwrap_or_default())?;
    }
    Ok(ExitCode::SUCCESS)
}
