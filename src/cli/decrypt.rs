//! `piebox decrypt`: opens a sealed document with a private key, as a partner's library would.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::client::read_input;
use super::print_line;
use crate::crypto::{Binding, Container, KeyPair, open};

#[derive(Debug, Args)]
pub(super) struct DecryptArgs {
    /// Program code
    #[arg(long, env = "PIEBOX_PROGRAM")]
    program: String,
    /// The X-GD-RequestId of the call that carried it, letter for letter
    #[arg(long, value_name = "GUID")]
    request_id: String,
    /// The recipient's private key, 64 hexadecimal digits; `piebox keys` makes one
    #[arg(long, value_name = "HEX")]
    private_key: String,
    /// File with the container, - for standard input
    #[arg(default_value = "-")]
    file: String,
}

pub(super) fn run(args: &DecryptArgs) -> anyhow::Result<ExitCode> {
    let text = read_input(&args.file)?;
    let container: Container =
        serde_json::from_str(&text).with_context(|| format!("{} is no container", args.file))?;
    let key = KeyPair::from_private_hex(&args.private_key).context("--private-key")?;
    let binding = Binding { program_code: &args.program, request_id: &args.request_id };
    let opened = open(&container, &key, binding)?;
    print_line(&String::from_utf8_lossy(&opened))?;
    Ok(ExitCode::SUCCESS)
}
