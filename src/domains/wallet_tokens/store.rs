//! SQL of tokens.

use std::str::FromStr;

use sqlx::FromRow;

use super::model::Token;
use crate::db::{DbError, Read, Work, sql};
use crate::kernel::ids::{AccountId, ProgramCode};
use crate::kernel::time::Timestamp;

const INSERT: &str = "INSERT INTO wallet_tokens (program_code, token_id, account_id, user_id, \
    payment_instrument_id, wallet, device, state, requested_at, changed_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// Collects a new token.
pub(super) fn insert(work: &mut Work, program: &ProgramCode, new: &Token) {
    work.write(
        sql(INSERT)
            .bind(program)
            .bind(new.id)
            .bind(new.account)
            .bind(new.user)
            .bind(new.card)
            .bind(new.wallet.as_str())
            .bind(new.device.as_deref())
            .bind(new.state.as_str())
            .bind(new.requested_at)
            .bind(new.changed_at),
    );
}

const UPDATE: &str = "UPDATE wallet_tokens SET state = $3, changed_at = $4 \
    WHERE program_code = $1 AND token_id = $2";

/// Collects the state of a token.
pub(super) fn update(work: &mut Work, program: &ProgramCode, token: &Token) {
    let update = sql(UPDATE).bind(program).bind(token.id);
    work.write(update.bind(token.state.as_str()).bind(token.changed_at));
}

#[derive(Debug, FromRow)]
struct TokenRow {
    token_id: String,
    account_id: String,
    user_id: String,
    payment_instrument_id: String,
    wallet: String,
    device: Option<String>,
    state: String,
    requested_at: i64,
    changed_at: i64,
}

fn parse<T: FromStr<Err: std::fmt::Display>>(column: &str, text: &str) -> Result<T, DbError> {
    text.parse()
        .map_err(|problem| DbError::Unreadable(format!("wallet_tokens.{column}: {problem}")))
}

impl TokenRow {
    fn read(self) -> Result<Token, DbError> {
        Ok(Token {
            id: parse("token_id", &self.token_id)?,
            account: parse("account_id", &self.account_id)?,
            user: parse("user_id", &self.user_id)?,
            card: parse("payment_instrument_id", &self.payment_instrument_id)?,
            wallet: parse("wallet", &self.wallet)?,
            device: self.device,
            state: parse("state", &self.state)?,
            requested_at: Timestamp::from_millis(self.requested_at),
            changed_at: Timestamp::from_millis(self.changed_at),
        })
    }
}

const OF_ACCOUNT: &str = "SELECT token_id, account_id, user_id, payment_instrument_id, wallet, \
    device, state, requested_at, changed_at FROM wallet_tokens \
    WHERE program_code = $1 AND account_id = $2 ORDER BY requested_at, token_id";

/// All tokens of an account, oldest first: never more than an account may have.
pub(super) async fn of_account(
    read: &mut impl Read,
    program: &ProgramCode,
    account: AccountId,
) -> Result<Vec<Token>, DbError> {
    let rows: Vec<TokenRow> = read.all(sql(OF_ACCOUNT).bind(program).bind(account)).await?;
    rows.into_iter().map(TokenRow::read).collect()
}
