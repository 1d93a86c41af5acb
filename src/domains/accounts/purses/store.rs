//! SQL of purses; they are read together with their account.

use crate::db::{Work, sql};
use crate::domains::accounts::model::{Account, Purse};
use crate::kernel::ids::ProgramCode;

const INSERT: &str = "INSERT INTO purses (program_code, purse_id, account_id, purse_type, \
    status, is_hidden, is_round_up, available_e4, ledger_e4, balance_at, created_at) \
    VALUES ($1, $2, $3, $4, 'active', $5, $6, $7, $8, $9, $10)";

/// Collects the purses of a new account.
pub(in crate::domains::accounts) fn insert(work: &mut Work, program: &ProgramCode, new: &Account) {
    for purse in &new.purses {
        work.write(
            sql(INSERT)
                .bind(program)
                .bind(purse.id)
                .bind(new.id)
                .bind(purse.kind.as_str())
                .bind(purse.is_hidden)
                .bind(purse.is_round_up)
                .bind(purse.available)
                .bind(purse.ledger)
                .bind(purse.balance_at)
                .bind(new.created_at),
        );
    }
}

const UPDATE: &str = "UPDATE purses SET available_e4 = $3, ledger_e4 = $4, balance_at = $5 \
    WHERE program_code = $1 AND purse_id = $2";

/// Collects a purse's balance.
pub(in crate::domains::accounts) fn update(work: &mut Work, program: &ProgramCode, purse: &Purse) {
    work.write(
        sql(UPDATE)
            .bind(program)
            .bind(purse.id)
            .bind(purse.available)
            .bind(purse.ledger)
            .bind(purse.balance_at),
    );
}
