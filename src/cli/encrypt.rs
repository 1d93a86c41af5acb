//! `piebox encrypt`: seals a JSON document, as a partner's EC_v1 library would.

use std::process::ExitCode;

use anyhow::Context;
use clap::Args;

use super::client::{ServerAt, random_key_pair, read_input};
use super::print_line;
use crate::crypto::{Binding, PublicKey, seal};
use crate::kernel::ids::RequestId;

#[derive(Debug, Args)]
pub(super) struct EncryptArgs {
    /// Program code
    #[arg(long, env = "PIEBOX_PROGRAM")]
    program: String,
    /// The X-GD-RequestId of the call that will carry it, letter for letter
    #[arg(long, value_name = "GUID")]
    request_id: String,
    /// Base64 SPKI of the recipient's key; without it the simulator is asked for the program's
    #[arg(long, value_name = "BASE64")]
    public_key: Option<String>,
    #[command(flatten)]
    server: ServerAt,
    /// File with the JSON document, - for standard input
    #[arg(default_value = "-")]
    file: String,
}

pub(super) async fn run(args: EncryptArgs) -> anyhow::Result<ExitCode> {
    let text = read_input(&args.file)?;
    let document: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("{} is not JSON", args.file))?;
    args.request_id
        .parse::<RequestId>()
        .map_err(|problem| anyhow::anyhow!("--request-id {problem}"))?;
    let recipient = match &args.public_key {
        Some(key) => PublicKey::from_spki_base64(key).context("--public-key")?,
        None => args.server.program_key(&args.program).await?,
    };
    let binding = Binding { program_code: &args.program, request_id: &args.request_id };
    let plaintext = document.to_string();
    let container = seal(plaintext.as_bytes(), &recipient, &random_key_pair()?, binding)?;
    print_line(&serde_json::json!(container).to_string())?;
    Ok(ExitCode::SUCCESS)
}
