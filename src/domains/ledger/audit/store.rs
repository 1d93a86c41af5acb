//! SQL of the proof: pages of postings with their transactions, balances beside their sums, and
//! what hangs loose.

use sqlx::FromRow;

use super::Problem;
use crate::db::{DbError, Read, sql};
use crate::kernel::ids::ProgramCode;

/// Rows of one page; the proof holds one page at a time.
const PAGE_ROWS: i64 = 2_000;

/// Where a page begins: behind this posting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub account: String,
    pub sequence: i64,
}

/// A posting with what its transaction says of it.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AuditedPosting {
    pub account_id: String,
    pub sequence: i64,
    pub transaction_id: String,
    pub purse_id: String,
    pub debit_book: String,
    pub credit_book: String,
    pub amount_e4: i64,
    pub balance_e4: i64,
    pub transaction_state: Option<String>,
    pub transaction_amount: Option<i64>,
    pub transaction_is_credit: Option<bool>,
    pub transaction_purse: Option<String>,
    pub transaction_sequence: Option<i64>,
    pub posted_at: i64,
    pub transaction_at: Option<i64>,
}

const POSTINGS: &str = "SELECT p.account_id, p.sequence, p.transaction_id, p.purse_id, \
    p.debit_book, p.credit_book, p.amount_e4, p.balance_e4, t.status AS transaction_state, \
    t.amount_e4 AS transaction_amount, t.is_credit AS transaction_is_credit, \
    t.purse_id AS transaction_purse, t.sequence AS transaction_sequence, \
    p.posted_at, t.happened_at AS transaction_at \
    FROM postings p LEFT JOIN transactions t ON t.program_code = p.program_code \
        AND t.transaction_id = p.transaction_id AND t.account_id = p.account_id \
    WHERE p.program_code = $1 AND (p.account_id, p.sequence) > ($2, $3) \
    ORDER BY p.account_id, p.sequence LIMIT $4";

pub(super) async fn postings(
    read: &mut impl Read,
    program: &ProgramCode,
    behind: &Place,
) -> Result<Vec<AuditedPosting>, DbError> {
    let query = sql(POSTINGS).bind(program).bind(behind.account.as_str()).bind(behind.sequence);
    read.all(query.bind(PAGE_ROWS)).await
}

/// A purse with the sums that its balances must be.
#[derive(Debug, Clone, FromRow)]
pub(super) struct AuditedPurse {
    pub account_id: String,
    pub purse_id: String,
    pub available_e4: i64,
    pub ledger_e4: i64,
    pub posted_e4: i64,
    pub held_e4: i64,
}

const PURSES: &str = "SELECT b.account_id, b.purse_id, b.available_e4, b.ledger_e4, \
    (SELECT CAST(COALESCE(SUM(CASE WHEN p.credit_book = b.purse_id THEN p.amount_e4 \
            ELSE -p.amount_e4 END), 0) AS BIGINT) FROM postings p \
        WHERE p.program_code = b.program_code AND p.account_id = b.account_id \
        AND p.purse_id = b.purse_id) AS posted_e4, \
    (SELECT CAST(COALESCE(SUM(h.amount_e4), 0) AS BIGINT) FROM holds h \
        WHERE h.program_code = b.program_code AND h.account_id = b.account_id \
        AND h.purse_id = b.purse_id AND h.amount_e4 > 0) AS held_e4 \
    FROM purses b WHERE b.program_code = $1 AND b.purse_id > $2 ORDER BY b.purse_id LIMIT $3";

pub(super) async fn purses(
    read: &mut impl Read,
    program: &ProgramCode,
    behind: &str,
) -> Result<Vec<AuditedPurse>, DbError> {
    read.all(sql(PURSES).bind(program).bind(behind).bind(PAGE_ROWS)).await
}

const UNPOSTED: &str = "SELECT t.account_id, t.transaction_id FROM transactions t \
    LEFT JOIN postings p ON p.program_code = t.program_code \
        AND p.transaction_id = t.transaction_id \
    WHERE t.program_code = $1 AND t.status = 'posted' AND p.transaction_id IS NULL \
    ORDER BY t.account_id, t.sequence LIMIT 1";

const LOOSE_HOLD: &str = "SELECT h.account_id, h.transaction_id FROM holds h \
    LEFT JOIN transactions t ON t.program_code = h.program_code \
        AND t.transaction_id = h.transaction_id AND t.account_id = h.account_id \
        AND t.purse_id = h.purse_id \
    WHERE h.program_code = $1 AND h.amount_e4 > 0 \
    AND (t.status IS NULL OR t.status NOT IN ('pending', 'posted')) \
    ORDER BY h.account_id, h.transaction_id LIMIT 1";

const LOOSE_AUTHORIZATION: &str = "SELECT t.account_id, t.transaction_id FROM transactions t \
    LEFT JOIN holds h ON h.program_code = t.program_code \
        AND h.transaction_id = t.transaction_id AND h.account_id = t.account_id \
    WHERE t.program_code = $1 AND t.status = 'pending' AND NOT t.is_credit \
    AND COALESCE(h.amount_e4, -1) <> t.amount_e4 \
    ORDER BY t.account_id, t.sequence LIMIT 1";

const LOOSE_CHECK: &str = "SELECT h.account_id, h.transaction_id FROM holds h \
    JOIN transactions t ON t.program_code = h.program_code \
        AND t.transaction_id = h.transaction_id AND t.status = 'posted' \
    LEFT JOIN check_deposits c ON c.program_code = h.program_code \
        AND c.transaction_id = h.transaction_id AND c.account_id = h.account_id \
    WHERE h.program_code = $1 AND h.amount_e4 > 0 \
    AND (c.state IS NULL OR c.state <> 'onHold' OR c.amount_e4 <> h.amount_e4) \
    ORDER BY h.account_id, h.transaction_id LIMIT 1";

const MISPLACED: &str = "SELECT account_id, transaction_id FROM transactions \
    WHERE program_code = $1 AND (is_pending <> (status = 'pending') \
        OR is_listed <> (status NOT IN ('cleared', 'declined'))) \
    ORDER BY account_id, sequence LIMIT 1";

const MISNUMBERED: &str = "SELECT a.account_id, CAST(a.transaction_sequence AS TEXT) \
    FROM accounts a WHERE a.program_code = $1 AND a.transaction_sequence <> \
        (SELECT COUNT(*) FROM transactions t \
        WHERE t.program_code = a.program_code AND t.account_id = a.account_id) \
    ORDER BY a.account_id LIMIT 1";

const MISCOUNTED: &str = "SELECT a.account_id, CAST(a.listed_transactions AS TEXT) FROM accounts a \
    WHERE a.program_code = $1 AND a.listed_transactions <> (SELECT COUNT(*) FROM transactions t \
        WHERE t.program_code = a.program_code AND t.account_id = a.account_id AND t.is_listed) \
    ORDER BY a.account_id LIMIT 1";

/// What hangs loose: a posted transaction that moved nothing, a hold that belongs to nothing, an
/// authorization or a check without the hold that it must have, a row in the wrong place of the
/// list, numbers of an account that are wrong.
pub(super) async fn first_loose_end(
    read: &mut impl Read,
    program: &ProgramCode,
) -> Result<Option<Problem>, DbError> {
    for (text, what) in [
        (UNPOSTED, "it is posted, and no posting belongs to it"),
        (LOOSE_HOLD, "it holds money, and is neither pending nor posted"),
        (LOOSE_AUTHORIZATION, "it is pending, and does not hold what it says"),
        (LOOSE_CHECK, "it is posted and holds money, and no check on hold says so"),
        (MISPLACED, "its place in the list is not that of its status"),
    ] {
        let found: Option<(String, String)> = read.first(sql(text).bind(program)).await?;
        if let Some((account, transaction)) = found {
            let entry = format!("transaction {transaction}");
            return Ok(Some(Problem::of(&account, entry, what)));
        }
    }
    for (text, counted) in [(MISCOUNTED, "listed transactions"), (MISNUMBERED, "transactions")] {
        let found: Option<(String, String)> = read.first(sql(text).bind(program)).await?;
        if let Some((account, count)) = found {
            let what = format!("it counts {count} {counted}, which is wrong");
            return Ok(Some(Problem::of(&account, "account", what)));
        }
    }
    Ok(None)
}
