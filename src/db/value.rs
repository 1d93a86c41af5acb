//! Statements and their arguments: one SQL text with `$n` placeholders for both engines.

use std::borrow::Cow;

use crate::kernel::ids::ProgramCode;
use crate::kernel::money::{Amount, Money};
use crate::kernel::time::Timestamp;

/// An argument of a statement. The few kinds that both engines store alike.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text, ids included.
    Text(Option<String>),
    /// A whole number: amounts in ten-thousandths of a dollar, moments in milliseconds, counts.
    Int(Option<i64>),
    /// A truth value.
    Bool(Option<bool>),
}

/// One SQL text and its arguments, in the order of the placeholders.
#[derive(Debug, Clone)]
pub struct Statement {
    pub(super) sql: Cow<'static, str>,
    pub(super) args: Vec<Value>,
}

/// Starts a statement; arguments follow by [`Statement::bind`].
pub fn sql(text: &'static str) -> Statement {
    Statement { sql: Cow::Borrowed(text), args: Vec::new() }
}

/// Starts a statement whose text is put together from names that the database itself gave. Nothing
/// that came from outside belongs into it.
pub fn composed_sql(text: String) -> Statement {
    Statement { sql: Cow::Owned(text), args: Vec::new() }
}

impl Statement {
    /// Gives the next placeholder its value.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Value>) -> Self {
        self.args.push(value.into());
        self
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Value::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Value::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Int(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Int(Some(i64::from(number)))
    }
}

impl From<u16> for Value {
    fn from(number: u16) -> Self {
        Value::Int(Some(i64::from(number)))
    }
}

impl From<Option<u32>> for Value {
    fn from(number: Option<u32>) -> Self {
        Value::Int(number.map(i64::from))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Value::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Bool(Some(truth))
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Value::Int(Some(moment.millis()))
    }
}

impl From<Option<Timestamp>> for Value {
    fn from(moment: Option<Timestamp>) -> Self {
        Value::Int(moment.map(Timestamp::millis))
    }
}

impl From<Money> for Value {
    fn from(amount: Money) -> Self {
        Value::Int(Some(amount.e4()))
    }
}

impl From<Amount> for Value {
    fn from(amount: Amount) -> Self {
        Value::from(amount.money())
    }
}

impl From<&ProgramCode> for Value {
    fn from(code: &ProgramCode) -> Self {
        Value::Text(Some(code.as_str().to_owned()))
    }
}

macro_rules! ids_are_text {
    ($($id:ident),+) => {$(
        impl From<crate::kernel::ids::$id> for Value {
            fn from(id: crate::kernel::ids::$id) -> Self {
                Value::Text(Some(id.to_string()))
            }
        }
    )+};
}

ids_are_text!(
    AccountId,
    AccountHolderId,
    UserId,
    PurseId,
    PaymentId,
    PaymentInstrumentId,
    EventId,
    DeliveryId,
    FaultId,
    TaskId,
    DocumentId,
    OnboardingId,
    TransactionId,
    WalletTokenId,
    AdjustmentId,
    TransferId,
    ContactVerificationId,
    SwitchId,
    CallId
);

impl From<Option<crate::kernel::ids::CallId>> for Value {
    fn from(id: Option<crate::kernel::ids::CallId>) -> Self {
        Value::Text(id.map(|id| id.to_string()))
    }
}

/// Shifts the placeholders of a statement by `offset`, so that several statements can share one
/// list of arguments. No SQL text of this project holds a `$` elsewhere.
pub(super) fn shift_placeholders(sql: &str, offset: usize, out: &mut String) {
    let mut rest = sql;
    while let Some(at) = rest.find('$') {
        let (before, tail) = rest.split_at(at + 1);
        out.push_str(before);
        let digits = tail.bytes().take_while(u8::is_ascii_digit).count();
        let number: usize = tail[..digits].parse().unwrap_or(0);
        out.push_str(&(number + offset).to_string());
        rest = &tail[digits..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::shift_placeholders;

    #[test]
    fn placeholders_move_by_the_offset_and_nothing_else_changes() {
        let mut out = String::new();
        shift_placeholders("INSERT INTO t (a, b) VALUES ($1, $12) WHERE x = $2", 10, &mut out);
        assert_eq!(out, "INSERT INTO t (a, b) VALUES ($11, $22) WHERE x = $12");
    }
}
