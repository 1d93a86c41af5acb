//! `piebox openapi`: the OpenAPI document, as it is committed.

use std::process::ExitCode;
use std::sync::Arc;

use super::print_line;
use crate::app::Sim;
use crate::config::Config;
use crate::kernel::time::SystemClock;

pub(super) async fn run() -> anyhow::Result<ExitCode> {
    let mut config = Config::defaults()?;
    config.database_url = "sqlite::memory:".to_owned();
    let sim = Sim::open(config, Arc::new(SystemClock)).await?;
    print_line(sim.api_document().to_text().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
