//! The flags of commands that run or ask a simulator by its configuration.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, Environment, Flags, Sources};

/// Where configuration comes from.
#[derive(Debug, Clone, Args)]
pub(super) struct ServerArgs {
    /// Configuration file
    #[arg(long, value_name = "FILE", env = "PIEBOX_CONFIG")]
    config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:8080] [env: PIEBOX_LISTEN]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// sqlite:FILE, sqlite::memory: or postgres://... [default: sqlite:piebox.db]
    /// [env: PIEBOX_DATABASE_URL]
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Do not migrate the database at start
    #[arg(long)]
    no_migrate: bool,
    /// Bearer token that the control API wants [env: PIEBOX_CONTROL__TOKEN]
    #[arg(long, value_name = "TOKEN")]
    control_token: Option<String>,
}

impl ServerArgs {
    /// The configuration that these flags, the environment and the file make.
    pub(super) fn load(self) -> anyhow::Result<Config> {
        let flags = Flags {
            listen: self.listen,
            database_url: self.database,
            migrate: self.no_migrate.then_some(false),
            control_token: self.control_token.map(Into::into),
        };
        let environment = Environment::Process;
        Ok(Config::load(Sources { file: self.config, environment, flags })?)
    }
}
