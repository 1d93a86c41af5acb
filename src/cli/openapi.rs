//! `piebox openapi`: the OpenAPI document, as it is committed.

use std::process::ExitCode;

use super::print_line;
use crate::app::api_document;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    print_line(api_document().to_text().trim_end())?;
    Ok(ExitCode::SUCCESS)
}
