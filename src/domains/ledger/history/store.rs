//! SQL of an account's money over time.

use serde_json::json;
use sqlx::FromRow;

use crate::db::{DbError, Read, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::money::Money;
use crate::kernel::timeline::{Behind, Line, LineKind};

const LINES: &str = "SELECT t.transaction_id, t.sequence, t.purse_id, t.transaction_type, \
    t.status, t.is_credit, t.amount_e4, t.happened_at, t.call_id, p.debit_book, p.credit_book, \
    p.balance_e4 FROM transactions t \
    LEFT JOIN postings p ON p.program_code = t.program_code \
        AND p.transaction_id = t.transaction_id \
    WHERE t.program_code = $1 AND t.account_id = $2 \
    AND (t.happened_at > $3 OR (t.happened_at = $3 AND (COALESCE(t.call_id, '') > $4 \
        OR (COALESCE(t.call_id, '') = $4 AND t.sequence > $5)))) \
    ORDER BY t.happened_at, COALESCE(t.call_id, ''), t.sequence LIMIT $6";

#[derive(Debug, FromRow)]
struct MoneyRow {
    transaction_id: String,
    sequence: i64,
    purse_id: String,
    transaction_type: String,
    status: String,
    is_credit: bool,
    amount_e4: i64,
    happened_at: i64,
    call_id: Option<String>,
    debit_book: Option<String>,
    credit_book: Option<String>,
    balance_e4: Option<i64>,
}

pub(super) async fn lines(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
    behind: &Behind,
) -> Result<Vec<Line>, DbError> {
    let query = sql(LINES).bind(program).bind(account).bind(behind.at);
    let query = query.bind(behind.call.as_str()).bind(behind.number).bind(behind.limit);
    let rows: Vec<MoneyRow> = read.all(query).await?;
    Ok(rows.into_iter().map(MoneyRow::line).collect())
}

impl MoneyRow {
    fn line(self) -> Line {
        let direction = if self.is_credit { "credit" } else { "debit" };
        let amount = Money::from_e4(self.amount_e4);
        let balance = self.balance_e4.map(Money::from_e4);
        let left = balance.map(|balance| format!("; the purse then holds {balance}"));
        let text = format!(
            "{} {direction} of {amount}, {}{}",
            self.transaction_type,
            self.status,
            left.unwrap_or_default()
        );
        let mut details = json!({
            "transactionIdentifier": self.transaction_id,
            "purseIdentifier": self.purse_id,
            "transactionType": self.transaction_type,
            "state": self.status,
            "direction": direction,
            "amount": amount.dollars(),
        });
        if let Some(balance) = balance {
            details["posting"] = json!({
                "debit": self.debit_book,
                "credit": self.credit_book,
                "balance": balance.dollars(),
            });
        }
        let (moment, key) = ((self.happened_at, self.call_id), (self.sequence, String::new()));
        Line::new(LineKind::Transaction, moment, key, (text, details))
    }
}
