//! The `piebox` program: parses its arguments and runs a command.

use std::process::ExitCode;

fn main() -> ExitCode {
    piebox::cli::run()
}
