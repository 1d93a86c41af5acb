//! `piebox migrate`: brings the tables up to date, and nothing else.

use std::process::ExitCode;

use super::print_line;
use crate::app::db_options;
use crate::config::Config;
use crate::db::Db;

pub(super) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let db = Db::open(&db_options(config)).await?;
    db.migrate().await?;
    db.close().await;
    print_line(&format!("the {} database is up to date", db.engine_name()))?;
    Ok(ExitCode::SUCCESS)
}
