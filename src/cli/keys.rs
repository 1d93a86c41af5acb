//! `piebox keys`: a key pair for a partner who has none yet.

use std::process::ExitCode;

use super::client::random_key_pair;
use super::print_line;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let pair = random_key_pair()?;
    let keys = serde_json::json!({
        "privateKey": pair.private_hex(),
        "publicKey": pair.public().spki_base64(),
        "publicKeyHash": pair.public().hash_base64(),
    });
    print_line(&format!("{keys:#}"))?;
    Ok(ExitCode::SUCCESS)
}
