//! `piebox healthcheck`: for containers. Asks the simulator that listens on the configured address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::process::ExitCode;

use anyhow::{Context, bail};

use super::client::http_client;
use super::print_line;
use crate::config::Config;

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut address = config.listen;
    // "Every address" is where one listens, not where one calls.
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let url = format!("http://{address}/_sim/health/ready");
    let answer = http_client()?.get(&url).send().await.with_context(|| url.clone())?;
    if !answer.status().is_success() {
        bail!("{url} answered {}", answer.status());
    }
    print_line("ready")?;
    Ok(ExitCode::SUCCESS)
}
