//! Bodies of the statement operations. The page says what they are for; their members are our
//! reading.

use axum::extract::RawPathParams;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Period, Statement};
use super::rules;
use crate::kernel::outcome::Refusal;

/// The statement period of the path.
pub fn statement_period(path: &RawPathParams) -> Result<Period, Refusal> {
    let given = path.iter().find(|(name, _)| *name == "statementPeriod").map_or("", |(_, v)| v);
    given.parse().map_err(rules::no_period)
}

/// A statement without its document.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementLine {
    /// Year and month in which the cycle ended.
    #[schema(value_type = String, pattern = "^\\d{6}$", example = "203106")]
    statement_period: Period,
    /// The first day of the cycle.
    #[schema(value_type = String, format = Date, example = "2031-05-06")]
    start_date: NaiveDate,
    /// Its last day.
    #[schema(value_type = String, format = Date, example = "2031-06-05")]
    end_date: NaiveDate,
}

impl StatementLine {
    /// What names a statement.
    pub fn of(statement: &Statement) -> Self {
        let cycle = statement.cycle;
        Self { statement_period: cycle.period(), start_date: cycle.first, end_date: cycle.last }
    }
}

/// The answer of GET statements.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListStatementsResponse {
    /// The newest first, 84 at most.
    statements: Vec<StatementLine>,
}

impl ListStatementsResponse {
    /// All of an account.
    pub fn of(statements: &[Statement]) -> Self {
        Self { statements: statements.iter().map(StatementLine::of).collect() }
    }
}

/// The answer of GET statements/{statementPeriod}.
#[derive(Debug, Serialize, ToSchema)]
pub struct GetStatementResponse {
    statement: StatementFile,
}

/// A statement with its document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementFile {
    #[serde(flatten)]
    line: StatementLine,
    #[schema(example = "statement-203106.pdf")]
    file_name: String,
    #[schema(example = "application/pdf")]
    content_type: &'static str,
    /// The PDF, in base64.
    #[schema(content_encoding = "base64", content_media_type = "application/pdf")]
    content: String,
}

impl GetStatementResponse {
    /// A statement and its PDF.
    pub fn of(statement: &Statement, pdf: &[u8]) -> Self {
        Self {
            statement: StatementFile {
                line: StatementLine::of(statement),
                file_name: format!("statement-{}.pdf", statement.period()),
                content_type: "application/pdf",
                content: BASE64_STANDARD.encode(pdf),
            },
        }
    }
}
